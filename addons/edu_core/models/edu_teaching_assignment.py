from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FIXED = {"class_id", "subject_id", "user_id"}


class EduTeachingAssignment(models.Model):
    """Phân công chuyên môn: who teaches a subject to a class, from when to when.

    Several teachers may share a class's subject. What was assigned stays: an assignment ends, and
    the next teacher gets one of his own, so that history is never hidden.
    """

    _name = "edu.teaching.assignment"
    _inherit = ["edu.exchanged.mixin"]
    _description = "Teaching Assignment"
    _order = "class_id, subject_id, date_from, id"
    _check_company_auto = True

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    subject_id = fields.Many2one(
        "edu.subject", required=True, index=True, ondelete="restrict", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Teacher",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    role = fields.Selection(
        [("main", "Main teacher"), ("co", "Co-teacher")], required=True, default="main"
    )
    periods_per_week = fields.Float(digits=(4, 1), help="Teaching periods a week.")
    decision_number = fields.Char("Decision", help="Number of the decision that assigns.")
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    company_id = fields.Many2one(related="class_id.company_id", store=True, index=True)

    _days_uniq = models.UniqueIndex(
        "(class_id, subject_id, user_id, COALESCE(date_from, '-infinity'))",
        "The teacher has this assignment already.",
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from - 1)",
        "The assignment ends before it starts.",
    )

    @api.depends("class_id.name", "subject_id.name", "user_id.name")
    def _compute_display_name(self):
        for line in self:
            parts = (line.class_id.name, line.subject_id.name, line.user_id.name)
            line.display_name = " - ".join(part for part in parts if part)

    @api.constrains("class_id", "subject_id", "user_id", "date_from", "date_to")
    def _check_overlap(self):
        """A teacher has a class's subject once at a time."""
        same = self.sudo().search(
            [
                ("class_id", "in", self.class_id.ids),
                ("subject_id", "in", self.subject_id.ids),
                ("user_id", "in", self.user_id.ids),
            ]
        )
        by_place = same.grouped(lambda line: (line.class_id, line.subject_id, line.user_id))
        for line in self.sudo():
            others = by_place[line.class_id, line.subject_id, line.user_id] - line
            clash = others.filtered(lambda other, line=line: other._edu_overlaps(line))
            if clash:
                raise ValidationError(
                    self.env._(
                        "%s: the teacher has this assignment already in these days.",
                        line.display_name,
                    )
                )

    def _edu_overlaps(self, other):
        return (not self.date_to or not other.date_from or other.date_from <= self.date_to) and (
            not other.date_to or not self.date_from or self.date_from <= other.date_to
        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._edu_check_self()
        lines.sudo()._edu_record("assign", [("", line._edu_text()) for line in lines.sudo()])
        lines.sudo().user_id._edu_sync_groups()
        return lines

    def write(self, vals):
        """Change dates, role and decision; who teaches what is another assignment."""
        if any(
            vals[name] != self._fields[name].convert_to_write(line[name], line)
            for name in FIXED & set(vals)
            for line in self
        ):
            raise UserError(
                self.env._("End the assignment and add another: who taught before stays on record.")
            )
        before = [line._edu_text() for line in self.sudo()]
        result = super().write(vals)
        if self and vals:
            self._edu_check_self()
            changes = zip(self.sudo(), before, strict=True)
            changed = [(line, old) for line, old in changes if line._edu_text() != old]
            self.browse([line.id for line, _old in changed]).sudo()._edu_record(
                "assign", [(old, line._edu_text()) for line, old in changed]
            )
            self.sudo().user_id._edu_sync_groups()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        raise UserError(
            self.env._("An assignment is not deleted: end it, so that it is known who taught.")
        )

    def _edu_check_self(self):
        for company, lines in self.sudo().grouped("company_id").items():
            lines.user_id.with_env(self.env)._edu_check_self_assignment(company)

    def _edu_is_active(self, day):
        self.ensure_one()
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )

    @api.model
    def _edu_in_force(self, users, companies=None):
        """Assignments of ``users`` in force on the school's date now, in years not over."""
        day = fields.Date.today()
        domain = [
            ("user_id", "in", users.ids),
            "|",
            ("date_from", "=", False),
            ("date_from", "<=", day + timedelta(days=1)),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", day - timedelta(days=1)),
        ]
        if companies is not None:
            domain.append(("company_id", "in", companies.ids))
        lines = self.sudo().search(domain)
        return lines.filtered(
            lambda line: (
                line._edu_is_active(line.company_id._edu_today())
                and line.company_id._edu_today() <= line.class_id.school_year_id._edu_last_day()
            )
        )

    # -- handing over ----------------------------------------------------------------------------

    def action_hand_over(self):
        """Ask for the teacher who takes over."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "edu.assignment.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_assignment_ids": self.ids},
        }

    def _edu_hand_over(self, user, first_day, decision):
        """End the assignments the day before and copy them forward to ``user``."""
        new = [
            {
                "class_id": line.class_id.id,
                "subject_id": line.subject_id.id,
                "user_id": user.id,
                "role": line.role,
                "periods_per_week": line.periods_per_week,
                "decision_number": decision,
                "date_from": first_day,
                "date_to": line.date_to,
            }
            for line in self
        ]
        self._edu_end(first_day - timedelta(days=1))
        return self.create(new)

    def _edu_end(self, last_day):
        """End on ``last_day`` what would go on after it."""
        later = self.filtered(lambda line: not line.date_to or line.date_to > last_day)
        for line in later:
            begun = not line.date_from or line.date_from <= last_day
            line.date_to = last_day if begun else line.date_from - timedelta(days=1)

    # -- the record ------------------------------------------------------------------------------

    def _edu_text(self):
        """The assignment as the ledger keeps it."""
        parts = (self.user_id.id, self.role, self.date_from, self.date_to, self.decision_number)
        return "|".join(str(part or "") for part in parts)

    def _edu_record(self, operation, changes):
        chains = {company: company._edu_chain() for company in self.company_id}
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    chains[line.company_id],
                    {
                        "operation": operation,
                        "model": self._name,
                        "record": str(line.id),
                        "slot": f"{line.class_id.id}:{line.subject_id.code}",
                        "old": old,
                        "new": new,
                    },
                )
                for line, (old, new) in zip(self, changes, strict=True)
            ]
        )
