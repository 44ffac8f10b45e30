from odoo import api, fields, models

SUMMER = "HE"  # the period after summer in the period trees of the regulations
# what the homeroom teacher assesses, with the other teachers of the class (TT 27/2020 Điều 7.2)
TRAITS = "edu_gradebook.edu_subject_pcnl"
# sheets that have columns of their own alone: how they are assessed, what the columns need
OWN_SHEETS = {"trait": "trait", "outcome": "goal"}


class EduMarkColumn(models.Model):
    """A column of the official gradebook: ĐĐGtx, ĐĐGgk, ĐĐGck (TT 22/2021 Điều 6, 7), Mức đạt được
    and Điểm KTĐK (TT 27/2020 Điều 7), a quality or competency, a goal of preschool.

    Which sheets have it follows from its own data and from the rules of the regulation.
    """

    _name = "edu.mark.column"
    _description = "Mark Column"
    _order = "regulation_id, sequence, id"

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, help="As the official form names it, in Vietnamese.")
    label = fields.Char(required=True, help="Heading of the single column.")
    kind = fields.Selection(
        [("regular", "Regular"), ("midterm", "Midterm"), ("final", "Final")], required=True
    )
    number = fields.Integer(
        "Regular Mark No.", aggregator=None, help="Due where a subject needs so many; 0: always."
    )
    scale = fields.Selection(
        [
            ("subject", "As the subject is assessed"),
            ("level", "T, H, C"),
            ("whole", "Whole number from 0 to 10"),
            ("trait", "T, Đ, C"),
            ("goal", "Đ, CĐ"),
        ],
        required=True,
        default="subject",
        help="Subjects are assessed by marks with one decimal, or by Đ and CĐ.",
    )
    needs = fields.Selection(
        [
            ("cluster", "Topic cluster of this semester"),
            ("test", "Periodic test in this period"),
            ("trait", "Quality or competency of this grade"),
            ("goal", "Goal of this grade"),
        ],
        "Only with",
    )
    part = fields.Integer(
        "Part of the Subject",
        aggregator=None,
        help="Number of the part, where the parts of a subject are assessed by themselves.",
    )
    subject_id = fields.Many2one(
        "edu.subject", ondelete="restrict", help="Empty: a column of every subject."
    )
    grade_from = fields.Integer("From Grade", aggregator=None, help="0: from the first.")
    grade_to = fields.Integer("To Grade", aggregator=None, help="0: to the last.")
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(regulation_id, code)", "The regulation has this column already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for column in self:
            column.display_name = f"{column.code} ({column.name})"

    # -- which sheets have it --------------------------------------------------------------------

    def _edu_of(self, sheet):
        """Those of the columns that ``sheet`` has, in the order of the form."""
        return self.filtered(lambda column: column._edu_is_of(sheet))

    def _edu_is_of(self, sheet):
        grade = sheet.class_id.grade_number
        wanted = OWN_SHEETS.get(sheet.assess)
        if wanted or self.needs in OWN_SHEETS.values():
            fits = self.needs == wanted
        else:
            fits = not self.needs or getattr(self, f"_edu_has_{self.needs}")(sheet)
        return (
            fits
            and self.number <= sheet.regular_count
            and self._edu_is_of_part(sheet)
            and (not self.subject_id or self.subject_id == sheet.subject_id)
            and (not self.grade_from or grade >= self.grade_from)
            and (not self.grade_to or grade <= self.grade_to)
        )

    def _edu_is_of_part(self, sheet):
        """Columns of parts stand in the place of those of the whole subject."""
        parts = sheet._edu_parts()
        return self.part <= len(parts) and bool(self.part) == bool(parts)

    def _edu_has_cluster(self, sheet):
        """Whether the regulation asks for one more regular mark because of the topic cluster."""
        line = sheet.curriculum_line_id
        clusters = line.component_ids.filtered(lambda part: part.kind == "cluster")
        if not clusters & sheet.class_id.elective_ids:
            return False
        count = self.env["edu.subject.result"]._edu_rules(self.regulation_id).regular_count
        asked = {"periods": line.periods, "assess": sheet.assess, "semester": sheet.period_id.code}
        return count(**asked, topic=True) > count(**asked)

    def _edu_has_test(self, sheet):
        module = self.env["edu.subject.result"]._edu_rules(self.regulation_id)
        period = sheet.period_id
        return module.test_required(
            grade=sheet.class_id.grade_number,
            subject=sheet.subject_id.code,
            period=period.parent_id.code if period.code == SUMMER else period.code,
        )

    # -- what is entered in it -------------------------------------------------------------------

    def _edu_scale(self, sheet):
        """The scale of the column's cells in ``sheet``, see ``edu_records.rules.scale_token``."""
        return sheet.assess if self.scale == "subject" else self.scale

    def _edu_name(self, sheet):
        """Its name in ``sheet``; that of a part says which one."""
        if not self.part:
            return self.name
        return f"{self.name} ({sheet._edu_parts()[self.part - 1].name})"
