from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from edu_records.names import list_order_key, normalise, search_key


class EduStudent(models.Model):
    _name = "edu.student"
    _description = "Pupil"
    _inherit = ["mail.thread"]
    _order = "list_order_key, id"

    name = fields.Char("Full Name", required=True, tracking=True)
    list_order_key = fields.Char(compute="_compute_name_keys", store=True, index=True)
    search_name = fields.Char(compute="_compute_name_keys", store=True, index=True)
    code = fields.Char(
        "Ministry Id", index=True, tracking=True, help="Mã định danh Bộ GD&ĐT, 10 digits."
    )
    personal_id = fields.Char("Personal Id", help="Số định danh cá nhân, 12 digits.")
    register_number = fields.Char(help="Number in the pupil register.")
    birth_date = fields.Date(tracking=True)
    birth_place = fields.Char()
    gender = fields.Selection([("male", "Male"), ("female", "Female")], tracking=True)
    ethnic = fields.Char("Ethnic Group")
    address = fields.Char()
    policy = fields.Char("Policy Group")
    father = fields.Char()
    mother = fields.Char()
    phone = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    enrollment_ids = fields.One2many("edu.enrollment", "student_id", "Classes")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "Another pupil has this ministry id."
    )

    @api.depends("name")
    def _compute_name_keys(self):
        for student in self:
            student.list_order_key = list_order_key(student.name or "")
            student.search_name = search_key(student.name or "")

    @api.constrains("code", "personal_id")
    def _check_identifiers(self):
        for student in self:
            if student.code and not (student.code.isdigit() and len(student.code) == 10):
                raise ValidationError(
                    self.env._("%s: the ministry id has 10 digits.", student.name)
                )
            personal = student.personal_id
            if personal and not (personal.isdigit() and len(personal) == 12):
                raise ValidationError(
                    self.env._("%s: the personal id has 12 digits.", student.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._edu_clean_name(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._edu_clean_name(vals))

    @api.model
    def _edu_clean_name(self, vals):
        return {**vals, "name": normalise(vals["name"])} if vals.get("name") else vals

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str):
            return Domain("search_name", "like", search_key(value)) | Domain("code", "like", value)
        return super()._search_display_name(operator, value)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_enrolled(self):
        if self.sudo().enrollment_ids:
            raise ValidationError(
                self.env._("A pupil who was enrolled is never deleted; archive the pupil.")
            )

    def _edu_snapshot(self):
        """The pupil as documents print one; every value a string."""
        self.ensure_one()
        genders = {"male": "Nam", "female": "Nữ"}
        birth_date = fields.Date.to_string(self.birth_date) if self.birth_date else ""
        return {
            "code": self.code or "",
            "name": self.name,
            "birth_date": birth_date,
            "gender": genders.get(self.gender, ""),
            "ethnic": self.ethnic or "",
            "birth_place": self.birth_place or "",
            "address": self.address or "",
            "policy": self.policy or "",
            "father": self.father or "",
            "mother": self.mother or "",
            "register_number": self.register_number or "",
        }
