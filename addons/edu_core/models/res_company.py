from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .edu_school_value import KIND_WORDS

EDITORS = "edu_core.group_edu_it_admin,edu_core.group_edu_principal"


def _dated(kind, label, **attributes):
    """A text that shows the school's value of ``kind`` today; writing it adds a dated value."""
    return fields.Char(
        label,
        compute="_compute_edu_values",
        inverse=lambda schools: schools._edu_write_today(kind),
        **attributes,
    )


class ResCompany(models.Model):
    _inherit = "res.company"
    _rec_names_search = ["name", "edu_code"]

    edu_code = fields.Char("School Code", help="Code given by the ministry, 8 digits.")
    edu_official_name = _dated(
        "official_name",
        "Official Name",
        help="As forms print it. Two schools of a province may have the same; the name above may"
        " not: write it with the place there.",
    )
    edu_superior_body = _dated(
        "superior_body",
        "Superior Body",
        help="Printed above the school's name, for example UBND XÃ ...",
    )
    edu_ward = _dated("ward", "Ward or Commune")
    edu_district = _dated("district", "District", help="Printed for days until 30/06/2025.")
    edu_province = _dated("province", "Province or City")
    edu_place = _dated("place", "Place in Date Lines", help="For example: Thanh Hóa")
    edu_head_title = _dated("head_title", "Head's Title")
    edu_deputy_title = _dated("deputy_title", "Deputy's Title")
    edu_learner_word = _dated("learner_word", "Word for Learners")
    edu_value_ids = fields.One2many("edu.school.value", "company_id", "Dated Facts")
    edu_level_ids = fields.Many2many("edu.level", string="Levels")
    edu_kind_id = fields.Many2one(
        "edu.institution.kind",
        "Kind of Institution",
        compute="_compute_edu_kind_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Follows the levels; it gives the words that forms print.",
    )
    edu_campus_ids = fields.One2many("edu.campus", "company_id", "Campuses")
    edu_timezone = fields.Char("School Time Zone", default="Asia/Ho_Chi_Minh", required=True)
    edu_document_language = fields.Char("Language of Documents", default="vi_VN", required=True)

    edu_backup_days = fields.Integer(
        "Days between Backups",
        default=7,
        help="After so many days without a recorded backup the IT administrators are reminded. 0:"
        " never.",
    )
    edu_student_properties_definition = fields.PropertiesDefinition("Extra Fields of Pupils")
    edu_class_properties_definition = fields.PropertiesDefinition("Extra Fields of Classes")
    edu_school_properties_definition = fields.PropertiesDefinition("Extra Fields of the School")
    edu_properties = fields.Properties(
        "More Facts of the School",
        definition="root_id.edu_school_properties_definition",
        help="Fields that the school adds itself; its branches have the same.",
    )
    edu_successor_id = fields.Many2one(
        "res.company",
        "Succeeded by",
        index="btree_not_null",
        ondelete="restrict",
        help="The school that this one was merged into. Its pupils are handed over by movements.",
    )
    edu_successor_date = fields.Date("Succeeded on")

    _edu_code_uniq = models.UniqueIndex(
        "(edu_code) WHERE edu_code IS NOT NULL", "Another school has this code."
    )

    @api.constrains("edu_successor_id", "edu_successor_date")
    def _check_edu_successor(self):
        for school in self:
            if bool(school.edu_successor_id) != bool(school.edu_successor_date):
                raise ValidationError(
                    self.env._("Name both the school that takes over and the date.")
                )
        if self._has_cycle("edu_successor_id"):
            raise ValidationError(self.env._("A school cannot take over itself."))

    @api.depends("edu_level_ids")
    def _compute_edu_kind_id(self):
        Kind = self.env["edu.institution.kind"]
        for school in self:
            school.edu_kind_id = Kind._edu_for(school.edu_level_ids._origin, school.edu_kind_id)

    @api.depends(
        "edu_kind_id",
        "edu_value_ids.kind",
        "edu_value_ids.value",
        "edu_value_ids.date_from",
        "edu_value_ids.date_to",
    )
    def _compute_edu_values(self):
        for school in self:
            values = school._edu_values(school._edu_today())
            for kind in self._edu_value_kinds():
                if f"edu_{kind}" in self._fields:
                    school[f"edu_{kind}"] = values[kind]

    def _has_field_access(self, field, operation):
        """Who manages a school writes the school's own fields, not the company's accounts."""
        if not super()._has_field_access(field, operation):
            return False
        if operation == "read" or self.env.su or field.name.startswith("edu_"):
            return True
        user = self.env.user
        return user.has_group("base.group_erp_manager") or not user.has_groups(EDITORS)

    # -- dated values ----------------------------------------------------------------------------

    @api.model
    def _edu_value_kinds(self):
        return self.env["edu.school.value"]._fields["kind"].get_values(self.env)

    def _edu_value(self, kind, day=None):
        """What the school's ``kind`` (see ``edu.school.value``) is on ``day``; "" for nothing.

        :param day: a date; today in the school's time zone when it is missing
        """
        return self._edu_values(day or self._edu_today())[kind]

    def _edu_values(self, day):
        """Every dated value on ``day``, ``{kind: text}``.

        A word without a value of the school's own comes from the kind of institution.
        """
        self.ensure_one()
        words = self._edu_words()
        values = dict.fromkeys(self._edu_value_kinds(), "")
        values.update({kind: words[kind] or "" for kind in KIND_WORDS})
        for line in self.sudo().edu_value_ids:
            if line._edu_holds(day):
                values[line.kind] = line.value or ""
        return values

    def _edu_words(self):
        """The kind of institution whose words the school uses."""
        general = "edu_core.edu_institution_kind_multi_level"
        found = self.env["ir.model.data"]._xmlid_to_res_id(general, raise_if_not_found=False)
        return self.edu_kind_id or self.edu_kind_id.browse(found)

    def _edu_write_today(self, kind):
        for school in self:
            school._edu_set_value(kind, school[f"edu_{kind}"] or "", school._edu_today())

    def _edu_set_value(self, kind, text, day):
        """Let ``kind`` be ``text`` from ``day`` on, until the next value that is known already.

        The first value of a kind holds from the beginning. Past values stay.
        """
        self.ensure_one()
        lines = self.sudo().edu_value_ids.filtered(lambda line: line.kind == kind)
        current = lines.filtered(lambda line: line._edu_holds(day))
        if (current.value or "") == text and (current or not text):
            return
        if current and current.date_from == day:
            current.value = text
            return
        later = lines.filtered(lambda line: line.date_from and line.date_from > day)
        following = later.sorted("date_from")[:1].date_from
        day_before = timedelta(days=1)
        end = current.date_to or (following - day_before if following else False)
        if current:
            current.date_to = day - day_before
        self.env["edu.school.value"].sudo().create(
            {
                "company_id": self.id,
                "kind": kind,
                "value": text,
                "date_from": day if lines else False,
                "date_to": end,
            }
        )

    # -- school ----------------------------------------------------------------------------------

    def _edu_today(self):
        """The school's date now, whatever time zone a client names."""
        self.ensure_one()
        return datetime.now(ZoneInfo(self.edu_timezone or "Asia/Ho_Chi_Minh")).date()

    def _edu_chain(self):
        """The chain of the school's own settings and of events that concern the whole school."""
        self.ensure_one()
        return self.env["edu.ledger.chain"]._edu_open([(f"school:{self.id}", "school", self)])

    def _edu_snapshot_header(self, day=None):
        """The school as documents of ``day`` print it; every value a string.

        :param day: the day of the record or of its period's end; today when it is missing
        """
        self.ensure_one()
        day = day or self._edu_today()
        values = self._edu_values(day)
        year = self.env["edu.school.year"]._edu_on(self, day)
        return {
            "code": self.edu_code or "",
            "name": values["official_name"] or self.name or "",
            "kind": self._edu_words().code or "",
            "school_word": values["school_word"],
            "superior": values["superior_body"],
            "ward": values["ward"],
            "district": values["district"],
            "province": values["province"],
            "place": values["place"],
            "head_title": values["head_title"],
            "deputy_title": values["deputy_title"],
            "deputy_prefix": values["deputy_prefix"],
            "learner_word": values["learner_word"],
            "paper_mode": year.paper_mode or "",
        }

    @api.model
    def action_edu_schools(self):
        """Open the user's school, or the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_school_action")
        schools = self.env.companies
        if len(schools) == 1:
            form = self.env.ref("edu_core.edu_school_view_form")
            action.update(views=[(form.id, "form")], res_id=schools.id)
        action["domain"] = [("id", "in", schools.ids)]
        return action
