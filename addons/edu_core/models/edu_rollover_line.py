from odoo import api, fields, models
from odoo.exceptions import UserError

from .edu_rollover import INTO

DECISIONS = [
    ("promotion", "Promoted"),
    ("repeat", "Repeats the year"),
    ("completion", "Completed the level"),
    ("transfer_out", "Transfers to another school"),
    ("drop_out", "Leaves school"),
    ("undecided", "Undecided"),
]
DECIDED = frozenset({"decision", "target_class_id", "to_school", "reason", "confirmed"})


class EduRolloverLine(models.Model):
    """What becomes of one pupil: proposed, confirmed by a person, carried out by a movement."""

    _name = "edu.rollover.line"
    _inherit = ["edu.guarded.mixin"]
    _description = "Pupil in a Rollover"
    _order = "rollover_id, class_id, number, id"
    _check_company_auto = True

    _edu_guarded = frozenset(
        {"rollover_id", "student_id", "enrollment_id", "proposed", "state", "movement_id"}
    )

    rollover_id = fields.Many2one(
        "edu.rollover", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="rollover_id.company_id", store=True, index=True)
    target_year_id = fields.Many2one(related="rollover_id.target_year_id")
    student_id = fields.Many2one(
        "edu.student", "Pupil", required=True, index=True, ondelete="restrict", readonly=True
    )
    student_code = fields.Char(related="student_id.code")
    enrollment_id = fields.Many2one(
        "edu.enrollment",
        "Enrolment",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    class_id = fields.Many2one(related="enrollment_id.class_id", store=True, index=True)
    number = fields.Integer(related="enrollment_id.number", store=True, aggregator=None)
    proposed = fields.Selection(DECISIONS, readonly=True)
    decision = fields.Selection(DECISIONS, required=True, default="undecided", index=True)
    target_class_id = fields.Many2one(
        "edu.class",
        "Into Class",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('school_year_id', '=', target_year_id)]",
    )
    to_school = fields.Char()
    reason = fields.Char(help="Why the pupil is undecided, for example: waits for re-assessment.")
    confirmed = fields.Boolean(help="A person decided, or confirmed the proposal.")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Rolled over"),
            ("gone", "Left by another movement"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    movement_id = fields.Many2one(
        "edu.movement", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    _student_uniq = models.Constraint(
        "UNIQUE(rollover_id, student_id)", "The rollover has this pupil already."
    )

    @api.depends("student_id.name", "class_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name} ({line.class_id.name})"

    def write(self, vals):
        """Decide. The target follows from the class's mapping unless it is given.

        :raises AccessError: for whoever is not entrusted with the year's set-up
        :raises UserError: for a pupil who was rolled over or left
        """
        if not self or self._edu_is_unguarded():
            return super().write(vals)
        if DECIDED & set(vals):
            self.rollover_id._edu_check_keeper()
            self._edu_refuse_settled()
        if "decision" in vals and "confirmed" not in vals:
            vals = {**vals, "confirmed": vals["decision"] != "undecided"}
        result = super().write(vals)
        if "decision" in vals and "target_class_id" not in vals:
            self._edu_follow_mapping()
        return result

    def _edu_refuse_settled(self):
        settled = self.filtered(lambda line: line.state != "pending")
        if settled:
            raise UserError(
                self.env._(
                    "%(pupil)s: %(state)s. Cancel that movement first, then decide again.",
                    pupil=settled[0].display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        settled[0].state
                    ],
                )
            )

    def _edu_propose(self):
        """Write what the hook proposes, unconfirmed, a write for each kind of proposal."""
        for rollover, lines in self.grouped("rollover_id").items():
            proposal = rollover._edu_rollover_proposal(lines)
            for (decision, reason), same in lines.grouped(proposal.get).items():
                same.write(
                    {
                        "proposed": decision,
                        "decision": decision,
                        "reason": reason,
                        "confirmed": False,
                    }
                )
        self._edu_follow_mapping()

    def _edu_follow_mapping(self):
        """Send promoted and repeating pupils where their class's mapping says, the others
        nowhere."""
        mapped = {}
        for line in self.rollover_id.class_ids:
            mapped[line.rollover_id, line.class_id, "promotion"] = line.promote_to_id
            mapped[line.rollover_id, line.class_id, "repeat"] = line.repeat_to_id
        none = self.env["edu.class"]
        by_target = self.grouped(
            lambda line: (
                mapped.get((line.rollover_id, line.class_id, line.decision), none)
                if line.decision in INTO
                else none
            )
        )
        for target, lines in by_target.items():
            lines.sudo()._edu_unguarded().write({"target_class_id": target.id})

    def _edu_settle(self, movements):
        """Name the movement of each line, in the order of the lines."""
        for line, movement in zip(self._edu_unguarded(), movements, strict=True):
            line.write({"state": "done", "movement_id": movement.id})

    @api.model
    def _edu_follow_cancelled(self, movements):
        """Lines whose movement was cancelled wait again."""
        lines = self.sudo().search([("movement_id", "in", movements.ids)])
        lines._edu_unguarded().write({"state": "pending", "movement_id": False})

    # -- screens ---------------------------------------------------------------------------------

    def action_confirm(self):
        """Confirm the proposals of the chosen pupils; undecided ones stay so."""
        self.filtered(lambda line: line.decision != "undecided").write({"confirmed": True})

    def action_cancel_movement(self):
        """Ask why this pupil's rollover is taken back."""
        self.ensure_one()
        return self.movement_id.action_cancel()
