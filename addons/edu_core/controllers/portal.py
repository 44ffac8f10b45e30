from odoo import http
from odoo.http import request
from odoo.tools import format_date

from odoo.addons.portal.controllers.portal import CustomerPortal


class ChildrenPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "children_count" in counters:
            values["children_count"] = len(self._edu_children())
        return values

    @http.route("/my/children", type="http", auth="user", website=True)
    def portal_my_children(self, **_kwargs):
        """The children of the guardian who is logged in, with class and status."""
        values = self._prepare_portal_layout_values()
        children = [self._edu_child(student) for student in self._edu_children()]
        values.update(children=children, page_name="children")
        return request.render("edu_core.portal_my_children", values)

    def _edu_children(self):
        """Pupils whose guardian the user is; record rules decide, and are asked again."""
        user = request.env.user
        Student = request.env["edu.student"].with_context(allowed_company_ids=user.company_ids.ids)
        if not user.has_group("base.group_portal"):
            return Student.browse()
        students = Student.search([])
        students.check_access("read")
        return students

    def _edu_child(self, student):
        """What the page shows of a child whose access was checked."""
        shown = student.sudo()
        return {
            "name": shown.name,
            "birth_date": format_date(request.env, shown.birth_date) if shown.birth_date else "",
            "school": shown.company_id.name,
            "class": shown.class_id.name or "-",
            "status": shown._edu_status_label(),
        }
