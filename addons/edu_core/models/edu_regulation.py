from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from edu_records.rules import scheme_for

PROGRAMMES = [
    ("phothong", "General education"),
    ("gdtx", "Continuing education"),
    ("mamnon", "Preschool education"),
]
PRESCHOOL = "MN"


class EduRegulation(models.Model):
    """An assessment regulation (quy chế đánh giá); its code names the rules in the library.

    A regulation that classes use is never changed. What changes is a new version: the same code
    and rules with other dates, periods or curricula.
    """

    _name = "edu.regulation"
    _inherit = ["edu.frozen.mixin"]
    _description = "Assessment Regulation"
    _order = "date_from desc, version desc, id"

    _edu_frozen = frozenset(
        {"name", "code", "version", "number", "issue_date", "title", "programme", "date_from"}
    )

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Names the rules by which results are computed.")
    version = fields.Integer(default=1, required=True, aggregator=None)
    number = fields.Char(help="For example 22/2021/TT-BGDĐT.")
    issue_date = fields.Date()
    title = fields.Char(
        required=True, help="The regulation as official forms cite it, in Vietnamese."
    )
    programme = fields.Selection(PROGRAMMES, required=True, default="phothong")
    date_from = fields.Date("In Force from")
    date_to = fields.Date("In Force until")
    superseded_by_id = fields.Many2one(
        "edu.regulation", "Superseded by", index="btree_not_null", ondelete="restrict"
    )
    verified = fields.Boolean(
        "Checked against the Text",
        help="Whether dates and contents were compared with the official text.",
    )
    period_ids = fields.One2many("edu.regulation.period", "regulation_id", "Periods")
    curriculum_line_ids = fields.One2many("edu.curriculum.line", "regulation_id", "Curriculum")
    group_ids = fields.One2many("edu.curriculum.group", "regulation_id", "Choice Groups")
    class_ids = fields.One2many("edu.class", "regulation_id", "Classes")
    in_use = fields.Char("Use", compute="_compute_in_use")

    _version_uniq = models.Constraint(
        "UNIQUE(code, version)", "This version of the regulation exists already."
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The regulation ends before it begins.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for regulation in self:
            suffix = f" ({regulation.version})" if regulation.version > 1 else ""
            regulation.display_name = f"{regulation.name}{suffix}"

    @api.depends("class_ids")
    def _compute_in_use(self):
        for regulation in self:
            user = regulation._edu_in_use()
            regulation.in_use = user and self.env._(
                "In use by %s: it stays as it is. Changes need a new version, or a curriculum of"
                " the school's own.",
                user,
            )

    @api.model
    def _edu_resolve(self, programme, school_year, grade):
        """The regulation of a class: of its rules the version that the school year falls under.

        :param str programme: ``phothong``, ``gdtx`` or ``mamnon``
        :param school_year: ``edu.school.year``
        :param grade: ``edu.grade``
        :raises UserError: when no regulation covers them, or its data is not there
        """
        code = self._edu_code(programme, school_year, grade)
        regulation = self.search(
            Domain("code", "=", code)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", school_year.date_end))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", school_year.date_start)),
            order="version desc",
            limit=1,
        )
        if not regulation:
            raise UserError(
                self.env._(
                    "Grade %(grade)s of %(year)s is assessed under %(code)s, which is not set up"
                    " in this school.",
                    grade=grade.number,
                    year=school_year.name,
                    code=code,
                )
            )
        return regulation

    @api.model
    def _edu_code(self, programme, school_year, grade):
        """Code of the regulation by the roll-out of the circulars; see :meth:`_edu_resolve`."""
        labels = dict(self._fields["programme"]._description_selection(self.env))
        refusal = self.env._(
            "%(programme)s, %(grade)s, school year %(year)s: no regulation that this system"
            " supports applies. Choose another programme, grade or year; primary grades are"
            " supported from the year in which Circular 27/2020 reached them (grade 1:"
            " 2020-2021, grade 5: 2024-2025).",
            programme=labels.get(programme, programme),
            grade=grade.name,
            year=school_year.name,
        )
        if (programme == "mamnon") != (grade.level_id.code == PRESCHOOL):
            raise UserError(refusal)
        try:
            return scheme_for(programme=programme, year=school_year.name, grade=grade.number)
        except ValueError as error:
            raise UserError(refusal) from error

    def action_new_version(self):
        """Copy the regulation, with periods and national curricula, into its next version."""
        self.ensure_one()
        self.check_access("write")
        versions = self.search([("code", "=", self.code)]).mapped("version")
        fresh = self.copy({"version": max(versions) + 1, "superseded_by_id": False})
        self._edu_copy_parts(fresh)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": fresh.id,
            "view_mode": "form",
        }

    # -- hooks -----------------------------------------------------------------------------------

    def _edu_copy_parts(self, fresh):
        """Give ``fresh``, the next version, what belongs to this one."""
        for period in self.period_ids.sorted(lambda period: bool(period.parent_code)):
            period.copy({"regulation_id": fresh.id})
        groups = {group: group.copy({"regulation_id": fresh.id}) for group in self.group_ids}
        national = self.curriculum_line_ids.filtered(lambda line: not line.company_id)
        national._edu_copy({"regulation_id": fresh.id}, groups)

    def _edu_in_use(self):
        self.ensure_one()
        user = self.env["edu.class"].sudo().search([("regulation_id", "in", self.ids)], limit=1)
        return (
            user
            and self.env._(
                "class %(name)s (%(year)s)", name=user.name, year=user.school_year_id.name
            )
            or ""
        )

    def _edu_advice(self):
        return self.env._(
            "Choose “New Version” on the regulation and change that; a class keeps the version it"
            " was created under."
        )
