from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from edu_records.names import normalise, search_key


class EduGuardian(models.Model):
    """A father, mother or guardian of one pupil; with an account, a reader of that pupil only."""

    _name = "edu.guardian"
    _inherit = ["edu.inspected.mixin", "edu.exchanged.mixin"]
    _description = "Guardian"
    _order = "student_id, sequence, id"

    name = fields.Char("Full Name", required=True)
    search_name = fields.Char(compute="_compute_search_name", store=True, index="trigram")
    student_id = fields.Many2one(
        "edu.student", "Pupil", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="student_id.company_id", store=True, index=True)
    relation = fields.Selection(
        [
            ("father", "Father"),
            ("mother", "Mother"),
            ("guardian", "Legal Guardian"),
            ("other", "Other"),
        ],
        required=True,
        default="guardian",
    )
    sequence = fields.Integer(default=10, aggregator=None)
    birth_year = fields.Char(size=4)
    job = fields.Char("Occupation")
    phone = fields.Char()
    email = fields.Char()
    is_contact = fields.Boolean("Contact Person", help="Whom the school calls first.")
    partner_id = fields.Many2one(
        "res.partner",
        "Portal Contact",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups="edu_core.group_edu_clerk,edu_core.group_edu_it_admin",
    )
    has_account = fields.Boolean("Has a Portal Account", compute="_compute_has_account")
    active = fields.Boolean(default=True)

    _parent_uniq = models.UniqueIndex(
        "(student_id, relation) WHERE relation IN ('father', 'mother') AND active",
        "The pupil has a father or mother entered already.",
    )
    _birth_year_range = models.Constraint(
        "CHECK(COALESCE(birth_year, '') ~ '^(18[89][0-9]|19[0-9]{2}|20[0-9]{2})?$')",
        "A year of birth has four digits.",
    )

    @api.depends("name")
    def _compute_search_name(self):
        for guardian in self:
            guardian.search_name = search_key(guardian.name or "")

    @api.depends("name", "relation")
    def _compute_display_name(self):
        relations = dict(self._fields["relation"]._description_selection(self.env))
        for guardian in self:
            guardian.display_name = f"{guardian.name} ({relations.get(guardian.relation, '')})"

    @api.depends("partner_id.user_ids.active")
    def _compute_has_account(self):
        for guardian in self:
            guardian.has_account = bool(guardian.sudo().partner_id.user_ids.filtered("active"))

    @api.constrains("email")
    def _check_email(self):
        for guardian in self:
            if guardian.email and not email_normalize(guardian.email):
                raise ValidationError(
                    self.env._(
                        "%(name)s: “%(email)s” is not one e-mail address.",
                        name=guardian.name,
                        email=guardian.email,
                    )
                )

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str):
            return Domain("search_name", "like", search_key(value)) | Domain("phone", "like", value)
        return super()._search_display_name(operator, value)

    @api.model_create_multi
    def create(self, vals_list):
        self._edu_check_portal_contact(vals_list)
        students = self.env["edu.student"].browse(
            {vals["student_id"] for vals in vals_list if vals.get("student_id")}
        )
        students._edu_check_writer({"guardian_ids"})
        guardians = super().create([self._edu_clean(vals) for vals in vals_list])
        students._edu_uncheck_profile()
        return guardians

    def write(self, vals):
        self._edu_check_portal_contact([vals])
        if set(vals) != {"partner_id"}:
            students = self.student_id | self.env["edu.student"].browse(vals.get("student_id", []))
            students._edu_check_writer({"guardian_ids"})
            students._edu_uncheck_profile()
        return super().write(self._edu_clean(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invited(self):
        if any(guardian.partner_id for guardian in self.sudo()):
            raise UserError(
                self.env._("A guardian who was invited to the portal is archived, not deleted.")
            )
        self.student_id._edu_check_writer({"guardian_ids"})

    @api.model
    def _edu_check_portal_contact(self, vals_list):
        """Who reads a pupil in the portal is settled by the invitation alone.

        :raises AccessError: when a client names the contact, ``sudo`` or not
        """
        invited = self.env.context.get("edu_invited")
        if any(vals.get("partner_id") for vals in vals_list) and invited is not _INVITATION:
            raise AccessError(
                self.env._("Invite the guardian with the button: it makes the portal's contact.")
            )

    @api.model
    def _edu_clean(self, vals):
        vals = dict(vals)
        if vals.get("name"):
            vals["name"] = normalise(vals["name"])
        if "email" in vals:
            vals["email"] = (vals["email"] or "").strip() or False
        return vals

    def _edu_parents(self):
        """``{"father": ..., "mother": ...}`` as forms print them: name and occupation."""
        texts = {"father": "", "mother": ""}
        for guardian in self:
            if guardian.relation in texts:
                parts = (guardian.name, guardian.job)
                texts[guardian.relation] = ", ".join(part for part in parts if part)
        return texts

    # -- portal ----------------------------------------------------------------------------------

    def action_invite(self):
        """Invite to the portal: Odoo's own invitation, sent to the guardian's address.

        A guardian with the same address, of a brother or sister in this school, is one account.

        :raises AccessError: unless the office or the IT administrator asks
        :raises UserError: without an address, or when it is that of a member of staff
        """
        self.check_access("write")
        if not self.env["edu.student"]._edu_is_office():
            raise AccessError(self.env._("Guardians are invited by the office."))
        for guardian in self:
            if not guardian.email:
                raise UserError(
                    self.env._("%s has no e-mail address to invite.", guardian.display_name)
                )
            guardian._edu_connect()
        partners = self.sudo().partner_id
        wizard = self.env["portal.wizard"].sudo().create({"partner_ids": [(6, 0, partners.ids)]})
        for line in wizard.user_ids.filtered(lambda line: not line.is_portal):
            line.action_grant_access()
        self.invalidate_recordset(["has_account"])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s invitations sent.", len(partners)),
            },
        }

    def _edu_connect(self):
        """Make or find the contact that the portal knows the guardian by."""
        self.ensure_one()
        if self.sudo().partner_id:
            return
        address = email_normalize(self.email)
        Partner = self.env["res.partner"].sudo().with_company(self.company_id)
        staff = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("login", "=ilike", address), ("share", "=", False)], limit=1)
        )
        if staff:
            raise UserError(
                self.env._(
                    "%(email)s is the address of %(user)s, a member of staff: enter the guardian's"
                    " private address.",
                    email=address,
                    user=staff.name,
                )
            )
        same = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.email_normalized", "=", address),
            ],
            limit=1,
        )
        partner = same.partner_id or Partner.create(
            {"name": self.name, "email": address, "company_id": self.company_id.id}
        )
        self.sudo().with_context(edu_invited=_INVITATION).write({"partner_id": partner.id})


# Known to this module only: a client can send any context key, but never this object.
_INVITATION = object()
