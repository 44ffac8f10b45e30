from odoo import api, fields, models
from odoo.tools import SQL

STALE_DAYS = 60
STALE_PARAMETER = "edu_core.account_stale_days"
IP_DAYS = 30


class EduAccountReport(models.Model):
    """Bảo mật tài khoản (seed R3.1, R4.4): every staff account of the school and what is odd in it.

    A query, not a table: what it says is true when it is read.
    """

    _name = "edu.account.report"
    _description = "Accounts and Their Security"
    _auto = False
    _order = "login"
    _rec_name = "login"
    _depends = {
        "res.users": ["login", "partner_id", "active", "company_id", "share", "group_ids"],
        "res.partner": ["email"],
        "hr.employee": ["user_id", "company_id", "edu_staff_status"],
        "res.users.log": ["create_uid"],
        "res.device.log": ["user_id", "ip_address", "last_activity"],
        "res.groups": ["privilege_id", "implied_ids"],
    }

    user_id = fields.Many2one("res.users", "Account", readonly=True)
    login = fields.Char(readonly=True)
    email = fields.Char("E-mail", readonly=True)
    active = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", "School", readonly=True)
    employee_id = fields.Many2one("hr.employee", "Staff", readonly=True)
    without_staff = fields.Boolean("Not One of the Staff", readonly=True)
    has_left = fields.Boolean(readonly=True)
    is_system = fields.Boolean("Administers Odoo", readonly=True)
    last_login = fields.Datetime(readonly=True)
    never_logged_in = fields.Boolean("Never Logged in", readonly=True)
    is_stale = fields.Boolean("Not Used for Long", readonly=True)
    two_factor = fields.Boolean("Two-Factor", readonly=True)
    email_shared_by = fields.Integer("Accounts with This E-mail", readonly=True, aggregator=None)
    address_shared_by = fields.Integer(
        "Others at the Same Address",
        readonly=True,
        aggregator=None,
        help="Accounts used from the same IP address in the last 30 days. A school's computers"
        " often share one; somebody else's phone at home does not.",
    )
    without_decision = fields.Boolean(
        readonly=True, help="Has a role that no duty or assignment in force grants."
    )
    role_names = fields.Char("Roles", compute="_compute_role_names")
    undecided_names = fields.Char("Roles without a Decision", compute="_compute_role_names")

    @api.depends("user_id")
    def _compute_role_names(self):
        category = self.env.ref("edu_core.module_category_edu")
        for account in self:
            user = account.user_id.sudo()
            roles = user.group_ids.filtered(
                lambda group: group.privilege_id.category_id == category
            )
            account.role_names = ", ".join(roles.mapped("name"))
            account.undecided_names = ", ".join((roles - user.edu_duty_group_ids).mapped("name"))

    @property
    def _table_query(self):
        Users = self.env["res.users"]
        two_factor = SQL("false")
        if "totp_secret" in Users._fields:
            two_factor = SQL("coalesce(u.totp_secret, 'false') <> 'false'")
        parameters = self.env["ir.config_parameter"].sudo()
        try:
            days = int(parameters.get_param(STALE_PARAMETER) or STALE_DAYS)
        except ValueError:
            days = STALE_DAYS
        return SQL(
            """
            WITH used AS (
                SELECT DISTINCT user_id, ip_address FROM res_device_log
                WHERE ip_address IS NOT NULL
                    AND last_activity > now() AT TIME ZONE 'UTC' - %(ip_days)s * interval '1 day'
            ), shared AS (
                SELECT mine.user_id, count(DISTINCT other.user_id) AS others
                FROM used mine JOIN used other
                    ON other.ip_address = mine.ip_address AND other.user_id <> mine.user_id
                GROUP BY mine.user_id
            ), logged AS (
                SELECT create_uid AS user_id, max(create_date) AS last_login
                FROM res_users_log GROUP BY create_uid
            ), mail AS (
                SELECT lower(trim(p.email)) AS email, count(*) AS accounts
                FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                WHERE u.active AND trim(coalesce(p.email, '')) <> '' GROUP BY 1
            )
            SELECT u.id, u.id AS user_id, u.login, p.email, u.active, u.company_id,
                staff.id AS employee_id,
                staff.id IS NULL AS without_staff,
                coalesce(staff.edu_staff_status = 'left', false) AS has_left,
                EXISTS (
                    SELECT FROM res_groups_users_rel r WHERE r.uid = u.id AND r.gid = %(system)s
                ) AS is_system,
                logged.last_login,
                logged.last_login IS NULL AS never_logged_in,
                coalesce(logged.last_login, u.create_date)
                    < now() AT TIME ZONE 'UTC' - %(days)s * interval '1 day' AS is_stale,
                %(two_factor)s AS two_factor,
                coalesce(mail.accounts, 0) AS email_shared_by,
                coalesce(shared.others, 0) AS address_shared_by,
                EXISTS (
                    SELECT FROM res_groups_users_rel r
                    JOIN res_groups g ON g.id = r.gid
                    JOIN res_groups_privilege privilege ON privilege.id = g.privilege_id
                    WHERE r.uid = u.id AND privilege.category_id = %(category)s AND NOT EXISTS (
                        SELECT FROM edu_duty_group_rel d
                        WHERE d.user_id = u.id AND d.group_id = g.id)
                ) AS without_decision
            FROM res_users u
            JOIN res_partner p ON p.id = u.partner_id
            LEFT JOIN hr_employee staff
                ON staff.user_id = u.id AND staff.company_id = u.company_id
            LEFT JOIN logged ON logged.user_id = u.id
            LEFT JOIN mail ON mail.email = lower(trim(p.email))
            LEFT JOIN shared ON shared.user_id = u.id
            WHERE NOT u.share AND u.id <> %(root)s
            """,
            ip_days=IP_DAYS,
            days=days,
            system=self.env.ref("base.group_system").id,
            category=self.env.ref("edu_core.module_category_edu").id,
            root=self.env.ref("base.user_root").id,
            two_factor=two_factor,
        )

    def action_deactivate(self):
        """Deactivate the accounts; who may is decided by ``res.users._edu_set_active``."""
        self.check_access("read")
        self.user_id._edu_set_active(False)

    def action_activate(self):
        self.check_access("read")
        self.user_id._edu_set_active(True)

    def action_invite(self):
        """Send those who never logged in their invitation again."""
        self.check_access("read")
        waiting = self.filtered(lambda account: account.active and account.never_logged_in)
        waiting.user_id._edu_invite()
