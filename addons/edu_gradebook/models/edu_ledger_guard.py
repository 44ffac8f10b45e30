from odoo import api, models


class EduLedgerGuard(models.AbstractModel):
    _inherit = "edu.ledger.guard"

    @api.model
    def _edu_scripts(self):
        return [
            *super()._edu_scripts(),
            "edu_gradebook/sql/marks.sql",
            "edu_gradebook/sql/results.sql",
            "edu_gradebook/sql/attendance.sql",
            "edu_gradebook/sql/remarks.sql",
        ]
