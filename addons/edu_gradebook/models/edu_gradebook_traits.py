from odoo import models

from .edu_mark_column import SUMMER


class EduGradebookTraits(models.AbstractModel):
    """What books of primary have beside subjects: qualities and competencies, parts of subjects,
    and the additional assessment in summer, which is of those alone who are due."""

    _name = "edu.gradebook.traits"
    _description = "Books of Primary"

    def _edu_has_traits(self):
        """Whether qualities and competencies are assessed in the period."""
        columns = self.env["edu.mark.column"]
        return bool(
            columns.search_count(
                [
                    ("regulation_id", "=", self.class_id.regulation_id.id),
                    ("needs", "=", "trait"),
                ],
                limit=1,
            )
        )

    def _edu_marks_parts(self, line):
        """Whether the parts of a subject are assessed by themselves, as the school decided."""
        parts = line.component_ids.filtered(lambda part: part.kind == "component")
        if not parts or not self.company_id.edu_parts_marked:
            return False
        return bool(
            self.env["edu.mark.column"].search_count(
                [("regulation_id", "=", line.regulation_id.id), ("part", "=", len(parts))], limit=1
            )
        )

    def action_measure(self):
        """Weight and height of the children, for their teacher to enter."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_growth_measure_action"
        )
        action["domain"] = [("gradebook_period_id", "=", self.id)]
        action["context"] = {"default_gradebook_period_id": self.id}
        return action

    def _edu_marked_subjects(self, subjects):
        """Of ``subjects`` those with a sheet in the period; in summer where somebody is due."""
        if not self._edu_is_summer():
            return subjects
        due = self._edu_summer_review().subject_ids.filtered("due").subject_id
        ends = self.env["edu.gradesheet"].search(
            [
                ("class_id", "=", self.class_id.id),
                ("period_id", "=", self.period_id.parent_id.id),
                ("assess", "=", "trait"),
            ]
        )
        columns = ends and ends._edu_columns()
        lines = self._edu_active_lines()
        for sheet in ends:
            cells = self.env["edu.mark"]._edu_cells(sheet)[sheet.id]
            if any(sheet._edu_due_again(columns, cells.get(line.id, {})) for line in lines):
                due |= sheet.subject_id
        return subjects & due

    def _edu_summer_review(self):
        return self.class_id.review_ids.filtered(lambda review: review.stage == SUMMER)

    def _edu_is_summer(self):
        return self.period_id.code == SUMMER

    def _edu_summer_only(self, lines):
        """Of the lines of a class those alone whom the review of the year sent into summer."""
        if not self._edu_is_summer():
            return lines
        reviews = self._edu_summer_review()
        due = reviews._edu_summer_lines(reviews).get(reviews, []) if reviews else []
        return lines.filtered(lambda line: line.id in due)
