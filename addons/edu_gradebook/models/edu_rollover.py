from odoo import models


class EduRollover(models.Model):
    _inherit = "edu.rollover"

    def _edu_rollover_blockers(self):
        """Classes of the new year in which something was entered for a pupil of the rollover."""
        blockers = super()._edu_rollover_blockers()
        movements = self.line_ids.filtered(lambda line: line.state == "done").movement_id
        marked = self.env["edu.enrollment"].browse(movements._edu_marked_lines())
        return blockers + [
            self.env._(
                "%(class)s has marks or conduct of %(count)s pupils in %(year)s already: change"
                " single pupils by movements instead.",
                **{"class": one.name, "count": len(lines), "year": one.school_year_id.name},
            )
            for one, lines in marked.grouped("class_id").items()
        ]
