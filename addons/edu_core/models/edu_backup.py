from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EduBackup(models.Model):
    """A backup that was taken, recorded by whoever took it or by the script that did.

    The system cannot see backups, which lie where it cannot reach; it reminds of a late one.
    """

    _name = "edu.backup"
    _inherit = ["edu.guarded.mixin"]
    _description = "Backup"
    _order = "time desc, id desc"
    _rec_name = "time"

    _edu_guarded = frozenset({"user_id"})

    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    time = fields.Datetime("Taken at", required=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one(
        "res.users",
        "Recorded by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.uid,
    )
    place = fields.Char("Kept at", required=True, help="Where it lies, apart from the server.")
    has_files = fields.Boolean("With the Files", help="The data folder of the same time.")
    has_key = fields.Boolean("With the Server Key", help="Kept elsewhere than the database.")
    restored_on = fields.Date("Restored to Try It on")

    @api.constrains("time")
    def _check_time(self):
        for backup in self:
            if backup.time > fields.Datetime.now() + timedelta(hours=1):
                raise ValidationError(self.env._("A backup is recorded after it was taken."))

    @api.model_create_multi
    def create(self, vals_list):
        backups = super().create(vals_list)
        backups._edu_log("backup", "time")
        return backups

    def write(self, vals):
        result = super().write(vals)
        self._edu_log("change_backup", ",".join(sorted(vals)))
        return result

    def _edu_log(self, operation, slot):
        events = []
        for backup in self:
            event = {
                "operation": operation,
                "model": self._name,
                "record": str(backup.id),
                "slot": slot,
                "new": fields.Datetime.to_string(backup.time),
            }
            events.append((backup.company_id.sudo()._edu_chain(), event))
        self.env["edu.ledger.chain"].sudo()._edu_append(events)

    @api.model
    def _edu_remind(self):
        """Cron: tell the IT administrators of schools whose last backup is too old."""
        now = fields.Datetime.now()
        last = dict(self._read_group([], ["company_id"], ["time:max"]))
        for (company,) in self.env["edu.ledger.chain"]._read_group([], ["company_id"]):
            late = now - timedelta(days=company.edu_backup_days)
            if company.edu_backup_days and last.get(company, late) <= late:
                self._edu_remind_of(company, last.get(company))

    @api.model
    def _edu_remind_of(self, company, last):
        partner = company.partner_id
        summary = self.env._("A backup is due")
        told = partner.activity_ids.filtered(lambda one: one.summary == summary).user_id
        administrators = self.env.ref("edu_core.group_edu_it_admin").all_user_ids
        for user in administrators.filtered(lambda user: company in user.company_ids) - told:
            partner.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=summary,
                note=self.env._("Last backup recorded: %s", last or self.env._("none")),
            )
