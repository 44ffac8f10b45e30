from odoo import models


class EduExchangedMixin(models.AbstractModel):
    """Whatever leaves as a file is recorded, also by Odoo's own export."""

    _name = "edu.exchanged.mixin"
    _description = "Logged Export"

    def export_data(self, fields_to_export):
        """Export as everywhere in Odoo, and record it in the chains of the records' schools."""
        exported = super().export_data(fields_to_export)
        if self:
            self.sudo()._edu_record_export(fields_to_export)
        return exported

    def _edu_record_export(self, names):
        events = [
            (
                company._edu_chain(),
                {
                    "operation": "export",
                    "model": self._name,
                    "record": "*",
                    "slot": "odoo",
                    "new": f"{len(records)}: {', '.join(names)}",
                },
            )
            for company, records in self.grouped("company_id").items()
            if company
        ]
        self.env["edu.ledger.chain"]._edu_append(events)
