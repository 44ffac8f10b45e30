from odoo import models


class EduRegulation(models.Model):
    _inherit = "edu.regulation"

    def _edu_copy_parts(self, fresh):
        columns = self.env["edu.mark.column"].search([("regulation_id", "=", self.id)])
        columns.copy({"regulation_id": fresh.id})
        return super()._edu_copy_parts(fresh)
