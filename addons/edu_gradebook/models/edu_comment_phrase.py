from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

ROLES = ("principal", "vice_principal", "it_admin")


class EduCommentPhrase(models.Model):
    """A sentence of the comment bank, put in by its shortcut: the school's, or a teacher's own."""

    _name = "edu.comment.phrase"
    _inherit = ["edu.settled.mixin"]
    _description = "Phrase for Comments"
    _order = "user_id desc, name, id"
    _check_company_auto = True

    name = fields.Char(
        "Shortcut", required=True, index=True, help="Typed after a slash: /ngoan and a blank."
    )
    text = fields.Text(required=True, help="{tên} stands for the pupil's given name.")
    kind = fields.Selection(
        [
            ("any", "Any comment"),
            ("class", "Weekly, of a class"),
            ("pupil", "Weekly, of a pupil"),
            ("period", "Comment of a period"),
        ],
        "For",
        required=True,
        default="any",
    )
    subject_id = fields.Many2one(
        "edu.subject", index="btree_not_null", ondelete="restrict", help="Empty for all."
    )
    level_id = fields.Many2one("edu.level", index="btree_not_null", ondelete="restrict")
    grade_id = fields.Many2one("edu.grade", index="btree_not_null", ondelete="restrict")
    user_id = fields.Many2one(
        "res.users",
        "Whose",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Empty for the school's phrases, which everybody is offered.",
    )
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)

    _shortcut_uniq = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), lower(name)) WHERE active",
        "There is a phrase with this shortcut already.",
    )
    _shortcut = models.Constraint(
        r"CHECK(name ~ '^[^\s/]+$')", "A shortcut is one word, without blanks and slashes."
    )

    @api.model_create_multi
    def create(self, vals_list):
        phrases = super().create(vals_list)
        phrases._edu_check_keeper()
        return phrases

    def write(self, vals):
        if self and vals:
            self._edu_check_keeper()
        result = super().write(vals)
        if self and vals:
            self._edu_check_keeper()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_others(self):
        self._edu_check_keeper()

    def _edu_check_keeper(self):
        """One's own phrases, or the school's by who runs it; asked of the logged-in user."""
        if not self.env.registry.ready:
            return  # demo data
        Users = self.env["res.users"]
        for phrase in self.sudo():
            if phrase.user_id:
                keepers = phrase.user_id
            else:
                keepers = Users.union(*(Users._edu_holders(r, phrase.company_id) for r in ROLES))
            if self.env.user not in keepers:
                raise AccessError(
                    self.env._(
                        "“%(name)s” is changed by %(people)s.",
                        name=phrase.name,
                        people=", ".join(keepers.sudo().mapped("name")) or "-",
                    )
                )

    @api.model
    def _edu_domain(self, school_class, subject, kinds):
        """Phrases that fit: the user's own and the school's, of the subject, level and grade."""
        grade = school_class.grade_id
        domain = Domain("company_id", "=", school_class.company_id.id)
        domain &= Domain("user_id", "in", [False, self.env.uid]) & Domain("kind", "in", kinds)
        for name, value in (("subject", subject), ("level", grade.level_id), ("grade", grade)):
            domain &= Domain(f"{name}_id", "in", [False, *value.ids])
        return domain

    @api.model
    def _edu_offered(self, school_class, subject):
        """The phrases of the weekly page, as its client takes them."""
        domain = self._edu_domain(school_class, subject, ["any", "class", "pupil"])
        return [
            {"name": phrase.name, "text": phrase.text, "kind": phrase.kind}
            for phrase in self.search(domain)
        ]
