from odoo import api, models

from .edu_year_result import OPEN_OUTCOMES, RETAINED


class EduRollover(models.Model):
    _inherit = "edu.rollover"

    def _edu_rollover_proposal(self, lines):
        """Propose what the principal decided; whoever has no decision yet stays undecided.

        Classes without a gradebook have no results here: for them it stays as it was.
        """
        proposal = super()._edu_rollover_proposal(lines)
        decided = self.env["edu.year.result"]._edu_valid(lines.enrollment_id)
        kept = self.env["edu.gradebook"].sudo().search([("class_id", "in", lines.class_id.ids)])
        for line in lines:
            decision = decided.get(line.enrollment_id.id)
            if proposal[line][0] == "undecided" or line.class_id not in kept.class_id:
                continue
            if not line.class_id.sudo().regulation_id._edu_has_year():
                continue
            if decision in RETAINED:
                proposal[line] = ("repeat", "")
            elif decision in OPEN_OUTCOMES:
                proposal[line] = ("undecided", self._edu_waiting_reason(decision))
            elif not decision:
                reason = self.env._("The results of the year are not approved yet.")
                proposal[line] = ("undecided", reason)
        return proposal

    @api.model
    def _edu_waiting_reason(self, decision):
        if decision == "SUPPORT_AND_REASSESS":
            return self.env._("Waits for the additional assessment in summer.")
        if decision == "KIEM_TRA_LAI":
            return self.env._("Waits for the re-assessment after summer.")
        return self.env._("Waits for the summer training.")

    @api.model
    def _edu_results_changed(self, enrollments):
        """Propose anew for pupils whose results were decided, unless a person decided already."""
        lines = (
            self.env["edu.rollover.line"]
            .sudo()
            .search(
                [
                    ("enrollment_id", "in", enrollments.ids),
                    ("state", "=", "pending"),
                    ("confirmed", "=", False),
                ]
            )
        )
        lines._edu_unguarded()._edu_propose()

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
