from odoo import api, models

IDS = {"code": "edu_code", "ministry_id": "edu_ministry_id", "personal_id": "edu_personal_id"}


class EduExchangeStaff(models.AbstractModel):
    """Lists of staff. Their status in the register is changed by movements, never by a list."""

    _name = "edu.exchange.staff"
    _inherit = ["edu.exchange.entity"]
    _description = "List of Staff"

    _edu_entity = "staff"
    _edu_model = "hr.employee"
    _edu_fields = {
        **IDS,
        "name": "name",
        "birth_date": "birthday",
        "gender": "sex",
        "register_number": "edu_register_number",
        "staff_kind": "edu_staff_kind",
        "department": "edu_department_id",
        "subjects": "edu_subject_ids",
        "qualification": "edu_qualification",
        "speciality": "edu_speciality",
        "title": "edu_title_id",
        "salary_step": "edu_salary_step",
        "recruited_on": "edu_recruited_on",
        "profession_since": "edu_profession_since",
        "party_date": "edu_party_date",
        "hometown": "edu_hometown",
        "work_phone": "work_phone",
        "work_email": "work_email",
        "note": "edu_note",
    }

    @api.model
    def _edu_match(self, brought, rows):
        domain = [("company_id", "=", brought.company_id.id)]
        self._edu_match_by(rows, domain, IDS)

    @api.model
    def _edu_find_near(self, brought, rows):
        domain = [("company_id", "=", brought.company_id.id)]
        self._edu_near_persons(rows, domain, "birthday", IDS)

    @api.model
    def _edu_finders(self, brought):
        company = brought.company_id
        titles = self.env["edu.staff.title"].search([])
        return {
            "department": self._edu_finder(self._edu_departments(company), lambda one: [one.name]),
            "subjects": self._edu_finder(self._edu_subjects(company), lambda one: one._edu_names()),
            "title": self._edu_finder(titles, lambda one: [one.name, one.code or one.name]),
        }

    @api.model
    def _edu_departments(self, company):
        return self.env["hr.department"].search([("company_id", "in", [company.id, False])])

    @api.model
    def _edu_subjects(self, company):
        return self.env["edu.subject"].search([("company_id", "in", [company.id, False])])

    @api.model
    def _edu_rests_on(self, employees):
        return [
            self.env._("%s is in the staff register by a movement already.", one.name)
            for one in employees
            if one.edu_movement_ids
        ] + [self.env._("%s has an account already.", one.name) for one in employees if one.user_id]

    @api.model
    def _edu_allowed(self, company, school_year):
        return {
            "department": self._edu_departments(company).mapped("name"),
            "subjects": self._edu_subjects(company).mapped("name"),
            "title": self.env["edu.staff.title"].search([]).mapped("name"),
        }
