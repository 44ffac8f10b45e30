from datetime import timedelta

from odoo.tests import TransactionCase, new_test_user


def inspect(user, before=30, after=30):
    """A duty of inspection for ``user`` from ``before`` days ago until in ``after`` days."""
    today = user.company_id._edu_today()
    duty = (
        user.env["edu.duty"]
        .sudo()
        ._edu_unguarded()
        .create(
            {
                "type_id": user.env.ref("edu_core.edu_duty_type_inspector").id,
                "user_id": user.id,
                "company_id": user.company_id.id,
                "date_from": today - timedelta(days=before),
                "date_to": today + timedelta(days=after),
                "decision_number": "1/QĐ",
            }
        )
    )
    duty._edu_apply()
    return duty.with_context(edu_guard=None)


class SettledCase(TransactionCase):
    """What a commit would check is checked after each test."""

    def tearDown(self):
        """Whatever a test did, the ledger records it: what a commit would check is checked."""
        self.settle()
        super().tearDown()

    def settle(self):
        """Check now what the database checks when a transaction ends."""
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")


class EduCase(SettledCase):
    """A school with one class of grade 6, its people and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create(
            {"name": "Trường THCS Thử Nghiệm", "edu_code": "38009999", "edu_place": "Thanh Hóa"}
        )
        cls.year = cls.env["edu.school.year"].create(
            {
                "name": "2026-2027",
                "date_start": "2026-09-05",
                "date_end": "2027-05-31",
                "company_id": cls.company.id,
            }
        )
        cls.principal = cls._user("principal", "Lê Văn Hiệu")
        cls.clerk = cls._user("clerk", "Phạm Thị Văn Thư")
        cls.it_admin = cls._user("it_admin", "Vũ Công Nghệ")
        cls.homeroom = cls._user("homeroom", "Nguyễn Thị Chủ Nhiệm", "teacher")
        cls.teacher = cls._user("teacher", "Trần Văn Bộ Môn")
        cls.other_teacher = cls._user("teacher", "Hoàng Văn Khác", login="edu_other")
        cls.school_class = cls.env["edu.class"].create(
            {
                "name": "6A",
                "school_year_id": cls.year.id,
                "grade_id": cls.env.ref("edu_core.edu_grade_6").id,
                "homeroom_user_id": cls.homeroom.id,
            }
        )

    @classmethod
    def _user(cls, role, name, *others, login=None):
        groups = ",".join(f"edu_core.group_edu_{group}" for group in (role, *others))
        user = new_test_user(
            cls.env,
            login or f"edu_{role}",
            groups=groups,
            name=name,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        if role == "inspector":
            inspect(user)
        return user

    @classmethod
    def _students(cls, *names):
        students = cls.env["edu.student"].create(
            [{"name": name, "company_id": cls.company.id} for name in names]
        )
        cls.env["edu.movement"]._edu_admit(students, cls.school_class)
        return students
