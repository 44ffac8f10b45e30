import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class EduOutbox(models.Model):
    """Work that a transition promised; its row commits together with the transition."""

    _name = "edu.outbox"
    _inherit = ["edu.guarded.mixin"]
    _description = "Outbox"
    _order = "id"

    _edu_guarded = frozenset({"*"})

    kind = fields.Selection(
        [("issue", "Issue the document"), ("import", "Import a list")], required=True
    )
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="pending",
        index=True,
    )
    attempts = fields.Integer(aggregator=None)
    error = fields.Text()

    @api.depends("kind", "res_model", "res_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{kinds.get(row.kind, '')} {row.res_model}/{row.res_id}"

    @api.model
    def _edu_put(self, kind, records):
        """Promise ``kind`` of work for each of ``records``; a job does it after the commit."""
        rows = (
            self.sudo()
            ._edu_unguarded()
            .create(
                [
                    {
                        "kind": kind,
                        "res_model": record._name,
                        "res_id": record.id,
                        "company_id": record.company_id.id,
                    }
                    for record in records
                ]
            )
        )
        for row in rows.sudo().with_context(edu_guard=None):
            row.with_delay(description=row.display_name)._edu_process()
        return rows

    def _edu_process(self):
        """Do the promised work. What fails is kept with its reason and can be tried again."""
        for row in self.sudo().filtered(lambda row: row.state != "done"):
            vals = {"state": "done", "error": False, "attempts": row.attempts + 1}
            try:
                with self.env.cr.savepoint():
                    row._edu_do()
            except OperationalError:
                raise  # a conflict with another transaction: the server or the job tries again
            except Exception as error:
                _logger.info("outbox %s failed", row.id, exc_info=True)
                vals.update(state="failed", error=str(error) or type(error).__name__)
            row._edu_unguarded().write(vals)

    def _edu_do(self):
        self.ensure_one()
        handler = {"issue": "_edu_issue", "import": "_edu_promised"}[self.kind]
        getattr(self.env[self.res_model].browse(self.res_id), handler)()

    def action_retry(self):
        self.check_access("read")
        self._edu_process()

    @api.model
    def _edu_sweep(self):
        """Cron: do what no job runner picked up."""
        rows = self.search([("state", "=", "pending")], limit=500)
        for done, row in enumerate(rows, 1):
            row._edu_process()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(rows) - done):
                break
