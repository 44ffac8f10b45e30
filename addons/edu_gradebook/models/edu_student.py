from odoo import fields, models


class EduStudent(models.Model):
    _inherit = "edu.student"

    absence_count = fields.Integer("Sessions Absent", compute="_compute_absence_count")

    def _compute_absence_count(self):
        """Of the present school year, in classes whose attendance the user may see."""
        counts = self.env["edu.attendance"]._read_group(
            [
                ("enrollment_id.student_id", "in", self.ids),
                ("school_year_id.date_end", ">=", fields.Date.today()),
                ("token", "!=", False),
            ],
            ["enrollment_id"],
            ["__count"],
        )
        of_student = {}
        for line, count in counts:
            student = line.sudo().student_id
            of_student[student.id] = of_student.get(student.id, 0) + count
        for student in self:
            student.absence_count = of_student.get(student.id, 0)

    def action_absences(self):
        """The days on which the pupils were absent."""
        self.check_access("read")
        return self._edu_absence_action()

    def _edu_absence_action(self, years=None):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_attendance_action"
        )
        action["domain"] = [("enrollment_id.student_id", "in", self.ids), ("token", "!=", False)]
        if years:
            action["domain"].append(("school_year_id", "in", years.ids))
        action["context"] = {}
        return action

    def action_year_results(self):
        """The pupils' results of all years that the user may read."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_year_result_action"
        )
        action["domain"] = [("enrollment_id.student_id", "in", self.ids)]
        action["context"] = {}
        return action
