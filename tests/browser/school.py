# Run by Odoo's shell: a school with class 6A, four pupils and two subjects, as the addons' tests
# have it. The homeroom teacher's part of the semester is done; the subject teacher's is not.
from odoo.addons.edu_gradebook.tests.common import GradebookSchool

School = type("School", (GradebookSchool,), {"env": env})  # noqa: F821
School.env["res.lang"]._activate_lang("vi_VN")
School.company = School.env["res.company"].create(
    {"name": "Trường THCS Trình Duyệt", "edu_code": "99000009"}
)
School.set_up_school()
people = (School.principal, School.vice, School.homeroom, School.teacher)
for user in people:
    user.write({"lang": "vi_VN", "password": "semester"})
sheet = School.comment_sheet.with_user(School.homeroom)
sheet.save_cells(
    [
        {"enrollment": line.id, "column": column.code, "value": "Đ", "version": 0}
        for line in School.lines
        for column in School.comment_sheet._edu_columns()
    ]
)
sheet.action_confirm()
School.book.with_user(School.homeroom).save_conduct({str(line.id): "TOT" for line in School.lines})
School.env.cr.commit()
print("school is there")
