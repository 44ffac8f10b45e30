from odoo import models


class EduMovement(models.Model):
    _inherit = "edu.movement"

    def _edu_dependents(self):
        """Marks and conduct in the row that a cancellation would withdraw, and periods that were
        locked with the class list as the movement left it."""
        dependents = super()._edu_dependents()
        marked = self._edu_marked_lines()
        books = self.env["edu.gradebook.period"].search(
            [
                ("class_id", "in", (self.from_class_id | self.to_class_id).ids),
                ("state", "!=", "draft"),
            ]
        )
        for movement in self:
            if not movement.reopened and movement.to_enrollment_id.id in marked:
                dependents[movement].append(
                    self.env._(
                        "%s has marks or conduct in this class already.", movement.student_id.name
                    )
                )
            classes = movement.from_class_id | movement.to_class_id
            dependents[movement] += [
                self.env._("%s was locked after it.", book.display_name)
                for book in books
                if book.class_id in classes and book.locked_at >= movement.create_date
            ]
        return dependents

    def _edu_marked_lines(self):
        """Ids of those rows that the movements opened in which something was entered."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT enrollment_id FROM edu_mark WHERE enrollment_id = ANY(%(lines)s)
            UNION
            SELECT enrollment_id FROM edu_period_result
            WHERE enrollment_id = ANY(%(lines)s) AND conduct IS NOT NULL
            """,
            {"lines": self.to_enrollment_id.ids},
        )
        return {row[0] for row in self.env.cr.fetchall()}
