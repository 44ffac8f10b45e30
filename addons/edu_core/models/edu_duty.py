from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

GIVEN = (
    "type_id",
    "user_id",
    "company_id",
    "class_id",
    "department_id",
    "area",
    "date_from",
    "date_to",
    "decision_number",
    "decision_date",
)


class EduDuty(models.Model):
    """Phân công, giao nhiệm vụ: who holds which duty, by which decision, from when to when.

    While it is in force a duty grants the roles of its type. Two things make that true at any
    moment. The groups of the account are written when a duty starts or ends
    (``res.users._edu_sync_groups``), hourly by a cron for those that start or end by date. And
    whoever asks for the holders of a role at a write gets them by date
    (``res.users._edu_holders``), whatever the cron has done yet.

    A duty is never edited: it ends, or another one is given. One that ends before it begins was
    withdrawn. Every step is recorded in the school's chain.
    """

    _name = "edu.duty"
    _inherit = ["edu.guarded.mixin"]
    _description = "Duty"
    _order = "date_from desc, id desc"

    _edu_guarded = frozenset({"*"})

    type_id = fields.Many2one(
        "edu.duty.type", "Duty", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(related="type_id.code")
    scope = fields.Selection(related="type_id.scope")
    user_id = fields.Many2one("res.users", "Holder", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    class_id = fields.Many2one("edu.class", index=True, ondelete="restrict")
    department_id = fields.Many2one("hr.department", index=True, ondelete="restrict")
    area = fields.Char("In Charge of", help="For example: teaching, facilities.")
    date_from = fields.Date("From", required=True, default=lambda self: self._edu_default_day())
    date_to = fields.Date("Until", help="Last day; empty: until it is ended.")
    decision_number = fields.Char(help="Number of the written decision, for example 12/QĐ-THCS.")
    decision_date = fields.Date()
    given_by_id = fields.Many2one("res.users", "Entered by", ondelete="restrict")
    ended_by_id = fields.Many2one("res.users", "Ended by", ondelete="restrict")
    end_decision = fields.Char("Decision That Ended It")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("active", "In force"),
            ("ended", "Ended"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_state",
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from - 1)", "The duty ends before it starts."
    )

    @api.model
    def _edu_default_day(self):
        return self.env.company._edu_today()

    @api.depends("type_id.name", "user_id.name", "class_id.name", "department_id.name")
    def _compute_display_name(self):
        for duty in self:
            place = duty.class_id.name or duty.department_id.name or duty.area
            parts = (duty.type_id.name, place, duty.user_id.name)
            duty.display_name = " - ".join(part for part in parts if part)

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        for duty in self:
            today = (duty.company_id or self.env.company)._edu_today()
            if duty.date_to and duty.date_from and duty.date_to < duty.date_from:
                duty.state = "withdrawn"
            elif duty.date_to and duty.date_to < today:
                duty.state = "ended"
            else:
                duty.state = "active" if duty._edu_is_active(today) else "planned"

    def _edu_is_active(self, day):
        self.ensure_one()
        return bool(
            self.date_from and self.date_from <= day and (not self.date_to or day <= self.date_to)
        )

    def _edu_midnight(self, day):
        """The moment at which ``day`` begins at the duty's school."""
        zone = ZoneInfo(self.company_id.edu_timezone or "Asia/Ho_Chi_Minh")
        return datetime.combine(day, time.min, zone).astimezone(timezone.utc)

    # -- who holds what --------------------------------------------------------------------------

    @api.model
    def _edu_in_force(self, companies=None, group=None, users=None):
        """Duties in force on the school's date now; narrowed to schools, a group and users."""
        day = fields.Date.today()
        domain = [
            ("date_from", "<=", day + timedelta(days=1)),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", day - timedelta(days=1)),
        ]
        if companies is not None:
            domain.append(("company_id", "in", companies.ids))
        if group is not None:
            domain.append(("type_id.group_ids", "in", group.ids))
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        near = self.sudo().with_context(active_test=False).search(domain)
        return near.filtered(lambda duty: duty._edu_is_active(duty.company_id._edu_today()))

    # -- giving ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give duties. Who may is asked of the user who is logged in, whatever ``sudo`` says.

        :raises AccessError: when the user may not give such a duty, or gives it to himself
        :raises UserError: without a decision, for a wrong scope, or beside another holder
        """
        if self._edu_is_unguarded():  # our own code, which checked already
            return super().create(vals_list)
        prepared = [self._edu_given(vals) for vals in vals_list]
        companies = self.env["res.company"].browse({vals["company_id"] for vals in prepared})
        self._edu_lock_schools(companies)
        givers = {company: self._edu_givers(company) for company in companies}
        duties = super(EduDuty, self._edu_unguarded()).create(prepared).with_env(self.env)
        for duty in duties:
            duty._edu_check_giver(givers[duty.company_id])
            duty._edu_check_decision()
        duties._edu_start()
        return duties

    @api.model
    def _edu_given(self, vals):
        """What a client may say of a new duty, the rest set here."""
        self._edu_refuse_guarded(set(vals) - set(GIVEN))
        school_class = self.env["edu.class"].sudo().browse(vals.get("class_id") or [])
        company = vals.get("company_id") or school_class.company_id.id or self.env.company.id
        return {
            **{name: vals.get(name, False) for name in GIVEN},
            "date_from": vals.get("date_from") or self._edu_default_day(),
            "company_id": company,
            "given_by_id": self.env.uid,
            "ended_by_id": False,
            "end_decision": False,
        }

    def write(self, vals):
        if self and vals:
            self._edu_refuse_guarded(vals)
        return super().write(vals)

    @api.model
    def _edu_lock_schools(self, companies):
        """Hold the schools' chains: what is read from now on stays true until it is written."""
        Chain = self.env["edu.ledger.chain"].sudo()
        Chain.union(*[company.sudo()._edu_chain() for company in companies])._edu_lock_heads()

    @api.model
    def _edu_givers(self, company):
        """``{role: users}`` who hold a say about duties of the school now."""
        Users = self.env["res.users"]
        return {role: Users._edu_holders(role, company) for role in ("principal", "it_admin")}

    def _edu_check_giver(self, givers):
        """Refuse unless the user may give or end this duty.

        The principal gives duties; the head's own duty, and any duty while a school has no
        principal, is given by the system administrator; the IT administrator enters some types on
        the principal's decision.
        """
        self.ensure_one()
        user, kind = self.env.user, self.type_id
        if user == self.user_id:
            raise AccessError(
                self.env._("%s: nobody gives a duty to himself or ends his own.", kind.name)
            )
        if user in givers["principal"]:
            return
        if user._has_group("base.group_system") and (
            kind.capacity == "head" or not givers["principal"]
        ):
            return
        if kind.it_may_enter and user in givers["it_admin"]:
            return
        raise AccessError(
            self.env._(
                "%(duty)s is given and ended by the principal (%(names)s).",
                duty=kind.name,
                names=", ".join(givers["principal"].mapped("name"))
                or self.env._("none yet: ask the system administrator"),
            )
        )

    def _edu_check_decision(self):
        self.ensure_one()
        if not (self.decision_number or "").strip() or not self.decision_date:
            raise UserError(
                self.env._("%s: write the number and the date of the decision.", self.type_id.name)
            )
        if self.type_id.must_end and not self.date_to:
            raise UserError(
                self.env._("%s: write the last day. It can be prolonged later.", self.type_id.name)
            )

    def _edu_start(self):
        """Check new duties against the others, record them and let them act."""
        for duty in self.sudo():
            duty._edu_check_scope()
            duty._edu_check_holder()
            duty._edu_meet_others()
        self.sudo()._edu_record("duty", [("", duty._edu_text()) for duty in self.sudo()])
        self.sudo()._edu_apply()

    def _edu_check_scope(self):
        wanted = {"class": self.class_id, "department": self.department_id}
        for scope, place in wanted.items():
            if (scope == self.scope) != bool(place):
                raise UserError(
                    self.env._(
                        "%(duty)s is a duty for: %(scope)s. Choose exactly that.",
                        duty=self.type_id.name,
                        scope=dict(self.type_id._fields["scope"]._description_selection(self.env))[
                            self.scope
                        ],
                    )
                )
            if place and place.company_id and place.company_id != self.company_id:
                raise UserError(self.env._("%s belongs to another school.", place.display_name))

    def _edu_check_holder(self):
        user = self.user_id
        if user.share or not user.active or self.company_id not in user.company_ids:
            raise UserError(
                self.env._(
                    "%(name)s has no active staff account at %(school)s.",
                    name=user.name,
                    school=self.company_id.name,
                )
            )
        user._edu_check_inspector_alone(self.type_id.group_ids)

    def _edu_meet_others(self):
        """Refuse, or end the day before, duties that this one cannot stand beside."""
        rivals = self._edu_rivals()
        if self.type_id.holders == "replace":
            rivals.filtered(lambda duty: duty.user_id != self.user_id)._edu_set_end(
                self.date_from - timedelta(days=1), self.decision_number or ""
            )
            rivals = rivals.filtered(lambda duty: duty.user_id == self.user_id)
        elif self.type_id.holders == "many":
            rivals = rivals.filtered(
                lambda duty: (duty.user_id, duty.area) == (self.user_id, self.area)
            )
        if rivals:
            raise UserError(
                self.env._(
                    "%(duty)s: %(other)s holds it from %(start)s until %(end)s. End that duty"
                    " first, or choose other days.",
                    duty=self.type_id.name,
                    other=rivals[0].user_id.name,
                    start=rivals[0].date_from,
                    end=rivals[0].date_to or "…",
                )
            )

    def _edu_rivals(self):
        """Other duties of the same type and place with days in common."""
        domain = [
            ("id", "!=", self.id),
            ("type_id", "=", self.type_id.id),
            ("company_id", "=", self.company_id.id),
            ("class_id", "=", self.class_id.id),
            ("department_id", "=", self.department_id.id),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", self.date_from),
        ]
        if self.date_to:
            domain.append(("date_from", "<=", self.date_to))
        return self.search(domain).filtered(lambda duty: duty.state != "withdrawn")

    # -- ending ----------------------------------------------------------------------------------

    def action_end(self):
        """Ask for the last day and the decision."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the Duty"),
            "res_model": "edu.duty.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_duty_ids": self.ids},
        }

    def _edu_end(self, last_day, decision, reason=""):
        """End duties on ``last_day``; those that had not begun are withdrawn.

        :raises AccessError: for whoever may not give such a duty
        :raises UserError: when the day has passed, or the duty ends before it anyway
        """
        self._edu_lock_schools(self.sudo().company_id)
        self.invalidate_recordset()
        for duty in self:
            duty._edu_check_giver(duty._edu_givers(duty.sudo().company_id))
            if last_day < duty.company_id._edu_today() - timedelta(days=1):
                raise UserError(
                    self.env._("The past is not changed: choose yesterday or a later day.")
                )
            if duty.date_to and last_day >= duty.date_to:
                raise UserError(
                    self.env._(
                        "%(duty)s ends on %(day)s already. To prolong it, give another duty.",
                        duty=duty.display_name,
                        day=duty.date_to,
                    )
                )
        self.sudo()._edu_set_end(last_day, decision, reason)
        self.sudo()._edu_apply()

    def _edu_set_end(self, last_day, decision, reason=""):
        """Write the last day of duties that end later, and record it."""
        later = self.filtered(lambda duty: not duty.date_to or duty.date_to > last_day)
        before = [duty._edu_text() for duty in later]
        for duty in later:
            day = max(last_day, duty.date_from - timedelta(days=1))
            duty._edu_unguarded().write(
                {"date_to": day, "ended_by_id": self.env.uid, "end_decision": decision}
            )
        changes = zip(before, [duty._edu_text() for duty in later], strict=True)
        later._edu_record("end_duty", list(changes), reason)

    # -- the record and what follows from it -----------------------------------------------------

    def _edu_text(self):
        """The duty as the ledger keeps it."""
        return "|".join(
            str(part or "")
            for part in (
                self.code,
                self.user_id.id,
                self.date_from,
                self.date_to,
                self.class_id.id,
                self.department_id.id,
                self.decision_number,
            )
        )

    def _edu_record(self, operation, changes, reason=""):
        """Record ``[(old, new)]`` of the duties in their schools' chains."""
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        chains = {company: company._edu_chain() for company in self.company_id}
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    chains[duty.company_id],
                    {
                        "operation": operation,
                        "model": self._name,
                        "record": str(duty.id),
                        "slot": duty.code,
                        "old": old,
                        "new": new,
                        "reason_digest": digest,
                    },
                )
                for duty, (old, new) in zip(self, changes, strict=True)
            ]
        )

    def _edu_apply(self):
        """Let duties act: groups of their holders, homeroom teacher of their classes."""
        self._edu_apply_homeroom(self.class_id)
        self.user_id._edu_sync_groups()
        if self.env.ref("edu_core.group_edu_inspector") in self.type_id.group_ids:
            self.env.registry.clear_cache()  # res.users._edu_inspections

    # -- homeroom --------------------------------------------------------------------------------

    @api.model
    def _edu_apply_homeroom(self, classes):
        """``homeroom_user_id`` becomes whose homeroom duty is in force, while the year runs."""
        kind = self.env.ref("edu_core.edu_duty_type_homeroom")
        duties = self.search([("type_id", "=", kind.id), ("class_id", "in", classes.ids)])
        for school_class, lines in duties.grouped("class_id").items():
            today = school_class.company_id._edu_today()
            now = lines.filtered(lambda duty, today=today: duty._edu_is_active(today))
            waiting = lines.filtered(lambda duty, today=today: duty.date_from > today)
            running = school_class.school_year_id._edu_runs(today)
            if now and school_class.homeroom_user_id != now.user_id:
                school_class.homeroom_user_id = now.user_id
            elif not now and not waiting and running and school_class.homeroom_user_id:
                school_class.homeroom_user_id = False

    @api.model
    def _edu_follow_homeroom(self, classes):
        """A homeroom teacher written on the class is a homeroom duty: keep its history.

        :raises AccessError: when somebody who is not in management names himself
        """
        kind = self.env.ref("edu_core.edu_duty_type_homeroom")
        self._edu_lock_schools(classes.company_id)
        known = self.sudo().search([("type_id", "=", kind.id), ("class_id", "in", classes.ids)])
        vals_list, ended = [], self.sudo()
        for school_class in classes.sudo():
            year, today = school_class.school_year_id, school_class.company_id._edu_today()
            open_duties = known.filtered(
                lambda duty, place=school_class, day=today: (
                    duty.class_id == place
                    and (not duty.date_to or duty.date_to >= max(day, duty.date_from))
                )
            )
            user = school_class.homeroom_user_id
            if open_duties and open_duties.sorted("date_from")[0].user_id == user:
                continue
            ended |= open_duties
            last_day = year._edu_last_day()
            if user:
                user._edu_check_self_assignment(school_class.company_id)
                vals_list.append(
                    {
                        "type_id": kind.id,
                        "user_id": user.id,
                        "company_id": school_class.company_id.id,
                        "class_id": school_class.id,
                        "date_from": min(max(today, year.date_start), last_day),
                        "date_to": last_day,
                        "given_by_id": self.env.uid,
                    }
                )
        for company, duties in ended.grouped("company_id").items():
            duties._edu_set_end(company._edu_today() - timedelta(days=1), "")
        duties = self.sudo()._edu_unguarded().create(vals_list).with_env(self.env)
        duties._edu_start()
        ended.user_id._edu_sync_groups()

    # -- cron ------------------------------------------------------------------------------------

    @api.model
    def _edu_tidy(self):
        """Bring accounts and classes in line with the duties of today.

        Permissions do not wait for it: whoever decides about a write asks by date.
        """
        day = fields.Date.today()
        near = self.search(
            [
                ("date_from", "<=", day + timedelta(days=1)),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day - timedelta(days=31)),
            ]
        )
        self._edu_apply_homeroom(near.class_id)
        users = self.env["res.users"].search([("edu_duty_group_ids", "!=", False)])
        starting = self.env["edu.teaching.assignment"].search(
            [
                ("date_from", "<=", day + timedelta(days=1)),
                ("date_from", ">=", day - timedelta(days=31)),
            ]
        )
        (users | near.user_id | starting.user_id)._edu_sync_groups()
