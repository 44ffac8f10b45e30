import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.rules import growth, preschool

from ..typed import typed_text
from .edu_class import PRESCHOOL

SAID = {"gradebook_period_id", "enrollment_id", "measured_on", "weight", "height", "lying"}
PLACE = {"gradebook_period_id", "enrollment_id"}
NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
LIMITS = {"weight": (1, 80), "height": (35, 150)}


class EduGrowthMeasure(models.Model):
    """Weight and height of a child on a day (TTLT 13/2016 Điều 9), in a stage of the class's book.

    Exact numbers are kept as text; body mass index and age follow from them by the rules.
    """

    _name = "edu.growth.measure"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Weight and Height"
    _order = "measured_on desc, enrollment_id, id"

    _edu_chained = ("enrollment_id", "measured_on", "weight", "height", "lying")
    _edu_chain_key = ("edu.gradebook.period:", "gradebook_period_id")

    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period", "Preschool Stage", required=True, index=True, ondelete="restrict"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Child", required=True, index=True, ondelete="restrict"
    )
    measured_on = fields.Date(required=True, default=fields.Date.context_today)
    weight = fields.Char("Weight (kg)", required=True)
    height = fields.Char("Height (cm)", required=True)
    lying = fields.Boolean("Measured Lying", help="Below 24 months a child is measured lying.")
    class_id = fields.Many2one(related="gradebook_period_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="gradebook_period_id.company_id", store=True, index=True)
    number = fields.Integer("No.", related="enrollment_id.number", aggregator=None)
    state = fields.Selection(related="gradebook_period_id.effective_state", string="Stage's State")
    age_months = fields.Integer("Age (months)", compute="_compute_age_months", aggregator=None)
    bmi = fields.Char(
        "Body Mass Index", compute="_compute_bmi", help="kg / m²; lengths are corrected."
    )
    next_due = fields.Selection(
        [("MONTHLY", "Monthly"), ("QUARTERLY", "Quarterly")],
        "To Be Measured",
        compute="_compute_age_months",
        help="TTLT 13/2016 Điều 9",
    )

    _day_uniq = models.Constraint(
        "UNIQUE(enrollment_id, measured_on)", "The child was measured on this day already."
    )

    @api.depends("measured_on", "enrollment_id.student_id.birth_date")
    def _compute_age_months(self):
        for measure in self:
            born = measure.sudo().enrollment_id.student_id.birth_date
            known = born and measure.measured_on and born <= measure.measured_on
            age = preschool.age_months(dob=born, on=measure.measured_on) if known else 0
            measure.age_months = age
            measure.next_due = known and preschool.measure_due(age_months=age).value

    @api.depends("weight", "height", "lying", "age_months")
    def _compute_bmi(self):
        for measure in self:
            numbers = all(NUMBER.fullmatch(measure[name] or "") for name in LIMITS)
            measure.bmi = numbers and (
                growth.bmi(
                    weight=measure.weight,
                    age_months=measure.age_months,
                    measured=measure.height,
                    lying=measure.lying,
                ).value
            )

    @api.model_create_multi
    def create(self, vals_list):
        if any(set(vals) - SAID for vals in vals_list):
            raise UserError(self.env._("Say the child, the day, weight and height."))
        # with the defaults of a context, so that no stage comes in behind the check
        given = [self._add_missing_default_values(vals) for vals in vals_list]
        books = self.env["edu.gradebook.period"].browse(
            {vals.get("gradebook_period_id") for vals in given} - {None, False}
        )
        books.sudo()._edu_own_chains()._edu_lock_heads()
        self._edu_check_books(books)
        measures = super().create([self._edu_canonical(vals) for vals in given])
        measures._edu_check()
        measures.sudo()._edu_append_facts("measure")
        return measures

    def write(self, vals):
        if not self or not vals:
            return True
        if set(vals) - SAID or PLACE & set(vals):
            raise UserError(self.env._("Child and stage stay: add another row."))
        own = self.sudo()
        own.gradebook_period_id._edu_own_chains()._edu_lock_heads()
        self._edu_check()
        before = own._edu_facts()
        result = super().write(self._edu_canonical(vals))
        self._edu_check()
        events = own._edu_chained_events(own._edu_chain_of(), "measure", before)
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
        return result

    @api.model
    def _edu_canonical(self, vals):
        """Numbers as they are recorded: with a point, without useless zeros."""
        numbers = {}
        for name in LIMITS:
            if name in vals:
                text = (typed_text(vals[name]) or "").replace(",", ".")
                numbers[name] = text.rstrip("0").rstrip(".") if "." in text else text
        return {**vals, **numbers}

    def _edu_chain_of(self):
        return {measure: measure.gradebook_period_id._edu_own_chains() for measure in self}

    def _edu_check(self):
        """Who measures, when, and what is possible.

        :raises AccessError: for whoever does not assess the class today, ``sudo`` or not
        :raises UserError: for a locked stage, or with what is wrong of which child
        """
        self._edu_check_books(self.sudo().gradebook_period_id)
        for measure in self.sudo():
            name = measure.enrollment_id.student_id.name
            if measure.enrollment_id not in measure.class_id.enrollment_ids:
                raise UserError(self.env._("%s: the child is not in this class.", name))
            measure._edu_check_numbers(name)

    @api.model
    def _edu_check_books(self, books):
        """Who measures, and when."""
        for book in books.with_env(self.env).sudo():
            teachers = book.class_id._edu_assigned(self.env["edu.subject"])
            if self.env.user not in teachers:
                raise AccessError(
                    self.env._(
                        "%(name)s: weight and height are entered by %(people)s.",
                        name=book.display_name,
                        people=", ".join(teachers.mapped("name")) or "-",
                    )
                )
            if book.class_id.regulation_id.code != PRESCHOOL:
                raise UserError(self.env._("Children of preschool alone are measured here."))
            if book.effective_state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: the principal opens it again.",
                        name=book.display_name,
                        state=book._edu_state_label(),
                    )
                )
            book._edu_check_close()

    def _edu_check_numbers(self, name):
        born = self.enrollment_id.student_id.birth_date
        if self.measured_on > self.company_id._edu_today() or (born and self.measured_on < born):
            raise UserError(self.env._("%s: the day is to come, or before the birth.", name))
        year = self.class_id.school_year_id
        if not year._edu_runs(self.measured_on):
            raise UserError(
                self.env._(
                    "%(name)s: the day is not one of the year %(year)s.", name=name, year=year.name
                )
            )
        for field, (least, most) in LIMITS.items():
            typed = self[field] or ""
            if not NUMBER.fullmatch(typed) or not least <= float(typed) <= most:
                label = self._fields[field].get_description(self.env, ["string"])["string"]
                raise UserError(
                    self.env._(
                        "%(child)s: %(field)s %(typed)s is not possible (%(least)s to %(most)s).",
                        child=name,
                        field=label,
                        typed=typed[:20],
                        least=least,
                        most=most,
                    )
                )

    @api.model
    def _edu_snapshot_rows(self, book):
        """What a stage's snapshot says of growth, by the number in the class list."""
        measures = self.search([("gradebook_period_id", "=", book.id)], order="measured_on, id")
        return [
            {
                "no": str(measure.enrollment_id.number),
                "day": measure.measured_on.isoformat(),
                "age": str(measure.age_months),
                "weight": measure.weight,
                "height": measure.height,
                "lying": "yes" if measure.lying else "",
                "bmi": measure.bmi or None,
            }
            for measure in measures
        ]
