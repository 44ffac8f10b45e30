from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

SETUP_DUTY = "YEAR_SETUP"


class EduSchoolYear(models.Model):
    """Who sets the year up, and the screens for it (seed R5.5)."""

    _inherit = "edu.school.year"

    task_ids = fields.One2many("edu.year.task", "school_year_id", "Start of Year")
    rollover_ids = fields.One2many("edu.rollover", "source_year_id")
    keeper_ids = fields.Many2many(
        "res.users",
        string="Entrusted with the Set-Up",
        compute="_compute_keeper_ids",
        help="By the principal's duty Set-up of the School Year, in force today.",
    )

    def _compute_keeper_ids(self):
        for company, years in self.grouped("company_id").items():
            years.keeper_ids = self._edu_keepers(company) if company else False

    @api.model
    def _edu_keepers(self, company):
        """Users whom the principal entrusted with the set-up of the year, today."""
        duties = self.env["edu.duty"]._edu_in_force(company)
        users = duties.filtered(lambda duty: duty.code == SETUP_DUTY).user_id
        return users.filtered("active").sudo(False).with_env(self.env)

    @api.model
    def _edu_check_keeper(self, companies):
        """Refuse unless the user is the principal or entrusted by the principal, whatever ``sudo``
        says.

        :raises AccessError: with who is entrusted, or who entrusts somebody
        """
        user, Users = self.env.user, self.env["res.users"]
        for company in companies:
            principals, keepers = (
                Users._edu_holders("principal", company),
                self._edu_keepers(company),
            )
            if user in principals | keepers:
                continue
            if keepers:
                raise AccessError(
                    self.env._(
                        "The principal entrusted the set-up of the school year to %s: only they and"
                        " the principal do this.",
                        ", ".join(keepers.mapped("name")),
                    )
                )
            raise AccessError(
                self.env._(
                    "Nobody is entrusted with the set-up of the school year. The principal"
                    " (%(names)s) gives the duty “%(duty)s” first, in Staff, Duties.",
                    names=", ".join(principals.mapped("name")) or "-",
                    duty=self.env.ref("edu_core.edu_duty_type_year_setup").name,
                )
            )

    # -- screens ---------------------------------------------------------------------------------

    @api.model
    def action_start_of_year(self):
        """The board of the year that is chosen, else of the one that is running or to come."""
        year = self[:1] or self._edu_to_set_up()
        if not year:
            return self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_school_year_action")
        year.check_access("read")
        self.env["edu.year.task"]._edu_open_tasks(year)
        action = self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_year_task_action")
        action["display_name"] = self.env._("Start of Year %s", year.name)
        action["domain"] = [("school_year_id", "=", year.id)]
        return action

    @api.model
    def _edu_to_set_up(self):
        """The latest year that has begun, or the next one from the summer before it on."""
        company = self.env.company
        today = company._edu_today()
        years = self.search([("company_id", "=", company.id)])
        running = years.filtered(lambda year: year._edu_runs(today) and today <= year.date_end)
        coming = years.filtered(lambda year: year.date_start > today)
        return (running or coming.sorted("date_start") or years)[:1]

    def _edu_next(self):
        """The school's next year after this one; empty when there is none yet."""
        self.ensure_one()
        return self.search(
            [("company_id", "=", self.company_id.id), ("date_start", ">", self.date_start)],
            order="date_start",
            limit=1,
        )

    def _edu_previous(self):
        """The school's year before this one; empty for the first."""
        self.ensure_one()
        return self.search(
            [("company_id", "=", self.company_id.id), ("date_start", "<", self.date_start)],
            order="date_start desc",
            limit=1,
        )

    def action_open_year(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "edu.school.year",
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_entrust(self):
        """Give the duty that entrusts somebody with the set-up, or see who has it."""
        self.ensure_one()
        kind = self.env.ref("edu_core.edu_duty_type_year_setup")
        action = self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_duty_action")
        action["domain"] = [("type_id", "=", kind.id)]
        principals = self.env["res.users"]._edu_holders("principal", self.company_id)
        if self.env.user in principals and not self.keeper_ids:
            action.update(views=[(False, "form")], view_mode="form", target="current")
        action["context"] = {
            "default_type_id": kind.id,
            "default_company_id": self.company_id.id,
        }
        return action

    def action_new_year(self):
        """Propose the next school year from this one; nothing is created yet."""
        self.ensure_one()
        self._edu_check_keeper(self.company_id)
        wizard = self.env["edu.year.new"]._edu_propose(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New School Year"),
            "res_model": "edu.year.new",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "current",
        }

    def action_rollover(self):
        """The rollover of this year's pupils into the next year; made on the first call."""
        self.ensure_one()
        self.check_access("read")
        rollover = self.env["edu.rollover"].search([("source_year_id", "=", self.id)])
        if not rollover:
            rollover = self.env["edu.rollover"]._edu_prepare(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rollover"),
            "res_model": "edu.rollover",
            "res_id": rollover.id,
            "view_mode": "form",
        }

    def action_take_over(self):
        """The rollover that brings last year's pupils into this year."""
        self.ensure_one()
        before = self._edu_previous()
        if not before:
            raise UserError(
                self.env._("%s is the school's first year: no pupils to take over.", self.name)
            )
        return before.action_rollover()
