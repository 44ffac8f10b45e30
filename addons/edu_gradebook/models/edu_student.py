from odoo import models


class EduStudent(models.Model):
    _inherit = "edu.student"

    def action_year_results(self):
        """The pupils' results of all years that the user may read."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_year_result_action"
        )
        action["domain"] = [("enrollment_id.student_id", "in", self.ids)]
        action["context"] = {}
        return action
