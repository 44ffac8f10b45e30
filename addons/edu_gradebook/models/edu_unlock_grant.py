from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EduUnlockGrant(models.Model):
    """The principal opens named cells of a locked sheet until a moment; its state stays locked."""

    _name = "edu.unlock.grant"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Unlock Grant"
    _order = "id desc"

    _edu_guarded = frozenset({"entry_seq", "granted_by_id"})
    _edu_chained = (
        "enrollment_id",
        "column_id",
        "valid_until",
        "decision",
        "granted_by_id",
        "entry_seq",
    )
    _edu_chain_key = ("gradesheet:", "gradesheet_id")

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="gradesheet_id.company_id", store=True, index=True)
    enrollment_id = fields.Many2one(
        "edu.enrollment",
        "Pupil",
        index=True,
        ondelete="restrict",
        domain="[('class_id', '=', class_id)]",
        help="Empty: all pupils.",
    )
    column_id = fields.Many2one(
        "edu.mark.column", index=True, ondelete="restrict", help="Empty: all columns."
    )
    valid_until = fields.Datetime(required=True)
    reason = fields.Text(required=True)
    decision = fields.Char(help="Number and date of the written decision.")
    granted_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    entry_seq = fields.Integer("Ledger Entry", readonly=True, aggregator=None)
    is_open = fields.Boolean("Open Now", compute="_compute_is_open")

    @api.depends("valid_until")
    def _compute_is_open(self):
        for grant in self:
            grant.is_open = bool(grant.valid_until and self.env.cr.now() < grant.valid_until)

    @api.depends("gradesheet_id.display_name", "valid_until")
    def _compute_display_name(self):
        for grant in self:
            grant.display_name = f"{grant.gradesheet_id.display_name} - {grant.valid_until}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._edu_refuse_guarded(name for name in vals if name in self._edu_guarded)
        prepared = [self._edu_prepare(vals) for vals in vals_list]
        grants = super(EduUnlockGrant, self._edu_unguarded()).create(prepared).with_env(self.env)
        grants.sudo()._edu_append_facts()
        return grants

    def _edu_chain_of(self):
        return {grant: grant.gradesheet_id.chain_id for grant in self}

    def write(self, vals):
        if self and vals:
            self._edu_refuse_guarded(self._edu_guarded)
        return super().write(vals)

    @api.model
    def _edu_prepare(self, vals):
        """Check who grants what, record it in the sheet's chain and name the entry."""
        sheet = self.env["edu.gradesheet"].sudo().browse(vals.get("gradesheet_id")).exists()
        line = self.env["edu.enrollment"].sudo().browse(vals.get("enrollment_id") or [])
        column = self.env["edu.mark.column"].sudo().browse(vals.get("column_id") or [])
        until = fields.Datetime.to_datetime(vals.get("valid_until"))
        self._edu_check_grant(sheet, line, column, until, vals.get("reason"))
        until = until.replace(microsecond=0)
        event = {
            "operation": "grant",
            "model": self._name,
            "record": str(sheet.id),
            "slot": f"{line.id or '*'}:{column.code or '*'}",
            "new": f"{until.isoformat()}Z",
            "reason_digest": self.env["edu.ledger.reason"]._edu_file(vals["reason"]),
        }
        sheet.chain_id._edu_lock_heads()
        ((_chain, seq, _hash),) = self.env["edu.ledger.chain"]._edu_append(
            [(sheet.chain_id, event)]
        )
        return {
            **vals,
            "valid_until": until,
            "entry_seq": seq,
            "granted_by_id": self.env.uid,
        }

    @api.model
    def _edu_check_grant(self, sheet, line, column, until, reason):
        if not sheet or not until or not (reason or "").strip():
            raise UserError(self.env._("A grant names the sheet, its end and the reason."))
        if self.env.user not in sheet.gradebook_period_id._edu_role_users("principal"):
            raise AccessError(self.env._("Only the principal opens cells of a locked sheet."))
        if line and line.class_id != sheet.class_id:
            raise UserError(self.env._("The pupil is not in this class."))
        if column and column not in sheet._edu_columns():
            raise UserError(self.env._("The subject does not have the column %s.", column.code))
        if until <= self.env.cr.now():
            raise UserError(self.env._("The grant's end has passed already."))

    def action_end(self):
        """The principal closes the cells before the grant's time is over."""
        for grant in self:
            sheet = grant.sudo().gradesheet_id
            if self.env.user not in sheet.gradebook_period_id._edu_role_users("principal"):
                raise AccessError(self.env._("Only the principal ends a grant."))
            sheet.chain_id._edu_lock_heads()
            grant._edu_end()

    def _edu_end(self):
        """Close the cells now, with an entry in the sheet's chain."""
        self.ensure_one()
        if not self.is_open:
            return
        sheet = self.sudo().gradesheet_id
        now = self.env.cr.now().replace(microsecond=0)
        event = {
            "operation": "end_grant",
            "model": self._name,
            "record": str(sheet.id),
            "slot": f"grant:{self.id}",
            "old": f"{self.valid_until.isoformat()}Z",
            "new": f"{now.isoformat()}Z",
        }
        self.env["edu.ledger.chain"].sudo()._edu_append([(sheet.chain_id, event)])
        self.sudo()._edu_unguarded().write({"valid_until": now})
        self.sudo()._edu_append_facts()
