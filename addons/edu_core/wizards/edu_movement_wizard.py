import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.edu_movement_check import NEEDS_FROM_SCHOOL, NEEDS_TO_SCHOOL


class EduMovementWizard(models.TransientModel):
    """Asks for what a movement needs and records it for one pupil or many at once."""

    _name = "edu.movement.wizard"
    _description = "Record a Movement"

    kind = fields.Selection(
        lambda self: self._edu_kinds(), required=True, default="class_change", string="Movement"
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._edu_today(), string="From"
    )
    student_ids = fields.Many2many("edu.student", string="Pupils", required=True)
    student_count = fields.Integer(compute="_compute_student_count")
    company_id = fields.Many2one("res.company", compute="_compute_student_count")
    to_class_id = fields.Many2one("edu.class", "Into Class")
    from_school = fields.Char()
    to_school = fields.Char()
    reason = fields.Text()
    decision_number = fields.Char()
    decision_date = fields.Date()
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Evidence", help="PDF, JPEG, PNG or Word (.docx), at most 10 MB."
    )
    successor_id = fields.Many2one(related="company_id.edu_successor_id")
    hand_over = fields.Boolean(
        "Hand over to the School that Succeeds",
        help="The succeeding school gets a record of each pupil; the records of this one stay.",
    )
    successor_class_id = fields.Many2one("edu.class", "Into Its Class")
    needs_class = fields.Boolean(compute="_compute_needs")
    needs_from_school = fields.Boolean(compute="_compute_needs")
    needs_to_school = fields.Boolean(compute="_compute_needs")

    @api.model
    def _edu_kinds(self):
        kinds = self.env["edu.movement"]._fields["kind"]._description_selection(self.env)
        steps = self.env["edu.movement"]._edu_steps()
        return [(kind, label) for kind, label in kinds if kind in steps]

    @api.depends("student_ids")
    def _compute_student_count(self):
        for wizard in self:
            wizard.student_count = len(wizard.student_ids)
            wizard.company_id = wizard.student_ids[:1].company_id or self.env.company

    @api.depends("kind")
    def _compute_needs(self):
        steps = self.env["edu.movement"]._edu_steps()
        for wizard in self:
            step = steps.get(wizard.kind)
            wizard.needs_class = bool(step and step.into)
            wizard.needs_from_school = wizard.kind in NEEDS_FROM_SCHOOL
            wizard.needs_to_school = wizard.kind in NEEDS_TO_SCHOOL

    @api.onchange("kind")
    def _onchange_kind(self):
        if not self.needs_class:
            self.to_class_id = False
        elif self.kind == "return" and len(self.student_ids) == 1:
            lines = self.student_ids._origin.enrollment_ids
            self.to_class_id = lines.sorted("id")[-1:].class_id
        if not self.needs_to_school:
            self.hand_over = False

    def action_confirm(self):
        """Record the movements and show them; all of them or none."""
        self.ensure_one()
        Movement = self.env["edu.movement"]
        if self.hand_over:
            movements = Movement._edu_hand_over(
                self.student_ids, self.date, self.successor_class_id, **self._edu_facts()
            )
        else:
            movements = Movement._edu_move(
                self.kind, self.student_ids, self.date, self.to_class_id, **self._edu_facts()
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recorded Movements"),
            "res_model": "edu.movement",
            "view_mode": "list,form",
            "domain": [("id", "in", movements.ids)],
        }

    def _edu_facts(self):
        return {
            "from_school": self.from_school if self.needs_from_school else False,
            "to_school": self.to_school if self.needs_to_school else False,
            "reason": self.reason,
            "decision_number": self.decision_number,
            "decision_date": self.decision_date,
            "evidence": self._edu_evidence(),
        }

    def _edu_evidence(self):
        """``[(file name, bytes)]`` of the files that the user uploaded here."""
        foreign = self.attachment_ids.filtered(lambda file: file.create_uid != self.env.user)
        if foreign:
            raise UserError(
                self.env._("Upload the evidence here: %s is not yours.", foreign[0].name)
            )
        return [(file.name, base64.b64decode(file.datas or b"")) for file in self.attachment_ids]
