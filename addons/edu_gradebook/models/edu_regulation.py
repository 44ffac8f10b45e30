from odoo import models


class EduRegulation(models.Model):
    _inherit = "edu.regulation"

    def _edu_copy_parts(self, fresh):
        columns = self.env["edu.mark.column"].search([("regulation_id", "=", self.id)])
        columns.copy({"regulation_id": fresh.id})
        return super()._edu_copy_parts(fresh)

    def _edu_marked_codes(self):
        """Codes of the periods of a year in which marks are entered, in their order."""
        return self.period_ids.filtered("has_marks").sorted("sequence").mapped("code")

    def _edu_has_year(self):
        """Whether a pupil's year has results by the regulation."""
        module = self.env["edu.subject.result"]._edu_rules(self)
        return hasattr(module, "promotion") or self._edu_is_primary()

    def _edu_is_primary(self):
        """Whether a year ends with one of the levels of primary (TT 27/2020 Điều 9.2)."""
        return hasattr(self.env["edu.subject.result"]._edu_rules(self), "year_end_level")
