from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .edu_rollover import INTO


class EduRolloverClass(models.Model):
    """Where the pupils of a class go in the next year, and how many of each kind."""

    _name = "edu.rollover.class"
    _inherit = ["edu.guarded.mixin"]
    _description = "Class in a Rollover"
    _order = "rollover_id, class_id, id"
    _check_company_auto = True

    _edu_guarded = frozenset({"rollover_id", "class_id"})

    rollover_id = fields.Many2one(
        "edu.rollover", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="rollover_id.company_id", store=True, index=True)
    target_year_id = fields.Many2one(related="rollover_id.target_year_id")
    class_id = fields.Many2one(
        "edu.class", required=True, index=True, ondelete="restrict", readonly=True
    )
    grade_number = fields.Integer(related="class_id.grade_number", aggregator=None)
    promote_to_id = fields.Many2one(
        "edu.class", "Promoted into", ondelete="restrict", check_company=True
    )
    repeat_to_id = fields.Many2one(
        "edu.class", "Repeating in", ondelete="restrict", check_company=True
    )
    promotion_count = fields.Integer("Promoted", compute="_compute_counts", aggregator=None)
    repeat_count = fields.Integer("Repeating", compute="_compute_counts", aggregator=None)
    completion_count = fields.Integer("Completed", compute="_compute_counts", aggregator=None)
    leaving_count = fields.Integer("Leaving", compute="_compute_counts", aggregator=None)
    undecided_count = fields.Integer("Undecided", compute="_compute_counts", aggregator=None)
    done_count = fields.Integer("Rolled over", compute="_compute_counts", aggregator=None)

    _class_uniq = models.Constraint(
        "UNIQUE(rollover_id, class_id)", "The rollover has this class already."
    )

    def _compute_counts(self):
        groups = self.env["edu.rollover.line"]._read_group(
            [("rollover_id", "in", self.rollover_id.ids), ("state", "!=", "gone")],
            ["rollover_id", "class_id", "decision", "state"],
            ["__count"],
        )
        counts = defaultdict(lambda: defaultdict(int))
        for rollover, school_class, decision, state, count in groups:
            of = counts[rollover, school_class]
            of[decision] += count
            of[state] += count
        for line in self:
            of = counts[line.rollover_id, line.class_id]
            line.promotion_count = of["promotion"]
            line.repeat_count = of["repeat"]
            line.completion_count = of["completion"]
            line.leaving_count = of["transfer_out"] + of["drop_out"]
            line.undecided_count = of["undecided"]
            line.done_count = of["done"]

    @api.constrains("promote_to_id", "repeat_to_id")
    def _check_targets(self):
        for line in self:
            wrong = (line.promote_to_id | line.repeat_to_id).filtered(
                lambda one, line=line: one.school_year_id != line.target_year_id
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "%(class)s is not a class of %(year)s.",
                        **{"class": wrong[0].name, "year": line.target_year_id.name},
                    )
                )

    def write(self, vals):
        """Pupils who went where the mapping said follow it; whoever was sent elsewhere stays."""
        names = {"promotion": "promote_to_id", "repeat": "repeat_to_id"}
        if not self or not set(names.values()) & set(vals):
            return super().write(vals)
        if not self._edu_is_unguarded():
            self.rollover_id._edu_check_keeper()
        before = {(line, kind): line[names[kind]] for line in self for kind in INTO}
        result = super().write(vals)
        for (line, kind), old in before.items():
            new = line[names[kind]]
            if old != new:
                line._edu_waiting(kind, old).sudo()._edu_unguarded().write(
                    {"target_class_id": new.id}
                )
        return result

    def _edu_waiting(self, kind, target):
        return self.rollover_id.line_ids.filtered(
            lambda one: (
                one.state == "pending"
                and one.class_id == self.class_id
                and one.decision == kind
                and one.target_class_id == target
            )
        )
