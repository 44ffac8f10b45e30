from datetime import date, datetime, timedelta, timezone

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

ROLE_GROUPS = {
    "principal": "edu_core.group_edu_principal",
    "vice_principal": "edu_core.group_edu_vice_principal",
    "school": "edu_core.group_edu_clerk",
    "it_admin": "edu_core.group_edu_it_admin",
    "department_head": "edu_core.group_edu_department_head",
    "teacher": "edu_core.group_edu_teacher",
    "inspector": "edu_core.group_edu_inspector",
}


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "edu.guarded.mixin"]

    _edu_guarded = frozenset({"edu_duty_group_ids"})

    edu_duty_ids = fields.One2many("edu.duty", "user_id", "Duties")
    edu_duty_group_ids = fields.Many2many(
        "res.groups",
        "edu_duty_group_rel",
        "user_id",
        "group_id",
        "Roles by Duty",
        copy=False,
        readonly=True,
        help="Roles that duties and assignments in force grant, and take away at their end.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        """Accounts are Odoo's to delete; whoever acted in a record is held by its foreign keys."""

    # -- who holds a role ------------------------------------------------------------------------

    @api.model
    def _edu_holders(self, role, company):
        """Users who hold ``role`` at the school at this moment.

        A group that a duty granted counts on the days of the duty only, even before the cron took
        it away or gave it; a group that the administrator gave by hand counts as it is.

        :param str role: a key of ``ROLE_GROUPS``
        :return: users; empty for a role that is not held through a group
        """
        group = self.env.ref(ROLE_GROUPS[role]).sudo() if role in ROLE_GROUPS else None
        if not group:
            return self.browse()
        holding = self.env["edu.duty"]._edu_in_force(company, group).user_id
        holding = holding.filtered(lambda user: user.active and company in user.company_ids)
        if role == "inspector":
            return holding.sudo(False).with_env(self.env)
        users = group.all_user_ids.filtered(lambda user: company in user.company_ids)
        by_duty = users.filtered(lambda user: group in user.edu_duty_group_ids)
        due = by_duty._edu_due_groups(company) if by_duty else {}
        ended = by_duty.filtered(lambda user: group not in due[user])
        return ((users - ended) | holding).sudo(False).with_env(self.env)

    def _edu_due_groups(self, companies=None):
        """``{user: groups}`` that duties and assignments in force today grant; sudo groups."""
        due = {user: self.env["res.groups"].sudo() for user in self}
        duties = self.env["edu.duty"]._edu_in_force(companies, users=self)
        for user, lines in duties.grouped("user_id").items():
            due[user.with_env(self.env)] |= lines.type_id.group_ids
        teacher = self.env.ref("edu_core.group_edu_teacher").sudo()
        for user in self.env["edu.teaching.assignment"]._edu_in_force(self, companies).user_id:
            due[user.with_env(self.env)] |= teacher
        return due

    def _edu_sync_groups(self):
        """Give the accounts the groups that are due today, and take those that no longer are.

        A role that was given by hand and becomes due belongs to the duty from then on, and ends
        with it.
        """
        users = self.sudo().with_context(active_test=False)
        staff = self.env.ref("edu_core.group_edu_user")
        inspector = self.env.ref("edu_core.group_edu_inspector")
        for user, due in users._edu_due_groups().items():
            due = due.with_env(user.env)
            owned, held = user.edu_duty_group_ids, user.group_ids
            if due == owned and due <= held:
                continue
            commands = [Command.link(group.id) for group in due - held]
            commands += [Command.unlink(group.id) for group in owned - due]
            # the last role may go, the account stays one of the staff; an inspector is a guest
            base = self.env.ref("base.group_user") if owned | due == inspector else staff
            if base not in held:
                commands.append(Command.link(base.id))
            user.with_user(SUPERUSER_ID)._edu_unguarded().write(
                {"group_ids": commands, "edu_duty_group_ids": [Command.set(due.ids)]}
            )

    # -- inspectors ------------------------------------------------------------------------------

    def _edu_is_inspector(self):
        """Whether the account has the inspector's role, on whatever day; costs no query."""
        group = self.env["ir.model.data"]._xmlid_to_res_id(ROLE_GROUPS["inspector"], False)
        return bool(group) and bool(self.id) and group in self._get_group_ids()

    def _edu_inspected_ids(self):
        """Ids of the schools that an inspector inspects at this moment, whatever the cron did."""
        now = datetime.now(timezone.utc)
        return [company for company, start, end in self._edu_inspections() if start <= now < end]

    @tools.ormcache("self.id")
    def _edu_inspections(self):
        """``((school id, first moment, moment of the end), …)`` of the duties of inspection."""
        group = self.env.ref(ROLE_GROUPS["inspector"])
        duties = (
            self.env["edu.duty"]
            .sudo()
            .search([("user_id", "=", self.id), ("type_id.group_ids", "in", group.ids)])
        )
        return tuple(
            (
                duty.company_id.id,
                duty._edu_midnight(duty.date_from),
                duty._edu_midnight((duty.date_to or date(9998, 12, 31)) + timedelta(days=1)),
            )
            for duty in duties
        )

    def _edu_check_inspector_alone(self, group_ids):
        """Refuse another role for an inspector's account, and inspection for one with a role.

        :param group_ids: ``res.groups`` that a duty is about to grant
        :raises UserError: an inspector reads; whoever does more in the school has two accounts
        """
        inspector = self.env.ref(ROLE_GROUPS["inspector"]).sudo()
        category = self.env.ref("edu_core.module_category_edu").sudo()
        for user in self.sudo():
            roles = (user.all_group_ids | group_ids.sudo()).filtered(
                lambda one: one.privilege_id.category_id == category
            )
            if inspector in roles and roles != inspector:
                raise UserError(
                    self.env._(
                        "%(user)s: an inspector's account has no other role (%(roles)s). Give the"
                        " inspector an account of its own.",
                        user=user.name,
                        roles=", ".join((roles - inspector).mapped("name")),
                    )
                )

    def _edu_check_self_assignment(self, company):
        """Refuse somebody outside the school's management who puts himself in front of a class.

        :raises AccessError: so that whoever runs the system cannot make himself author of marks
        """
        user = self.env.user
        if user not in self:
            return
        managers = user._edu_holders("principal", company)
        if user not in managers | user._edu_holders("vice_principal", company):
            raise AccessError(
                self.env._("Nobody assigns himself: the principal or a vice principal does that.")
            )

    # -- accounts --------------------------------------------------------------------------------

    def _edu_check_account_manager(self, company):
        """Refuse unless the user is the principal or the IT administrator of the school.

        :raises AccessError:
        """
        user = self.env.user
        managers = self._edu_holders("principal", company)
        if user not in managers | self._edu_holders("it_admin", company):
            raise AccessError(
                self.env._(
                    "Only the principal or the IT administrator of %s manages its accounts.",
                    company.name,
                )
            )

    def _edu_set_active(self, active):
        """Deactivate or activate accounts of one's own school, and record it.

        :raises AccessError: for an account that also belongs to a school where the user has no
            say, one's own, the principal's, and whoever administers Odoo
        """
        is_system = self.env.user._has_group("base.group_system")
        events = []
        for user in self.sudo():
            for company in user.company_ids:
                self._edu_check_account_manager(company)
            held = user._has_group("base.group_system") or user in self._edu_holders(
                "principal", user.company_id
            )
            if user == self.env.user or (held and not is_system):
                raise AccessError(
                    self.env._(
                        "%s: one's own account, the principal's and the system administrator's"
                        " are left to the system administrator.",
                        user.name,
                    )
                )
            if user.active != active:
                user.with_user(SUPERUSER_ID).write({"active": active})
                events.append((user, "activate" if active else "deactivate", str(int(active))))
        self.sudo()._edu_record_accounts(events)

    def _edu_invite(self):
        """Send each account the address where its holder chooses the password.

        The mails wait in the queue of this transaction: all of them, or none.

        :raises UserError: for an account without an e-mail address
        """
        template = self.env.ref("edu_core.mail_template_account_invitation")
        for company in self.sudo().company_id:
            self._edu_check_account_manager(company)
        unreachable = self.sudo().filtered(lambda user: not user.email)
        if unreachable:
            raise UserError(
                self.env._(
                    "No e-mail address: %s. Write it on the staff form first.",
                    ", ".join(unreachable.mapped("name")),
                )
            )
        self.sudo().partner_id.signup_prepare(signup_type="signup")
        template.sudo().send_mail_batch(self.ids, force_send=False)

    def _edu_record_accounts(self, events):
        """Record ``[(user, operation, new)]`` in the chains of the users' schools."""
        chains = {company: company._edu_chain() for company in self.company_id}
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    chains[user.company_id],
                    {
                        "operation": operation,
                        "model": self._name,
                        "record": str(user.id),
                        "slot": "account",
                        "new": new,
                    },
                )
                for user, operation, new in events
            ]
        )

    # -- management ------------------------------------------------------------------------------

    def _edu_capacity(self, company):
        """``"head"``, ``"deputy"`` or "": the capacity in which the user manages the school now."""
        self.ensure_one()
        capacities = self.env["edu.duty"]._edu_in_force(company, users=self).type_id
        capacities = capacities.mapped("capacity")
        for capacity, role in (("head", "principal"), ("deputy", "vice_principal")):
            if capacity in capacities or self in self._edu_holders(role, company):
                return capacity
        return ""

    def _edu_management_title(self, company):
        """The title in management, as forms print it: Hiệu trưởng, Phó giám đốc; "" for none."""
        head = company.edu_head_title or ""
        capacity = self._edu_capacity(company)
        return {"head": head, "deputy": f"Phó {head.lower()}"}.get(capacity, "")

    def _edu_signature_lines(self, company):
        """Lines above the user's signature: a deputy signs for the head (KT. HIỆU TRƯỞNG)."""
        title = self._edu_management_title(company).upper()
        if self._edu_capacity(company) == "deputy":
            return [f"KT. {(company.edu_head_title or '').upper()}", title]
        return [title] if title else []
