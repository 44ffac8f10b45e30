from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EduLedgerEpoch(models.Model):
    """A stretch of the ledger's life in one database. Whoever restores, moves or copies the
    database begins a new one, which names the last anchor of the one before."""

    _name = "edu.ledger.epoch"
    _inherit = ["edu.guarded.mixin"]
    _description = "Epoch of the Ledger"
    _order = "company_id, seq desc"
    _rec_name = "seq"

    _edu_guarded = frozenset({"*"})

    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    seq = fields.Integer("No.", required=True, aggregator=None)
    time = fields.Datetime("Began at", required=True)
    user_id = fields.Many2one("res.users", "Begun by", required=True, ondelete="restrict")
    place = fields.Char(
        required=True,
        help="Cluster and database in which the epoch began, as PostgreSQL names them.",
    )
    anchor_id = fields.Many2one(
        "edu.ledger.anchor", "Last Anchor before It", ondelete="restrict", index=True
    )
    root = fields.Char("Root of That Anchor")
    reason_digest = fields.Char()
    reason = fields.Text(compute="_compute_reason")
    is_test_copy = fields.Boolean("Test Copy", help="The database had been neutralised.")

    _seq_uniq = models.Constraint("UNIQUE(company_id, seq)", "This epoch exists already.")

    @api.depends("reason_digest")
    def _compute_reason(self):
        texts = self.env["edu.ledger.reason"].sudo()._edu_texts(self.mapped("reason_digest"))
        for epoch in self:
            epoch.reason = texts.get(epoch.reason_digest, False)

    @api.model
    def _edu_place(self):
        """Where this database lives: another after a restore, a move or a copy."""
        self.env.cr.execute(
            "SELECT CASE WHEN has_function_privilege('pg_control_system()', 'execute')"
            " THEN (SELECT system_identifier::text FROM pg_control_system()) ELSE '-' END,"
            " oid::text FROM pg_database WHERE datname = current_database()"
        )
        return "/".join(self.env.cr.fetchone())

    @api.model
    def _edu_current(self, company):
        return self.search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _edu_has_moved(self, company):
        """Whether the ledger's last epoch began in another database than this one."""
        current = self._edu_current(company)
        return bool(current) and current.place != self._edu_place()

    @api.model
    def _edu_keep(self, company):
        """Begin the first epoch, or a new one when the database is not where it was."""
        if not self._edu_current(company):
            self._edu_begin(company)
        elif self._edu_has_moved(company):
            self._edu_begin(company, self.env._("Found in another database than before."))

    @api.model
    def _edu_begin(self, company, reason=""):
        Anchor = self.env["edu.ledger.anchor"]
        chain = Anchor._edu_chain(company)
        chain._edu_lock_heads()
        last = Anchor.search([("company_id", "=", company.id)], limit=1)
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        epoch = self._edu_unguarded().create(
            {
                "company_id": company.id,
                "seq": self._edu_current(company).seq + 1,
                "time": fields.Datetime.now(),
                "user_id": self.env.uid,
                "place": self._edu_place(),
                "anchor_id": last.id,
                "root": last.root,
                "reason_digest": digest,
                "is_test_copy": bool(
                    self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
                ),
            }
        )
        event = {
            "operation": "epoch",
            "model": self._name,
            "record": str(epoch.id),
            "old": last.root or "",
            "new": str(epoch.seq),
            "reason_digest": digest,
        }
        self.env["edu.ledger.chain"]._edu_append([(chain, event)])
        return epoch.with_context(edu_guard=None)

    @api.model
    def action_begin(self, reason=""):
        """Begin a new epoch after a restore, by the principal or the IT administrator."""
        if not self.env.user.has_groups("edu_core.group_edu_principal,edu_core.group_edu_it_admin"):
            raise AccessError(
                self.env._("Only the principal or the IT administrator begins an epoch.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: from which backup the database was restored."))
        return self.sudo()._edu_begin(self.env.company, reason).id

    @api.model
    def action_ask(self):
        """Ask for the reason of a new epoch."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Begin an Epoch"),
            "res_model": "edu.ledger.epoch.begin",
            "view_mode": "form",
            "target": "new",
        }
