from odoo import fields, models


class EduDocumentPrint(models.TransientModel):
    """Asks what a document is printed for, before it is handed out."""

    _name = "edu.document.print"
    _description = "Print a Document"

    document_id = fields.Many2one("edu.document", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("regular", "Printed as needed"),
            ("periodic", "Printed at the end of a period"),
        ],
        required=True,
        default="regular",
    )
    requester = fields.Char("For", help="Who asked for the print, for example a parent.")
    reason = fields.Text(required=True)

    def action_print(self):
        self.ensure_one()
        self.document_id.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/edu/document/{self.document_id.id}?print={self.id}",
            "target": "new",
        }
