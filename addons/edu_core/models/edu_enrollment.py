from odoo import api, fields, models
from odoo.exceptions import UserError


class EduEnrollment(models.Model):
    """A pupil's place in the list of a class. Movements open and end it; it is never deleted.

    A pupil who leaves keeps the row, struck through. A pupil who comes back to the class gets the
    same row again. A row that a cancelled movement had opened is archived.
    """

    _name = "edu.enrollment"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin", "edu.exchanged.mixin"]
    _description = "Enrolment"
    _check_company_auto = True
    _order = "class_id, number, id"

    _edu_guarded = frozenset(
        {
            "class_id",
            "student_id",
            "date_start",
            "date_end",
            "state",
            "entry_movement_id",
            "left_movement_id",
            "active",
        }
    )
    _edu_chained = tuple(sorted(_edu_guarded))
    _edu_chain_key = ("student:", "student_id")

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    student_id = fields.Many2one(
        "edu.student", required=True, index=True, ondelete="restrict", check_company=True
    )
    number = fields.Integer("No.", aggregator=None, help="Place in the class list.")
    date_start = fields.Date("In the Class since", readonly=True)
    date_end = fields.Date("Last Day in the Class", readonly=True)
    state = fields.Selection(
        [("active", "In the Class"), ("left", "Has Left"), ("done", "Year Completed")],
        required=True,
        readonly=True,
        default="active",
        index=True,
    )
    entry_movement_id = fields.Many2one(
        "edu.movement", "Came by", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    left_movement_id = fields.Many2one(
        "edu.movement", "Left by", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    left_note = fields.Char("Note", compute="_compute_left_note")
    student_code = fields.Char(related="student_id.code")
    birth_date = fields.Date(related="student_id.birth_date")
    gender = fields.Selection(related="student_id.gender")
    profile_checked_at = fields.Datetime(related="student_id.profile_checked_at")
    company_id = fields.Many2one(related="class_id.company_id", store=True, index=True)
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    active = fields.Boolean(default=True, readonly=True)

    _student_uniq = models.Constraint(
        "UNIQUE(class_id, student_id)", "The pupil is in this class already."
    )
    _dates = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "The pupil leaves the class before coming to it.",
    )

    @api.depends("student_id.name", "class_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name} ({line.class_id.name})"

    @api.depends("left_movement_id")
    def _compute_left_note(self):
        for line in self:
            line.left_note = line.sudo()._edu_left_note()

    def _edu_left_note(self):
        """What the official list says of a pupil who left, such as "Đã chuyển sang lớp 6B từ ngày
        02/11/2026"; "" for one who did not."""
        self.ensure_one()
        movement = self.left_movement_id
        return movement._edu_official_note() if movement else ""

    def _edu_chain_of(self):
        chain_of = self.student_id._edu_chain_of()
        return {line: chain_of[line.student_id] for line in self}

    def write(self, vals):
        if self and "number" in vals:
            self._edu_check_list_open(vals["number"])
        return super().write(vals)

    def _edu_check_list_open(self, number):
        """A locked list is not reordered, by whatever door."""
        for line in self.sudo():
            if line.class_id.list_locked and line.number and line.number != number:
                raise UserError(line.class_id._edu_list_locked_text())

    # -- the class list --------------------------------------------------------------------------

    @api.model
    def _edu_number(self, classes):
        """Number class lists by given name, Vietnamese order.

        A locked list keeps its numbers: newcomers get the next ones.
        """
        lines = self.search([("class_id", "in", classes.ids)])
        for school_class in classes:
            of_class = lines.filtered(lambda line, c=school_class: line.class_id == c)
            if school_class.list_locked:
                of_class._edu_number_newcomers()
            else:
                of_class.sorted(self._edu_list_order)._edu_set_numbers(1)

    @api.model
    def _edu_list_order(self, line):
        return (line.student_id.list_order_key, line.id)

    def _edu_set_numbers(self, first):
        """Number these rows from ``first`` on, with one statement and one round of what follows."""
        changed = {
            line.id: number for number, line in enumerate(self, first) if line.number != number
        }
        if not changed:
            return
        self.flush_model()
        self.env.cr.execute(
            "UPDATE edu_enrollment SET number = given.number FROM"
            " unnest(%s::int[], %s::int[]) AS given (id, number)"
            " WHERE edu_enrollment.id = given.id",
            [list(changed), list(changed.values())],
        )
        lines = self.browse(changed)
        lines.invalidate_recordset(["number"], flush=False)
        lines.modified(["number"])

    def _edu_number_newcomers(self):
        """Lines without a number get the next ones, in the order of names."""
        newcomers = self.filtered(lambda line: not line.number).sorted(self._edu_list_order)
        newcomers._edu_set_numbers(max(self.mapped("number"), default=0) + 1)

    @api.model
    def _edu_take_in(self, newcomers):
        """Give newcomers their numbers: by name in a list that is in the order of names, else at
        the end."""
        lines = self.search([("class_id", "in", newcomers.class_id.ids)])
        for school_class in newcomers.class_id:
            of_class = lines.filtered(lambda line, c=school_class: line.class_id == c)
            before = of_class.filtered("number").sorted("number")
            in_order = before.ids == before.sorted(self._edu_list_order).ids
            if in_order and not school_class.list_locked:
                of_class.sorted(self._edu_list_order)._edu_set_numbers(1)
            else:
                of_class._edu_number_newcomers()

    def action_open_student(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "edu.student",
            "res_id": self.student_id.id,
            "view_mode": "form",
        }
