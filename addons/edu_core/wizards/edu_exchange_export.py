import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.exchange import entity_title


class EduExchangeExport(models.TransientModel):
    """Hands a list out as a workbook: the rows that the screen shows, or an empty template."""

    _name = "edu.exchange.export"
    _description = "List as a Workbook"

    entity = fields.Selection(
        lambda self: self.env["edu.import"]._edu_entities(), "List of", required=True
    )
    kind = fields.Selection(
        [("rows", "The rows that are shown"), ("template", "An empty template")],
        "What",
        required=True,
        default="rows",
    )
    school_year_id = fields.Many2one(
        "edu.school.year",
        default=lambda self: self.env["edu.school.year"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        help="Whose classes the template offers.",
    )
    domain = fields.Json()
    res_ids = fields.Json()
    count = fields.Integer("Rows", compute="_compute_count")
    reason = fields.Text("What for", help="Kept in the log of prints and exports.")

    @api.model
    def default_get(self, names):
        """The filter and the chosen rows of the list that the button stands in."""
        vals = super().default_get(names)
        handlers = self.env["edu.exchange.entity"]._edu_handlers()
        shown = self.env.context.get("active_model")
        for entity, handler in handlers.items():
            if handler._edu_model == shown:
                vals["entity"] = entity
                vals["domain"] = self.env.context.get("active_domain") or []
                vals["res_ids"] = self.env.context.get("active_ids") or []
        return vals

    @api.depends("entity", "domain", "res_ids", "kind")
    def _compute_count(self):
        for wizard in self:
            rows = wizard.entity and wizard.kind == "rows"
            wizard.count = len(wizard._edu_records()) if rows else 0

    def _edu_handler(self):
        return self.env["edu.exchange.entity"]._edu_handlers()[self.entity]

    def _edu_records(self):
        """The records of the list, as far as the user may read them."""
        self.ensure_one()
        Model = self.env[self._edu_handler()._edu_model]
        domain = [("id", "in", self.res_ids)] if self.res_ids else self.domain or []
        return Model.search([("company_id", "in", self.env.companies.ids), *domain])

    def action_download(self):
        """Download the workbook; whoever takes rows is logged."""
        self.ensure_one()
        self._edu_check()
        return {"type": "ir.actions.act_url", "url": f"/edu/exchange/{self.id}", "target": "self"}

    def _edu_check(self):
        handler = self._edu_handler()
        handler._edu_check_exporter()
        if self.kind == "rows" and not self._edu_records():
            raise UserError(
                self.env._("There is no row to hand out: change the filter of the list.")
            )

    def _edu_file(self):
        """``(bytes, file name)``; rows are logged before they leave.

        :raises AccessError: unless the user may hand such a list out
        """
        self.ensure_one()
        self._edu_check()
        handler = self._edu_handler()
        records = self._edu_records() if self.kind == "rows" else self.env[handler._edu_model]
        companies = records.company_id if records else self.env.company
        if len(companies) > 1:
            raise UserError(self.env._("Hand out the list of one school at a time."))
        data = handler._edu_workbook(records, companies, self.school_year_id)
        if records:
            self.env["edu.print.log"]._edu_record(
                "export",
                companies,
                f"list.{self.entity}",
                hashlib.sha256(data).hexdigest(),
                reason=(self.reason or "").strip(),
            )
        name = entity_title(self.entity)
        return data, f"{name}.xlsx" if records else f"{name} - mẫu.xlsx"
