from odoo import api, fields, models
from odoo.exceptions import ValidationError

# words that come from the kind of institution where the school has no value of its own
KIND_WORDS = ("head_title", "deputy_title", "deputy_prefix", "learner_word", "school_word")


class EduSchoolValue(models.Model):
    """A fact about a school that forms print, with the days from and until which it holds.

    Titles, the superior body, the ward and the province change (districts ended on 30/06/2025);
    a form prints what held on its own day.
    """

    _name = "edu.school.value"
    _description = "Dated Fact about a School"
    _order = "company_id, kind, date_from desc, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [
            ("official_name", "Official name"),
            ("superior_body", "Superior body"),
            ("head_title", "Head's title"),
            ("deputy_title", "Deputy's title"),
            ("deputy_prefix", "Deputy signs with"),
            ("learner_word", "Word for learners"),
            ("school_word", "Word for the school"),
            ("ward", "Ward or commune"),
            ("district", "District"),
            ("province", "Province or city"),
            ("place", "Place in date lines"),
        ],
        "Fact",
        required=True,
        index=True,
    )
    value = fields.Char(help="Empty: nothing is printed in these days.")
    date_from = fields.Date("From", help="Empty: from the beginning.")
    date_to = fields.Date("Until", help="The last day; empty: until further notice.")

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The fact ends before it begins.",
    )
    # a person reads the message of _check_overlap; this holds when two people save at once, and
    # is deferred so that one save may move a border
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&,"
        " int8range(hashtext(kind)::bigint, hashtext(kind)::bigint, '[]') WITH &&,"
        " daterange(date_from, date_to, '[]') WITH &&) DEFERRABLE INITIALLY DEFERRED",
        "The school has such a fact in these days already.",
    )

    @api.depends("kind", "value")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{labels.get(line.kind, '')}: {line.value or '-'}"

    @api.constrains("company_id", "kind", "date_from", "date_to")
    def _check_overlap(self):
        known = self.search([("company_id", "in", self.company_id.ids)])
        for line in self:
            other = known.filtered(lambda other, line=line: line._edu_overlaps(other))[:1]
            if other:
                raise ValidationError(
                    self.env._(
                        "%(school)s: “%(other)s” holds from %(start)s until %(end)s. End it the"
                        " day before “%(new)s” begins.",
                        school=line.company_id.name,
                        other=other.display_name,
                        start=other.date_from or "…",
                        end=other.date_to or "…",
                        new=line.display_name,
                    )
                )

    def _edu_overlaps(self, other):
        return (
            self != other
            and self.company_id == other.company_id
            and self.kind == other.kind
            and not (self.date_to and other.date_from and self.date_to < other.date_from)
            and not (other.date_to and self.date_from and other.date_to < self.date_from)
        )

    def _edu_holds(self, day):
        self.ensure_one()
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )
