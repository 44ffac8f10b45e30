from freezegun import freeze_time

from edu_records.ledger import decode

from .common import EduCase


class YearCase(EduCase):
    """A year that is over with grades 6 to 9, its next year with classes, and a keeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-08-10 03:00:00"))
        cls.vice = cls._user("vice_principal", "Bùi Thị Phó")
        cls.source = cls._year("2025-2026", "2025-09-05", "2026-05-31")
        cls.old = {name: cls._class(name, cls.source) for name in ("6B", "7B", "8B", "9B")}
        cls.new = {name: cls._class(name, cls.year) for name in ("6B", "7B", "8B", "9B")}
        cls.duty = cls._entrust(cls.it_admin)

    @classmethod
    def _year(cls, name, start, end):
        return cls.env["edu.school.year"].create(
            {"name": name, "date_start": start, "date_end": end, "company_id": cls.company.id}
        )

    @classmethod
    def _class(cls, name, year, **vals):
        grade = cls.env.ref(f"edu_core.edu_grade_{name[:-1]}")
        vals = {"name": name, "school_year_id": year.id, "grade_id": grade.id, **vals}
        return cls.env["edu.class"].create(vals)

    @classmethod
    def _entrust(cls, user):
        return (
            cls.env["edu.duty"]
            .with_user(cls.principal)
            .create(
                {
                    "type_id": cls.env.ref("edu_core.edu_duty_type_year_setup").id,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "date_from": "2026-08-01",
                    "decision_number": "45/QĐ-THCS",
                    "decision_date": "2026-08-01",
                }
            )
        )

    def pupils(self, school_class, *names):
        students = self.env["edu.student"].create(
            [{"name": name, "company_id": self.company.id} for name in names]
        )
        self.env["edu.movement"]._edu_admit(students, school_class)
        return students

    def events(self, *operations):
        entries = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.operation in operations
        )
        return [decode(entry.payload)[2] for entry in entries.sorted("seq")]
