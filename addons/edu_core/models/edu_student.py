import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools.mimetypes import guess_mimetype

from edu_records.exchange import MESSAGES
from edu_records.identity import personal_id_conflicts
from edu_records.names import list_order_key, normalise, search_key

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
MOST_PHOTO_BYTES = 5_000_000
# who sees sensitive data of persons: subject teachers do not; a guardian sees the own child's
PRIVATE = (
    "edu_core.group_edu_homeroom,edu_core.group_edu_clerk,edu_core.group_edu_it_admin,"
    "edu_core.group_edu_vice_principal,edu_core.group_edu_principal,edu_core.group_edu_inspector,"
    "base.group_portal"
)


class EduStudent(models.Model):
    """A pupil of one school. Status and class change only through ``edu.movement``."""

    _name = "edu.student"
    _description = "Pupil"
    _inherit = [
        "edu.student.profile",
        "edu.inspected.mixin",
        "edu.guarded.mixin",
        "edu.chained.mixin",
        "edu.exchanged.mixin",
        "mail.thread",
        "image.mixin",
    ]
    _order = "list_order_key, id"

    _edu_guarded = frozenset(
        {
            "status",
            "class_id",
            "register_number",
            "predecessor_id",
            "merged_into_id",
            "profile_checked_at",
            "profile_checked_by_id",
        }
    )
    _edu_chained = ("status", "class_id", "register_number", "predecessor_id", "merged_into_id")
    _edu_chain_key = ("student:", "id")
    _edu_unchained = {"status": "waiting"}

    name = fields.Char("Full Name", required=True, tracking=True)
    list_order_key = fields.Char(compute="_compute_name_keys", store=True, index=True)
    search_name = fields.Char(compute="_compute_name_keys", store=True, index="trigram")
    code = fields.Char(
        "Ministry Id",
        index=True,
        tracking=True,
        copy=False,
        help="Mã định danh Bộ GD&ĐT, 10 digits.",
    )
    personal_id = fields.Char(
        "Personal Id",
        index=True,
        help="Số định danh cá nhân, 12 digits.",
        copy=False,
        groups=PRIVATE,
    )
    register_number = fields.Char(
        readonly=True,
        index=True,
        copy=False,
        help="Number in the pupil register, drawn at the first admission and never given again.",
    )
    birth_date = fields.Date(tracking=True)
    gender = fields.Selection([("male", "Male"), ("female", "Female")], tracking=True)
    birth_place = fields.Char(help="As the birth certificate names it.")
    birth_province_id = fields.Many2one("edu.province", index=True, ondelete="restrict")
    nationality_id = fields.Many2one(
        "res.country",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["ir.model.data"]._xmlid_to_res_id("base.vn"),
    )
    ethnic_group_id = fields.Many2one("edu.ethnic.group", index=True, ondelete="restrict")
    religion_id = fields.Many2one("edu.religion", index=True, ondelete="restrict", groups=PRIVATE)
    policy_group_ids = fields.Many2many("edu.policy.group", string="Policy Groups", groups=PRIVATE)
    home_town = fields.Char("Home Place", help="Quê quán, as the papers name it.")
    home_province_id = fields.Many2one("edu.province", index=True, ondelete="restrict")
    address = fields.Char("Current Address", groups=PRIVATE)
    permanent_address = fields.Char(groups=PRIVATE)
    permanent_province_id = fields.Many2one("edu.province", index=True, ondelete="restrict")
    phone = fields.Char("Pupil's Phone", groups=PRIVATE)
    email = fields.Char("Pupil's Email", groups=PRIVATE)
    disability = fields.Char()
    health_notes = fields.Text(groups=PRIVATE)
    guardian_ids = fields.One2many("edu.guardian", "student_id", "Guardians")
    partner_id = fields.Many2one(
        "res.partner",
        "Contact for Mail and Portal",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        groups="edu_core.group_edu_clerk,edu_core.group_edu_it_admin",
    )
    properties = fields.Properties(
        "More Facts", definition="company_id.edu_student_properties_definition"
    )
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    status = fields.Selection(
        [
            ("waiting", "Waiting for a Class"),
            ("studying", "Studying"),
            ("suspended", "Suspended"),
            ("transferred", "Transferred"),
            ("dropped_out", "Dropped Out"),
            ("completed", "Completed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        copy=False,
        group_expand=True,
        help="Changed by movements only.",
    )
    class_id = fields.Many2one(
        "edu.class", "Current Class", readonly=True, index=True, ondelete="restrict", copy=False
    )
    grade_id = fields.Many2one(related="class_id.grade_id", store=True, index=True)
    enrollment_ids = fields.One2many("edu.enrollment", "student_id", "Classes", copy=False)
    movement_ids = fields.One2many("edu.movement", "student_id", "Movements", copy=False)
    predecessor_id = fields.Many2one(
        "edu.student",
        "Formerly",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The pupil's record in the school that was closed or merged into this one.",
    )
    merged_into_id = fields.Many2one(
        "edu.student",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The record that is kept for this person; this one stays where records name it.",
    )
    merged_ids = fields.One2many("edu.student", "merged_into_id", "Joined Duplicates", copy=False)
    profile_checked_at = fields.Datetime("Profile Checked On", readonly=True, copy=False)
    profile_checked_by_id = fields.Many2one(
        "res.users", "Profile Checked by", readonly=True, ondelete="restrict", copy=False
    )
    profile_editable = fields.Boolean(compute="_compute_profile_editable")
    identity_editable = fields.Boolean(compute="_compute_profile_editable")
    movement_count = fields.Integer(compute="_compute_counts")
    enrollment_count = fields.Integer(compute="_compute_counts")
    guardian_count = fields.Integer(compute="_compute_counts")
    active = fields.Boolean(default=True)

    # a duplicate that was joined keeps its ids: old papers name them
    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL AND merged_into_id IS NULL",
        "Another pupil has this ministry id.",
    )
    _personal_id_uniq = models.UniqueIndex(
        "(company_id, personal_id) WHERE personal_id IS NOT NULL AND merged_into_id IS NULL",
        "Another pupil has this personal id.",
    )
    _register_number_uniq = models.UniqueIndex(
        "(company_id, register_number) WHERE register_number IS NOT NULL",
        "Another pupil has this register number.",
    )

    @api.depends("name")
    def _compute_name_keys(self):
        for student in self:
            student.list_order_key = list_order_key(student.name or "")
            student.search_name = search_key(student.name or "")

    @api.depends("enrollment_ids", "movement_ids", "guardian_ids")
    def _compute_counts(self):
        for model, name in (
            ("edu.enrollment", "enrollment_count"),
            ("edu.movement", "movement_count"),
            ("edu.guardian", "guardian_count"),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [("student_id", "in", self.ids)], ["student_id"], ["__count"]
                )
            )
            for student in self:
                student[name] = counts.get(student._origin, 0)

    # -- checks ----------------------------------------------------------------------------------

    @api.constrains("code", "personal_id", "gender", "birth_date")
    def _check_identifiers(self):
        provinces = (
            self.env["edu.province"].sudo()._edu_codes()
            if any(student.personal_id for student in self)
            else set()
        )
        for student in self:
            if student.code and not (
                student.code.isascii() and student.code.isdigit() and len(student.code) == 10
            ):
                raise ValidationError(
                    self.env._("%s: the ministry id has 10 digits.", student.name)
                )
            found = student._edu_personal_id_conflicts(provinces)
            if found:
                vietnamese = (self.env.lang or "").startswith("vi")
                lines = (MESSAGES[code][vietnamese].format(**params) for code, params in found)
                raise ValidationError("\n".join(f"{student.name}: {line}" for line in lines))

    @api.constrains("company_id")
    def _check_school(self):
        for student in self.sudo():
            if student.movement_ids.company_id - student.company_id:
                raise ValidationError(
                    self.env._(
                        "%s has movements in the present school: a pupil changes school by a"
                        " movement.",
                        student.name,
                    )
                )
        names = {f"student:{student.id}": student for student in self}
        for chain in self.env["edu.ledger.chain"].sudo().search([("name", "in", list(names))]):
            if chain.company_id != names[chain.name].sudo().company_id:
                raise ValidationError(
                    self.env._(
                        "%s is recorded in the present school's ledger: enter the pupil in the"
                        " other school anew.",
                        names[chain.name].name,
                    )
                )

    def _edu_personal_id_conflicts(self, provinces):
        """What the personal id contradicts, ``[(code, params)]`` of ``edu_records.exchange``."""
        self.ensure_one()
        number = self.personal_id
        if not number:
            return []
        birth_date = fields.Date.to_string(self.birth_date) if self.birth_date else ""
        found = personal_id_conflicts(number, self.gender or "", birth_date)
        if not found and number < "100" and number[1:3] not in provinces:
            found = [("PERSONAL_ID_PLACE", {"value": number, "said": number[:3]})]
        return found

    @api.model
    def _edu_check_photo(self, vals):
        """Photos are JPEG, PNG or WebP of at most 5 MB, whatever the file is called.

        :raises ValidationError: for anything else
        """
        for name in ("image_1920", "image_1024", "image_512", "image_256", "image_128"):
            if not vals.get(name):
                continue
            try:
                data = base64.b64decode(vals[name], validate=False)
            except (binascii.Error, TypeError, ValueError):
                data = b""
            if guess_mimetype(data) not in PHOTO_TYPES:
                raise ValidationError(
                    self.env._("The photo is no image: choose a JPEG, PNG or WebP file.")
                )
            if len(data) > MOST_PHOTO_BYTES:
                raise ValidationError(
                    self.env._(
                        "The photo has %(size).1f MB: choose one of at most %(most)s MB.",
                        size=len(data) / 1e6,
                        most=MOST_PHOTO_BYTES // 10**6,
                    )
                )

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Odoo does not ask for the field's groups when it groups by several values: ask here."""
        name = groupby_spec.split(":")[0].split(".")[0]
        if name in self._fields:
            self._check_field_access(self._fields[name], "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    # -- writing ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._edu_check_photo(vals)
        if vals_list and not self._edu_is_office():
            raise AccessError(
                self.env._("Pupils are entered by the office or the IT administrator.")
            )
        return super().create([self._edu_clean(vals) for vals in vals_list])

    def write(self, vals):
        self._edu_check_photo(vals)
        vals = self._edu_clean(vals)
        kept = set(vals) - self._edu_guarded - set(self.env["mail.thread"]._fields)
        if self and kept:
            self._edu_check_writer(kept)
            self._edu_check_not_merged()
            self._edu_uncheck_profile()
        return super().write(vals)

    @api.model
    def _edu_clean(self, vals):
        """One spelling of the name; "" is no identifier; blanks in numbers are dropped."""
        vals = dict(vals)
        if vals.get("name"):
            vals["name"] = normalise(vals["name"])
        for name in ("code", "personal_id"):
            if name in vals:
                vals[name] = "".join((vals[name] or "").split()) or False
        return vals

    @api.model
    def _edu_register_book(self, school_year):
        """``(book, prefix)`` of the register that a pupil who enters in ``school_year`` is in."""
        year = school_year.name[:4]
        return f"student:{year}", f"{year}-"

    def _edu_draw_register_numbers(self, school_year):
        """Give register numbers to those who have none, in one step; none is given twice."""
        students = self.filtered(lambda student: not student.register_number)
        Series = self.env["edu.number.series"].sudo()
        book, prefix = self._edu_register_book(school_year)
        numbers, company = [], school_year.company_id
        while len(numbers) < len(students):
            drawn = Series._edu_draw(company, book, len(students) - len(numbers), prefix)
            taken = (
                self.sudo()
                .with_context(active_test=False)
                .search_fetch(
                    [("company_id", "=", company.id), ("register_number", "in", drawn)],
                    ["register_number"],
                )
            )
            used = set(taken.mapped("register_number"))
            numbers += [number for number in drawn if number not in used]
        for student, number in zip(students._edu_unguarded(), numbers, strict=True):
            student.register_number = number

    # -- reading ---------------------------------------------------------------------------------

    def _mail_get_partner_fields(self, introspect_fields=False):
        """None: the chatter proposes nobody, since the contact is the office's to know."""
        return []

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str):
            by_name = Domain("search_name", "like", search_key(value))
            by_number = Domain("code", "like", value) | Domain("register_number", "=", value)
            return by_name | by_number
        return super()._search_display_name(operator, value)

    def _edu_chains(self):
        """The pupils' own chains, one each."""
        wanted = [(f"student:{student.id}", "student", student.company_id) for student in self]
        return self.env["edu.ledger.chain"].sudo()._edu_open(wanted)

    def _edu_chain_of(self):
        return dict(zip(self, self._edu_chains(), strict=True))

    def _edu_status_label(self):
        self.ensure_one()
        return dict(self._fields["status"]._description_selection(self.env))[self.status]

    def _edu_with_merged(self):
        """These pupils and the duplicates that were joined into them."""
        found = self.with_context(active_test=False)
        duplicates = found.merged_ids
        while duplicates - found:
            found |= duplicates
            duplicates = duplicates.merged_ids
        return found

    def _edu_continue_in(self, school):
        """Records of the same pupils in another school, which name those they continue."""
        vals_list = []
        for student in self:
            vals = student.copy_data({"company_id": school.id, "name": student.name})[0]
            guardians = [line.copy_data()[0] for line in student.guardian_ids]
            for guardian in guardians:
                guardian.pop("student_id", None)
            vals.update(
                code=student.code,
                personal_id=student.personal_id,
                predecessor_id=student.id,
                guardian_ids=[(0, 0, guardian) for guardian in guardians],
            )
            vals.pop("properties", None)
            vals_list.append(vals)
        return self._edu_unguarded().create(vals_list).with_context(edu_guard=None)

    def _edu_snapshot(self):
        """The pupil as documents print one; every value a string."""
        self.ensure_one()
        genders = {"male": "Nam", "female": "Nữ"}
        birth_date = fields.Date.to_string(self.birth_date) if self.birth_date else ""
        parents = self.guardian_ids._edu_parents()
        return {
            "code": self.code or "",
            "name": self.name,
            "birth_date": birth_date,
            "gender": genders.get(self.gender, ""),
            "ethnic": self.ethnic_group_id.name or "",
            "birth_place": self.birth_place or "",
            "address": self.address or "",
            "policy": "; ".join(self.policy_group_ids.mapped("name")),
            "father": parents["father"],
            "mother": parents["mother"],
            "register_number": self.register_number or "",
        }

    # -- screens ---------------------------------------------------------------------------------

    def _edu_action(self, name, model, domain, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "context": context,
        }

    def action_view_enrollments(self):
        self.ensure_one()
        return self._edu_action(
            self.env._("Classes of %s", self.name),
            "edu.enrollment",
            [("student_id", "in", self._edu_with_merged().ids)],
        )

    def action_view_movements(self):
        self.ensure_one()
        return self._edu_action(
            self.env._("Movements of %s", self.name),
            "edu.movement",
            [("student_id", "in", self._edu_with_merged().ids)],
        )

    def action_view_guardians(self):
        self.ensure_one()
        return self._edu_action(
            self.env._("Guardians of %s", self.name),
            "edu.guardian",
            [("student_id", "=", self.id)],
            default_student_id=self.id,
        )

    def action_move(self):
        """Open the movement wizard for these pupils."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Movement"),
            "res_model": "edu.movement.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_student_ids": self.ids, **self._edu_move_defaults()},
        }

    def _edu_move_defaults(self):
        kinds = {"waiting": "admission", "suspended": "return", "dropped_out": "return"}
        statuses = set(self.mapped("status"))
        kind = kinds.get(statuses.pop(), "class_change") if len(statuses) == 1 else "class_change"
        return {"default_kind": kind}
