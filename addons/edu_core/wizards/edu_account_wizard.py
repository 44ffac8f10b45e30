from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import email_normalize

SHOWN_PROBLEMS = 50


class EduAccountWizard(models.TransientModel):
    """Tạo tài khoản cho CBGV (seed R5.5.1): checked first, then all accounts or none.

    New accounts are of the staff and nothing more; roles come with duties and assignments.
    """

    _name = "edu.account.wizard"
    _description = "Accounts for Staff"

    company_id = fields.Many2one(
        "res.company", "School", required=True, default=lambda self: self.env.company
    )
    employee_ids = fields.Many2many(
        "hr.employee", string="Staff", default=lambda self: self._edu_default_employees()
    )
    login_from = fields.Selection(
        [("email", "E-mail address"), ("code", "Staff code")],
        "Login Is the",
        required=True,
        default="email",
    )
    send_invitation = fields.Boolean(
        "Send Invitations", default=True, help="A mail in which everybody chooses the password."
    )
    state = fields.Selection(
        [("choose", "Choose"), ("refused", "To be mended"), ("checked", "Checked")],
        default="choose",
        readonly=True,
    )
    report = fields.Text(readonly=True)

    def _edu_default_employees(self):
        if self.env.context.get("active_model") != "hr.employee":
            return self.env["hr.employee"]
        chosen = self.env["hr.employee"].browse(self.env.context.get("active_ids", []))
        return chosen.filtered(lambda staff: not staff.user_id)

    def action_choose_all(self):
        """All of the school's staff who have no account and have not left."""
        self.ensure_one()
        self.employee_ids = self.env["hr.employee"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("user_id", "=", False),
                ("edu_staff_status", "!=", "left"),
            ]
        )
        return self._edu_reopen()

    def action_check(self):
        """Dry run: say which accounts would be made, or what stands in the way."""
        self.ensure_one()
        self._edu_check_may()
        self._edu_show(self._edu_problems())
        return self._edu_reopen()

    def action_create(self):
        """Make the accounts and their invitations; all of them or none."""
        self.ensure_one()
        self._edu_check_may()
        problems = self._edu_problems()
        if problems:
            self._edu_show(problems)
            return self._edu_reopen()
        users = self._edu_create()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Accounts"),
            "res_model": "edu.account.report",
            "view_mode": "list",
            "domain": [("user_id", "in", users.ids)],
        }

    def _edu_check_may(self):
        self.env["res.users"]._edu_check_account_manager(self.company_id)
        if not self.employee_ids:
            raise UserError(self.env._("Choose the staff who get an account."))

    # -- checking --------------------------------------------------------------------------------

    def _edu_problems(self):
        """What stands in the way, a sentence each, in the order of the staff."""
        staff = self.sudo().employee_ids
        emails = {person: email_normalize(person.work_email or "") for person in staff}
        logins = {person: self._edu_login(person, emails[person]) for person in staff}
        shared = Counter(email for email in emails.values() if email)
        doubled = Counter(login for login in logins.values() if login)
        taken_logins, taken_emails = self._edu_taken(logins.values(), emails.values())
        problems = []
        for person in staff:
            email, login = emails[person], logins[person]
            problems += [
                f"{person.name}: {problem}"
                for problem in self._edu_person_problems(person, email, login)
            ]
            if shared[email] > 1 or email in taken_emails:
                problems.append(
                    self.env._(
                        "%(name)s: %(email)s belongs to somebody else too. Accounts are not shared:"
                        " everybody needs an address of their own.",
                        name=person.name,
                        email=email,
                    )
                )
            elif doubled[login] > 1 or login in taken_logins:
                problems.append(
                    self.env._(
                        "%(name)s: the login %(login)s exists already.",
                        name=person.name,
                        login=login,
                    )
                )
        return problems

    def _edu_person_problems(self, person, email, login):
        problems = []
        if person.user_id:
            problems.append(self.env._("has an account already (%s).", person.user_id.login))
        if person.company_id != self.company_id:
            problems.append(self.env._("belongs to another school."))
        if person.edu_staff_status == "left":
            problems.append(self.env._("has left the school."))
        if not email and (self.send_invitation or self.login_from == "email"):
            problems.append(self.env._("has no valid e-mail address. Write it on the staff form."))
        if not login and self.login_from == "code":
            problems.append(self.env._("has no staff code. Write it on the staff form."))
        return problems

    def _edu_login(self, person, email):
        return (person.edu_code or "").strip().lower() if self.login_from == "code" else email

    def _edu_taken(self, logins, emails):
        """Which of the logins and addresses accounts have already, archived ones included."""
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        logins = [login for login in logins if login]
        emails = [email for email in emails if email]
        users = Users.search(
            ["|", ("login", "in", logins + emails), ("email_normalized", "in", emails)]
        )
        return set(users.mapped("login")), set(users.mapped("email_normalized")) - {False}

    # -- creating --------------------------------------------------------------------------------

    def _edu_create(self):
        staff = self.sudo().employee_ids
        users = (
            self.env["res.users"]
            .sudo()
            .with_context(no_reset_password=True)
            .create([self._edu_vals(person) for person in staff])
            .with_env(self.env)
        )
        users.sudo()._edu_record_accounts(
            [(user, "create_account", user.login) for user in users.sudo()]
        )
        if self.send_invitation:
            users._edu_invite()
        return users

    def _edu_vals(self, person):
        email = email_normalize(person.work_email or "") or False
        language = self.company_id.edu_document_language
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return {
            "name": person.name,
            "login": self._edu_login(person, email),
            "email": email,
            "create_employee_id": person.id,
            "company_id": self.company_id.id,
            "company_ids": [Command.set(self.company_id.ids)],
            "group_ids": [Command.set(self.env.ref("edu_core.group_edu_user").ids)],
            "tz": self.company_id.edu_timezone,
            **({"lang": language} if language in installed else {}),
        }

    # -- showing ---------------------------------------------------------------------------------

    def _edu_show(self, problems):
        if not problems:
            text = self.env._(
                "%s accounts can be created. Nothing is written yet.", len(self.employee_ids)
            )
            self.write({"state": "checked", "report": text})
            return
        lines = problems[:SHOWN_PROBLEMS]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(self.env._("… and %s more", len(problems) - SHOWN_PROBLEMS))
        self.write({"state": "refused", "report": "\n".join(lines)})

    def _edu_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Accounts"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
