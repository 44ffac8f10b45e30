from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

HERE = {"working", "leave", "seconded"}
AWAY = {"none", "left"}
# kind: (label, statuses it starts from, status it leads to; None: as before)
KINDS = {
    "recruited": ("Recruited", AWAY, "working"),
    "transferred_in": ("Transferred in", AWAY, "working"),
    "transferred_out": ("Transferred out", HERE, "left"),
    "retired": ("Retired", HERE, "left"),
    "resigned": ("Resigned", HERE, "left"),
    "died": ("Died", HERE, "left"),
    "seconded": ("Seconded", {"working"}, "seconded"),
    "leave": ("Long leave", {"working"}, "leave"),
    "returned": ("Returned", {"leave", "seconded"}, "working"),
    "department": ("Change of department", HERE, None),
    "post": ("Change of post", HERE, None),
    "cancel": ("Cancellation", set(), None),
}
UNDECIDED = {"died", "cancel"}
CONTENT = {
    "employee_id",
    "kind",
    "date",
    "decision_number",
    "decision_date",
    "decision_authority",
    "place_from",
    "place_to",
    "department_id",
    "post",
    "note",
}


class EduStaffMovement(models.Model):
    """Biến động cán bộ, giáo viên (seed P3.2.4): the only way the status in the register changes.

    ``date`` is the first day of the new state, as decisions word it ("kể từ ngày"). A confirmed
    movement is never edited or deleted; a counter-movement cancels the last one.
    """

    _name = "edu.staff.movement"
    _inherit = ["edu.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Staff Movement"
    _order = "date desc, id desc"

    _edu_guarded = frozenset(
        {"state", "confirmed_by_id", "confirmed_at", "cancels_id", "cancelled_by_id"}
    )

    employee_id = fields.Many2one(
        "hr.employee", "Staff", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="employee_id.company_id", store=True, index=True, string="School"
    )
    kind = fields.Selection(
        [(kind, label) for kind, (label, _from, _to) in KINDS.items()], required=True, index=True
    )
    date = fields.Date("As of", required=True, default=lambda self: self.env.company._edu_today())
    decision_number = fields.Char()
    decision_date = fields.Date()
    decision_authority = fields.Char("Decided by")
    place_from = fields.Char("Comes from", help="The school or body the person comes from.")
    place_to = fields.Char("Goes to", help="The school or body the person goes to.")
    department_id = fields.Many2one(
        "hr.department", "New Department", index=True, ondelete="restrict"
    )
    post = fields.Char("New Post")
    note = fields.Text()
    state = fields.Selection(
        [("draft", "To be confirmed"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one(
        "res.users", "Confirmed by", readonly=True, copy=False, ondelete="restrict"
    )
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    cancels_id = fields.Many2one(
        "edu.staff.movement", readonly=True, copy=False, ondelete="restrict", index=True
    )
    cancelled_by_id = fields.Many2one(
        "edu.staff.movement", "Cancelled by", readonly=True, copy=False, ondelete="restrict"
    )

    @api.depends("employee_id.name", "kind", "date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for move in self:
            parts = (move.employee_id.name, kinds.get(move.kind), move.date and str(move.date))
            move.display_name = " - ".join(part for part in parts if part)

    @api.constrains("kind", "cancels_id")
    def _check_cancels(self):
        for move in self:
            if (move.kind == "cancel") != bool(move.cancels_id):
                raise UserError(self.env._("Open the movement that is wrong and cancel it there."))

    def write(self, vals):
        """Drafts are written; what is confirmed only by the movement's own code."""
        fixed = self.filtered(lambda move: move.state != "draft")
        if fixed and CONTENT & set(vals) and not self._edu_is_unguarded():
            raise UserError(
                self.env._(
                    "%s is confirmed: it is not changed. Cancel it and record the right one.",
                    fixed[0].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        if self.filtered(lambda move: move.state != "draft"):
            raise UserError(self.env._("A confirmed movement is not deleted: cancel it."))

    # -- confirming ------------------------------------------------------------------------------

    def action_confirm(self):
        """Record movements for good; status, duties and assignments follow from them.

        :raises AccessError: for anybody but the principal and the office of the school
        :raises UserError: without a decision, out of order, or from a status that does not fit
        """
        self._edu_hold()
        for move in self:
            move._edu_check_may()
            move._edu_check_confirm()
            move.sudo()._edu_unguarded().write(self._edu_confirmed_vals())
            move.sudo()._edu_record("move")
        self.sudo()._edu_follow()

    def _edu_hold(self):
        """Hold the chains of the persons; what is read from now on stays true."""
        self.check_access("read")
        self.sudo().employee_id._edu_chain()._edu_lock_heads()
        self.invalidate_recordset()

    def _edu_confirmed_vals(self):
        return {
            "state": "confirmed",
            "confirmed_by_id": self.env.uid,
            "confirmed_at": fields.Datetime.now(),
        }

    def _edu_check_may(self):
        company = self.sudo().company_id
        Users = self.env["res.users"]
        may = Users._edu_holders("principal", company) | Users._edu_holders("school", company)
        if self.env.user not in may:
            raise AccessError(
                self.env._(
                    "%s: the principal or the office confirms and cancels staff movements.",
                    self.display_name,
                )
            )

    def _edu_check_confirm(self):
        move = self.sudo()
        if move.state != "draft":
            raise UserError(self.env._("%s was confirmed already.", move.display_name))
        if move.kind not in UNDECIDED and not (move.decision_number and move.decision_date):
            raise UserError(
                self.env._("%s: write the number and the date of the decision.", move.display_name)
            )
        if move.kind == "department" and not move.department_id:
            raise UserError(self.env._("%s: choose the new department.", move.display_name))
        if move.kind == "post" and not move.post:
            raise UserError(self.env._("%s: write the new post.", move.display_name))
        valid = self._edu_valid(move.employee_id)
        if valid and move.date < valid[-1].date:
            raise UserError(
                self.env._(
                    "%(move)s comes before %(last)s. Movements are recorded in their order: cancel"
                    " the later one first.",
                    move=move.display_name,
                    last=valid[-1].display_name,
                )
            )
        status = self._edu_state_after(valid)["edu_staff_status"]
        if status not in KINDS[move.kind][1]:
            raise UserError(
                self.env._(
                    "%(move)s does not fit: the status is then “%(status)s”.",
                    move=move.display_name,
                    status=dict(
                        move.employee_id._fields["edu_staff_status"]._description_selection(
                            self.env
                        )
                    )[status],
                )
            )

    # -- cancelling ------------------------------------------------------------------------------

    def action_cancel(self):
        """Ask why, and by which decision."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the Movement"),
            "res_model": "edu.staff.movement.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_movement_id": self.id},
        }

    def _edu_cancel(self, reason, decision_number="", decision_date=False):
        """Record the counter-movement of the person's last movement; both stay."""
        self.ensure_one()
        self._edu_hold()
        self._edu_check_may()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the record."))
        move = self.sudo()
        valid = self._edu_valid(move.employee_id)
        if not valid or move != valid[-1]:
            raise UserError(
                self.env._(
                    "Only the last movement in force of a person is cancelled: %s.",
                    valid[-1:].display_name or "-",
                )
            )
        counter = move._edu_unguarded().create(
            {
                "employee_id": move.employee_id.id,
                "kind": "cancel",
                "date": move.company_id._edu_today(),
                "decision_number": decision_number,
                "decision_date": decision_date,
                "note": reason,
                "cancels_id": move.id,
                **self._edu_confirmed_vals(),
            }
        )
        move._edu_unguarded().write({"state": "cancelled", "cancelled_by_id": counter.id})
        counter._edu_record("cancel_move", reason)
        self._edu_apply(move.employee_id)
        return counter.with_env(self.env)

    # -- what follows ----------------------------------------------------------------------------

    @api.model
    def _edu_valid(self, employees):
        """Movements in force, in their order."""
        return self.sudo().search(
            [
                ("employee_id", "in", employees.ids),
                ("state", "=", "confirmed"),
                ("kind", "!=", "cancel"),
            ],
            order="date, id",
        )

    @api.model
    def _edu_state_after(self, moves):
        """What ``moves`` of one person, in their order, make of the guarded fields."""
        state = {"edu_staff_status": "none", "edu_school_since": False, "edu_left_on": False}
        for move in moves:
            status = KINDS[move.kind][2] or state["edu_staff_status"]
            if status == "left":
                state["edu_left_on"] = move.date
            elif state["edu_staff_status"] in AWAY:
                state.update(edu_school_since=move.date, edu_left_on=False)
            state["edu_staff_status"] = status
        return state

    @api.model
    def _edu_apply(self, employees):
        """Bring the guarded fields, department and post in line with what is in force today."""
        by_employee = self._edu_valid(employees).grouped("employee_id")
        for employee in employees.sudo():
            today = employee.company_id._edu_today()
            moves = by_employee.get(employee, self.sudo()).filtered(
                lambda move, today=today: move.date <= today
            )
            vals = self._edu_state_after(moves)
            for kind, target, source in (
                ("department", "department_id", lambda move: move.department_id.id),
                ("post", "job_title", lambda move: move.post),
            ):
                last = moves.filtered(lambda move, kind=kind: move.kind == kind)[-1:]
                if last:
                    vals[target] = source(last)
            changed = {
                name: value
                for name, value in vals.items()
                if employee._fields[name].convert_to_write(employee[name], employee)
                != (value or False)
            }
            if changed:
                employee._edu_unguarded().write(changed)

    def _edu_follow(self):
        """Status and, for whoever leaves, the end of duties, assignments and of the account."""
        self._edu_apply(self.employee_id)
        for move in self.filtered(lambda move: KINDS[move.kind][2] == "left"):
            user = move.employee_id.user_id
            if user:
                move._edu_end_work(user)
                if user.active:
                    move._edu_propose_deactivation(user)

    def _edu_end_work(self, user):
        """End what the person holds at the school on the last day, today's at the latest."""
        yesterday = self.company_id._edu_today() - timedelta(days=1)
        last_day = max(self.date - timedelta(days=1), yesterday)
        held = [("user_id", "=", user.id), ("company_id", "=", self.company_id.id)]
        duties = self.env["edu.duty"].search(held)
        duties._edu_set_end(last_day, self.decision_number or "")
        self.env["edu.teaching.assignment"].search(held)._edu_end(last_day)
        duties._edu_apply()

    def _edu_propose_deactivation(self, user):
        """An activity for whoever may deactivate the account."""
        Users = self.env["res.users"]
        principals = Users._edu_holders("principal", self.company_id) - user
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(self.date, self.company_id._edu_today()),
            summary=self.env._("Deactivate the account %s", user.login),
            user_id=(principals[:1] or self.env.user).id,
        )

    @api.model
    def _edu_tidy(self):
        """Movements that were recorded ahead take effect on their day."""
        day = fields.Date.today()
        near = self.search(
            [
                ("state", "=", "confirmed"),
                ("date", ">=", day - timedelta(days=31)),
                ("date", "<=", day + timedelta(days=1)),
            ]
        )
        self._edu_apply(near.employee_id)

    def _edu_record(self, operation, reason=""):
        """Record each movement in the chain of its person."""
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    move.employee_id._edu_chain(),
                    {
                        "operation": operation,
                        "model": self._name,
                        "record": str(move.id),
                        "slot": move.kind,
                        "old": move.employee_id.edu_staff_status or "",
                        "new": move._edu_text(),
                        "reason_digest": digest,
                    },
                )
                for move in self
            ]
        )

    def _edu_text(self):
        """The movement as the ledger keeps it."""
        parts = (
            self.date,
            self.decision_number,
            self.decision_date,
            self.department_id.id,
            self.post,
            self.cancels_id.id,
        )
        return "|".join(str(part or "") for part in parts)
