import time

from odoo import api, fields, models

from edu_records.ledger import Finding, verify_rows

MOST_FINDINGS = 500  # are kept in full; all of them are counted
COUNTS = {
    "chains": "chains",
    "entries": "entries",
    "anchors": "anchors",
    "timestamps": "timestamps",
    "marks": "marks",
    "values": "other_values",
}


class EduLedgerVerification(models.Model):
    """The report of one verification of a school's ledger: by night, or when somebody asks."""

    _name = "edu.ledger.verification"
    _inherit = ["edu.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Verification of the Ledger"
    _order = "id desc"
    _rec_name = "time"

    _edu_guarded = frozenset({"*"})

    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    time = fields.Datetime("Verified at", required=True)
    user_id = fields.Many2one("res.users", "Asked for by", required=True, ondelete="restrict")
    duration = fields.Float("Seconds", aggregator=None)
    state = fields.Selection(
        [("intact", "Intact"), ("findings", "Findings")], "Outcome", required=True, index=True
    )
    chains = fields.Integer(aggregator=None)
    entries = fields.Integer(aggregator=None)
    anchors = fields.Integer(aggregator=None)
    timestamps = fields.Integer(aggregator=None)
    marks = fields.Integer(aggregator=None)
    other_values = fields.Integer("Other Values and Files", aggregator=None)
    finding_count = fields.Integer("Findings", aggregator=None)
    finding_ids = fields.One2many("edu.ledger.finding", "verification_id", "Findings in Detail")
    is_hardened = fields.Boolean(
        "Hardened", help="The entries belong to a database role that Odoo does not have."
    )

    @api.model
    def _edu_verify_all(self):
        """Cron: verify every school that has a ledger, each in a transaction of its own."""
        groups = self.env["edu.ledger.chain"]._read_group([], ["company_id"])
        for done, (company,) in enumerate(groups, 1):
            self._edu_run(company)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(groups) - done):
                break

    @api.model
    def _edu_run_here(self):
        """Verify the current school for whoever may read its ledger.

        :raises AccessError: for anybody else
        """
        self.env["edu.ledger.entry"].check_access("read")
        return self.sudo()._edu_run(self.env.company).sudo(False)

    @api.model
    def _edu_run(self, company):
        """Verify all that is there of the school at this moment and file the report."""
        started = time.monotonic()
        rows = self.env["edu.ledger.entry"].sudo()._edu_export_rows(company)
        report = verify_rows((name, row) for name, row in rows if row is not None)
        findings = [
            *report.findings,
            *self._edu_snapshot_findings(company),
            *self.env["edu.ledger.guard"]._edu_findings(),
        ]
        verification = self._edu_unguarded().create(
            {
                "company_id": company.id,
                "time": fields.Datetime.now(),
                "user_id": self.env.uid,
                "duration": time.monotonic() - started,
                **{field: report.counts[name] for name, field in COUNTS.items()},
                "is_hardened": self._edu_is_hardened(),
                **self._edu_outcome(company, findings),
            }
        )
        if findings:
            verification._edu_alarm()
        return verification.with_context(edu_guard=None)

    @api.model
    def _edu_outcome(self, company, findings):
        lines = [
            {"code": one.code, "chain": one.chain, "seq": one.seq, "message": one.message}
            for one in findings
        ]
        if self.env["edu.ledger.epoch"]._edu_has_moved(company):
            message = self.env._("Begin a new epoch: it names the last anchor before the move.")
            lines.append({"code": "MOVED", "message": message})
        return {
            "state": "findings" if lines else "intact",
            "finding_count": len(lines),
            "finding_ids": [fields.Command.create(line) for line in lines[:MOST_FINDINGS]],
        }

    @api.model
    def _edu_snapshot_findings(self, company):
        """Snapshots whose text no longer has its hash."""
        self.env.cr.execute(
            "SELECT id, res_model, res_id FROM edu_record_snapshot WHERE company_id = %s"
            " AND encode(sha256(convert_to(content, 'UTF8')), 'hex') <> sha256 ORDER BY id",
            [company.id],
        )
        return [
            Finding(
                "DATA_MISMATCH", f"{model}:{record}", 0, f"snapshot {number} was changed afterwards"
            )
            for number, model, record in self.env.cr.fetchall()
        ]

    @api.model
    def _edu_is_hardened(self):
        self.env.cr.execute(
            "SELECT pg_get_userbyid(relowner) <> current_user FROM pg_class"
            " WHERE oid = 'edu_ledger_entry'::regclass"
        )
        return self.env.cr.fetchone()[0]

    def _edu_alarm(self):
        """Tell the school's principals to act."""
        self.ensure_one()
        principals = self.env.ref("edu_core.group_edu_principal").all_user_ids
        for user in principals.filtered(lambda user: self.company_id in user.company_ids):
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("The ledger has findings: %s", self.finding_count),
                note=self.env._(
                    "Keep the last export, restrict the access to the database server, and find out"
                    " with the IT administrator what happened before anything is approved."
                ),
            )

    @api.model
    def action_verify(self):
        """Verify the current school's whole ledger now and show the report."""
        return self.env["edu.ledger.anchor"].action_verify()
