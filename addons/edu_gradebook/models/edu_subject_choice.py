from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

CHOSEN = ("choice", "elective")
SAID = {"enrollment_id", "subject_id", "taken"}
KEEPERS = ("principal", "vice_principal", "it_admin")
UNTAKEN = """
    SELECT sheet.id, choice.enrollment_id FROM edu_gradesheet sheet
    JOIN edu_enrollment line ON line.class_id = sheet.class_id
    JOIN edu_subject_choice choice ON choice.enrollment_id = line.id
        AND choice.subject_id = sheet.subject_id AND NOT choice.taken
    WHERE sheet.id = ANY(%s)
"""


class EduSubjectChoice(models.Model):
    """A pupil of a class takes a chosen subject or elective of it, or not: who does not has no
    cells in its gradesheets, and the subject is not among the pupil's results.

    Without a row a pupil takes what the class chose.
    """

    _name = "edu.subject.choice"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Subject That a Pupil Takes"
    _order = "class_id desc, enrollment_id, id"

    _edu_chained = ("enrollment_id", "subject_id", "taken")
    _edu_chain_key = ("student:", "student_id")

    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, index=True, ondelete="restrict"
    )
    subject_id = fields.Many2one("edu.subject", required=True, index=True, ondelete="restrict")
    taken = fields.Boolean("Takes It", help="Off: the pupil has no cells in its gradesheets.")
    student_id = fields.Many2one(
        related="enrollment_id.student_id", store=True, precompute=True, index=True
    )
    class_id = fields.Many2one(related="enrollment_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="enrollment_id.company_id", store=True, index=True)

    _choice_uniq = models.Constraint(
        "UNIQUE(enrollment_id, subject_id)", "This was said of the pupil and the subject already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(set(vals) - SAID for vals in vals_list):
            raise UserError(self.env._("Say the pupil, the subject and whether it is taken."))
        lines = self.env["edu.enrollment"].browse(
            [vals.get("enrollment_id") for vals in vals_list if vals.get("enrollment_id")]
        )
        lines.sudo().student_id._edu_chains()._edu_lock_heads()
        choices = super().create(vals_list)
        choices._edu_check()
        choices.sudo()._edu_append_facts("choose")
        return choices

    def write(self, vals):
        if not self or not vals:
            return True
        if set(vals) != {"taken"}:
            raise UserError(self.env._("Pupil and subject stay: add another row."))
        own = self.sudo()
        own.student_id._edu_chains()._edu_lock_heads()
        before = own._edu_facts()
        result = super().write(vals)
        self._edu_check()
        chains = own._edu_chain_of()
        events = own._edu_chained_events(chains, "choose", before)
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
        return result

    def _edu_chain_of(self):
        chains = self.student_id._edu_chains()
        of = dict(zip(self.student_id, chains, strict=True))
        return {choice: of[choice.student_id] for choice in self}

    def _edu_check(self):
        """Who says so, for which subject, and when: before the first mark.

        :raises AccessError: for whoever does not manage the school's classes, ``sudo`` or not
        :raises UserError: for a subject that is not to be chosen, or one with marks already
        """
        for choice in self.sudo():
            school = choice.company_id
            keepers = self.env["res.users"].union(
                *(self.env["res.users"]._edu_holders(role, school) for role in KEEPERS)
            )
            if self.env.user not in keepers:
                raise AccessError(
                    self.env._(
                        "Who takes which subject is entered by the management or the IT"
                        " administrator."
                    )
                )
            names = {
                "pupil": choice.student_id.name,
                "subject": choice.subject_id.name,
            }
            lines = choice.class_id._edu_curriculum().filtered(lambda line: line.kind in CHOSEN)
            if choice.subject_id not in lines.subject_id:
                raise UserError(
                    self.env._("%(pupil)s: %(subject)s is none that the class chose.", **names)
                )
            if choice._edu_is_late():
                raise UserError(
                    self.env._(
                        "%(pupil)s: %(subject)s has marks, or a period of the class is locked"
                        " already.",
                        **names,
                    )
                )

    def _edu_is_late(self):
        books = self.class_id.gradebook_ids.period_ids
        marks = Domain("enrollment_id", "=", self.enrollment_id.id) & Domain("kind", "!=", "empty")
        return any(book.state != "draft" for book in books) or bool(
            self.env["edu.mark"].search_count(
                marks & Domain("gradesheet_id.subject_id", "=", self.subject_id.id), limit=1
            )
        )

    @api.model
    def _edu_untaken(self, sheets):
        """Pupils who do not take the subject, ``{sheet id: {enrolment id}}``."""
        self.flush_model()
        self.env.cr.execute(UNTAKEN, [sheets.ids])
        untaken = {}
        for sheet_id, line_id in self.env.cr.fetchall():
            untaken.setdefault(sheet_id, set()).add(line_id)
        return untaken
