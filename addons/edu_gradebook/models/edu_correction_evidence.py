from odoo import api, fields, models

SLOT = "content"


class EduCorrectionEvidence(models.Model):
    """A paper behind a correction (Điều 8.1, 8.2): book page, test paper, signed check sheet.

    The sheet's chain has the SHA-256 of each; the verification hashes the stored bytes again.
    """

    _name = "edu.correction.evidence"
    _inherit = ["edu.evidence.mixin"]
    _description = "Evidence of a Correction"
    _order = "id"

    correction_id = fields.Many2one("edu.correction", index=True, ondelete="restrict")
    gradesheet_id = fields.Many2one("edu.gradesheet", index=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("personal_book", "Page of the personal gradebook"),
            ("paper", "Test paper"),
            ("check_sheet", "Signed check sheet"),
        ]
    )

    def _edu_record_content(self):
        """An entry in the sheet's chain for each paper, with the hash of its bytes."""
        events = [
            (
                paper.gradesheet_id.chain_id,
                {
                    "operation": "evidence",
                    "model": self._name,
                    "record": str(paper.id),
                    "slot": SLOT,
                    "new": paper.sha256,
                    "evidence_sha256": paper.sha256,
                },
            )
            for paper in self
        ]
        self.env["edu.ledger.chain"].sudo()._edu_append(events)

    @api.model
    def _edu_content_values(self, company):
        """Yield, for the verification, the hashes of the filed papers as they are stored now."""
        for paper in self.search([("company_id", "=", company.id)]):
            yield {
                "chain": paper.gradesheet_id.chain_id.name,
                "model": self._name,
                "record": str(paper.id),
                "slot": SLOT,
                "value": paper._edu_stored_sha256(),
            }
            self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
            paper.invalidate_recordset(["data"], flush=False)
