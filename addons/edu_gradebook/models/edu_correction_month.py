from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..typed import typed_text


class EduCorrectionMonth(models.Model):
    """What a teacher corrected in a month, explained before the monthly meeting (Điều 8.2).

    It opens by itself with the month's first correction.
    """

    _name = "edu.correction.month"
    _inherit = [
        "edu.correction.log",
        "edu.correction.meeting",
        "edu.guarded.mixin",
        "edu.chained.mixin",
    ]
    _description = "Corrections of a Month"
    _order = "month desc, teacher_id"

    _edu_guarded = frozenset({"*"})
    _edu_chained = ("teacher_id", "month", "state", "decided_by_id")
    _edu_chain_key = ("school:", "company_id")

    teacher_id = fields.Many2one("res.users", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    month = fields.Date(required=True, index=True, help="Its first day.")
    correction_ids = fields.Many2many("edu.correction", string="Corrections")
    up_count = fields.Integer("Up", compute="_compute_counts", aggregator=None)
    down_count = fields.Integer("Down", compute="_compute_counts", aggregator=None)
    unconfirmed_count = fields.Integer(
        "Not Confirmed by Homeroom Teacher", compute="_compute_counts", aggregator=None
    )
    explanation = fields.Text()
    state = fields.Selection(
        [
            ("open", "To be explained"),
            ("explained", "Explained"),
            ("accepted", "Accepted"),
            ("rejected", "Not accepted"),
        ],
        required=True,
        default="open",
        index=True,
    )
    explained_at = fields.Datetime()
    decided_by_id = fields.Many2one("res.users", "Decided by", ondelete="restrict")
    decided_at = fields.Datetime()
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _month_uniq = models.Constraint(
        "UNIQUE(company_id, teacher_id, month)", "The teacher has this month already."
    )

    @api.depends("teacher_id.name", "month")
    def _compute_display_name(self):
        for one in self:
            month = one.month.strftime("%m/%Y") if one.month else ""
            one.display_name = f"{one.teacher_id.name or ''} - {month}"

    @api.depends("correction_ids.direction", "correction_ids.confirmed_by_id")
    def _compute_counts(self):
        for one in self:
            dossiers = one.sudo().correction_ids
            one.up_count = len(dossiers.filtered(lambda line: line.direction == "up"))
            one.down_count = len(dossiers.filtered(lambda line: line.direction == "down"))
            one.unconfirmed_count = len(dossiers.filtered(lambda line: not line.confirmed_by_id))

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for one in self:
            one.is_mine = one.teacher_id == self.env.user

    def _edu_chain_of(self):
        return {one: one.company_id._edu_chain() for one in self}

    @api.model
    def _edu_open(self, dossier):
        """Put an entered correction into its teacher's month; what was accepted opens again."""
        school = dossier.company_id
        place = {
            "teacher_id": dossier.teacher_id.id,
            "company_id": school.id,
            "month": school._edu_today().replace(day=1),
        }
        one = self.search([(name, "=", value) for name, value in place.items()])
        if not one:
            one = self._edu_unguarded().create(place)
        one._edu_unguarded().write({"correction_ids": [(4, dossier.id)], "state": "open"})
        one._edu_append_facts()

    def explain_corrections(self, text):
        """The teacher hands in the explanation of the month.

        :raises AccessError: for whoever is not the teacher
        """
        self.ensure_one()
        self.check_access("read")
        if self.env.user != self.teacher_id:
            raise AccessError(
                self.env._("Only %s explains these corrections.", self.teacher_id.name)
            )
        text = typed_text(text)
        if not text:
            raise UserError(self.env._("Write the explanation for the monthly meeting."))
        self._edu_step("explained", text, explained_at=fields.Datetime.now())

    def action_accept(self):
        self._edu_decide("accepted")

    def action_reject(self):
        self._edu_decide("rejected")

    def _edu_decide(self, state):
        """The management's word at the monthly meeting."""
        for one in self:
            Users, school = self.env["res.users"], one.sudo().company_id
            managers = Users._edu_holders("principal", school)
            managers |= Users._edu_holders("vice_principal", school)
            if self.env.user not in managers:
                raise AccessError(
                    self.env._(
                        "The management (%s) decides about explanations.",
                        ", ".join(managers.sudo().mapped("name")) or "-",
                    )
                )
            if one.state != "explained":
                raise UserError(self.env._("%s is not explained yet.", one.display_name))
            one._edu_step(
                state,
                one.explanation,
                decided_by_id=self.env.uid,
                decided_at=fields.Datetime.now(),
            )

    def _edu_step(self, state, text, **vals):
        """Move on, with an entry in the school's chain."""
        known = self.sudo()
        event = {
            "operation": f"corrections_{state}",
            "model": self._name,
            "record": str(self.id),
            "slot": "state",
            "old": known.state,
            "new": state,
            "reason_digest": self.env["edu.ledger.reason"]._edu_file(text),
        }
        chain = known.company_id._edu_chain()
        self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])
        known._edu_unguarded().write({"state": state, "explanation": text, **vals})
        known._edu_append_facts()
