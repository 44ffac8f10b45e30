from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from edu_records.testing import seed

from .common import EduCase

SECONDARY = ["HK1", "HK2", "CN", "HE"]
PERIODS = {
    "TT22": SECONDARY,
    "TT43": SECONDARY,
    "TT58": SECONDARY,
    "QD02": SECONDARY,
    "TT27": ["GK1", "CK1", "GK2", "CN", "HE"],
    "MN": ["GD1", "GD2", "GD3", "CN"],
}


@tagged("post_install", "-at_install")
class TestRegulation(EduCase):
    def _class(self, grade, programme=None, year=None, **values):
        vals = {
            "name": f"Lớp {grade}",
            "school_year_id": (year or self.year).id,
            "grade_id": self.env.ref(f"edu_core.edu_grade_{grade}").id,
            **values,
        }
        if programme:
            vals["programme"] = programme
        return self.env["edu.class"].create(vals)

    def _year(self, first):
        return self.env["edu.school.year"].create(
            {
                "name": f"{first}-{first + 1}",
                "date_start": f"{first}-09-05",
                "date_end": f"{first + 1}-05-31",
                "company_id": self.company.id,
            }
        )

    @seed("P4.1.6", "R5.3", "P3.1.1.1")
    def test_a_class_gets_its_regulation_and_keeps_it(self):
        seed_year = self._year(2022)
        for grade, programme, code in (
            (1, None, "TT27"),
            (3, None, "TT27"),
            (6, None, "TT22"),
            (8, None, "TT58"),
            (10, None, "TT22"),
            (12, None, "TT58"),
            (7, "gdtx", "TT43"),
            (9, "gdtx", "QD02"),
            ("mn5", None, "MN"),
        ):
            school_class = self._class(grade, programme, seed_year, name=f"{grade} {programme}")
            self.assertEqual(school_class.regulation_id.code, code, (grade, programme))
        self.assertEqual(self._class("mn1").programme, "mamnon")

    def test_what_no_regulation_covers_is_refused(self):
        for grade, programme, year in (
            (4, "phothong", self._year(2021)),
            (5, "gdtx", self.year),
            (6, "mamnon", self.year),
            ("mn3", "phothong", self.year),
        ):
            with self.assertRaisesRegex(UserError, "no regulation"), self.env.cr.savepoint():
                self._class(grade, programme, year)

    def test_a_class_of_a_centre_follows_continuing_education(self):
        self.company.edu_level_ids = self.env.ref("edu_core.edu_level_continuing")
        school_class = self._class(11)
        self.assertEqual(
            (school_class.programme, school_class.regulation_id.code), ("gdtx", "TT43")
        )

    def test_periods_of_every_regulation(self):
        for code, wanted in PERIODS.items():
            regulation = self.env["edu.regulation"].search([("code", "=", code)])
            periods = self.year._edu_periods(regulation)
            self.assertEqual(periods.sorted("sequence").mapped("code"), wanted, code)
            self.assertEqual(periods.parent_id.mapped("code"), ["CN"], code)
        with self.assertRaisesRegex(ValidationError, "Add that period first"):
            self.env["edu.regulation.period"].create(
                {
                    "regulation_id": self.env.ref("edu_core.edu_regulation_qd02").id,
                    "code": "X",
                    "name": "X",
                    "parent_code": "NONE",
                }
            )

    # -- immutability ----------------------------------------------------------------------------

    @seed("P4.1.6", "R5.3")
    def test_a_used_regulation_and_its_periods_stay(self):
        regulation = self.school_class.regulation_id.sudo()
        period = regulation.period_ids[0]
        for record, vals in (
            (regulation, {"title": "Khác"}),
            (regulation, {"code": "TT99"}),
            (regulation, {"date_from": "2000-01-01"}),
            (period, {"name": "Khác"}),
            (period, {"parent_code": False}),
        ):
            with self.assertRaisesRegex(UserError, "class .*New Version"):
                record.with_context(install_mode=True).write(vals)
        with self.assertRaisesRegex(UserError, "New Version"):
            period.unlink()
        with self.assertRaisesRegex(UserError, "New Version"):
            period.copy({"code": "HK3"})
        regulation.write({"title": regulation.title, "date_to": "2030-05-31"})
        self.assertIn("6A", self.env["edu.class"].browse(self.school_class.id).name)

    def test_an_unused_regulation_may_be_mended(self):
        regulation = self.env["edu.regulation"].create(
            {"name": "TT mới", "code": "TTX", "title": "Thông tư mới"}
        )
        regulation.title = "Thông tư số 1/2027"
        regulation.unlink()

    def test_an_upgrade_leaves_a_used_regulation_as_it_is(self):
        regulation = self.school_class.regulation_id
        free = self.env["edu.regulation"].create({"name": "A", "code": "TTX", "title": "A"})
        for record in (regulation, free):
            record.with_context(install_mode=True)._load_records_write({"title": "Bản sửa"})
        self.assertNotEqual(regulation.title, "Bản sửa")
        self.assertEqual(free.title, "Bản sửa")
        with self.assertRaises(UserError):
            regulation._load_records_write({"title": "Bản sửa"})

    @seed("P4.1.6")
    def test_a_new_version_applies_to_later_years(self):
        old = self.school_class.regulation_id
        action = old.action_new_version()
        fresh = self.env["edu.regulation"].browse(action["res_id"])
        fresh.date_from = "2027-09-01"
        fresh.period_ids.filtered(lambda period: period.code == "HK1").name = "Học kì 1"
        self.assertEqual((fresh.code, fresh.version), ("TT22", 2))
        self.assertEqual(len(fresh.curriculum_line_ids), len(old.curriculum_line_ids))
        self.assertEqual(fresh.group_ids.mapped("choose"), old.group_ids.mapped("choose"))
        self.assertEqual(fresh.curriculum_line_ids.group_id, fresh.group_ids)
        self.assertEqual(self._class(6, name="6B").regulation_id, old)
        later = self._class(6, year=self._year(2027))
        self.assertEqual(later.regulation_id, fresh)
        self.assertEqual(len(later._edu_curriculum()), 12)

    @seed("R3.3")
    def test_schools_do_not_change_what_all_share(self):
        line = self.env.ref("edu_core.edu_curriculum_line_tt27_5_tv")
        records = (
            self.env.ref("edu_core.edu_regulation_tt27"),
            self.env.ref("edu_core.edu_regulation_period_tt27_gk1"),
            self.env.ref("edu_core.edu_grade_5"),
            self.env.ref("edu_core.edu_subject_tv"),
            self.env.ref("edu_core.edu_institution_kind_primary"),
            line,
        )
        for user in (self.principal, self.it_admin):
            for record in records:
                self.assertTrue(record.with_user(user).name)
                with self.assertRaises(AccessError, msg=record):
                    record.with_user(user).write({"name": "Khác"})

    # -- a class in use --------------------------------------------------------------------------

    @seed("P4.1.6")
    def test_a_class_with_pupils_keeps_grade_programme_and_year(self):
        grade_7 = self.env.ref("edu_core.edu_grade_7")
        self.school_class.write({"grade_id": grade_7.id, "programme": "gdtx"})
        self.assertEqual(self.school_class.regulation_id.code, "TT43")
        self._students("Lê Thị Ánh")
        old = self.env.ref("edu_core.edu_regulation_tt58")
        for vals in (
            {"grade_id": self.env.ref("edu_core.edu_grade_8").id},
            {"programme": "phothong"},
            {"school_year_id": self._year(2027).id},
            {"regulation_id": old.id},
        ):
            with self.assertRaisesRegex(UserError, "Create another class"):
                self.school_class.sudo().write(vals)
        self.school_class.write({"grade_id": grade_7.id, "name": "7A"})

    def test_a_regulation_is_not_written_but_resolved(self):
        old = self.env.ref("edu_core.edu_regulation_tt58")
        self.assertEqual(self._class(9, regulation_id=old.id).regulation_id.code, "TT22")
        self.school_class.sudo().regulation_id = old
        self.assertEqual(self.school_class.regulation_id.code, "TT22")


@tagged("post_install", "-at_install")
class TestCurriculum(EduCase):
    _class = TestRegulation._class
    _year = TestRegulation._year

    def _codes(self, lines):
        return lines.mapped("subject_id.code")

    def _line(self, school_class, code, kind=None):
        return school_class._edu_curriculum_set().filtered(
            lambda line: (
                line.subject_id.code == code
                and line.kind in ([kind] if kind else ("compulsory", "choice", "elective"))
            )
        )

    @seed("R5.5.3", "P3.1.1.1")
    def test_totals_of_the_national_curricula(self):
        """Periods a year of compulsory subjects, as TT 32/2018 sums them."""
        for grade, programme, periods, count in (
            (1, None, 875, 7),
            (2, None, 875, 7),
            (3, None, 980, 9),
            (4, None, 1050, 10),
            (5, None, 1050, 10),
            (6, None, 1015, 12),
            (7, None, 1015, 12),
            (8, None, 1032, 12),
            (9, None, 1032, 12),
            (10, None, 612, 8),
            (11, None, 612, 8),
            (12, None, 612, 8),
            (10, "gdtx", 367, 4),
            (12, "gdtx", 367, 4),
            (6, "gdtx", 0, 7),
        ):
            lines = self._class(grade, programme, name=f"{grade} {programme}")._edu_curriculum()
            self.assertEqual(
                (sum(lines.mapped("periods")), len(lines)), (periods, count), (grade, programme)
            )

    @seed("R5.5.3")
    def test_regular_marks_follow_from_periods(self):
        upper = self._class(10)
        counts = {code: self._line(upper, code).regular_count for code in ("VAN", "LS", "VL", "AN")}
        self.assertEqual(counts, {"VAN": 4, "LS": 3, "VL": 3, "AN": 2})
        primary = self._class(5)
        self.assertFalse(any(primary._edu_curriculum_set().mapped("regular_count")))

    def test_primary_tests(self):
        for grade, tested in (
            (2, ["TV", "TOAN"]),
            (3, ["TV", "TOAN", "NN1", "THCN"]),
            (5, ["TV", "TOAN", "NN1", "LSDL", "KH", "THCN"]),
        ):
            lines = self._class(grade)._edu_curriculum().filtered("has_periodic_test")
            self.assertEqual(self._codes(lines), tested, grade)
            self.assertEqual(set(lines.mapped("assess")), {"score"})

    def test_parts_of_subjects(self):
        def parts(grade):
            lines = self._class(grade)._edu_curriculum_parts()
            return {(line.parent_id.subject_id.code, line.subject_id.code) for line in lines}

        self.assertEqual(
            parts(6),
            {("NT", "AN"), ("NT", "MT"), ("LSDL", "LS"), ("LSDL", "DL")}
            | {("KHTN", "VL"), ("KHTN", "HH"), ("KHTN", "SH")},
        )
        self.assertEqual(parts(4), {("NT", "AN"), ("NT", "MT"), ("THCN", "TIN"), ("THCN", "CN")})

    def test_preschool_domains(self):
        self.assertEqual(len(self._class("mn2")._edu_curriculum()), 4)
        kindergarten = self._class("mn5")._edu_curriculum()
        self.assertEqual(
            kindergarten.mapped("name"),
            [
                "Phát triển thể chất",
                "Phát triển nhận thức",
                "Phát triển ngôn ngữ",
                "Phát triển tình cảm và kĩ năng xã hội",
                "Phát triển thẩm mĩ",
            ],
        )
        self.assertEqual(set(kindergarten.mapped("assess")), {"outcome"})

    def test_a_grade_names_a_subject_its_own_way(self):
        primary, secondary = self._class(3), self._class(7)
        self.assertEqual(self._line(primary, "HDTN").name, "Hoạt động trải nghiệm")
        self.assertEqual(self._line(secondary, "HDTN").name, "Hoạt động trải nghiệm, hướng nghiệp")

    # -- choice ----------------------------------------------------------------------------------

    def _choose(self, school_class, *codes, clusters=()):
        lines = self.env["edu.curriculum.line"].union(
            *(self._line(school_class, code) for code in codes),
            *(self._line(school_class, code, "cluster") for code in clusters),
        )
        school_class.elective_ids = [Command.set(lines.ids)]

    @seed("R5.5.3")
    def test_upper_secondary_chooses_four_subjects_and_three_clusters(self):
        school_class = self._class(10)
        self.assertEqual(school_class._edu_missing_choice().mapped("code"), ["LC", "CD"])
        self._choose(school_class, "DL", "VL", "HH", "TIN", clusters=("TOAN", "VL", "HH"))
        self.assertFalse(school_class._edu_missing_choice())
        curriculum = school_class._edu_curriculum()
        self.assertEqual(len(curriculum), 12)
        clusters = school_class._edu_curriculum_parts()
        self.assertEqual(sum((curriculum | clusters).mapped("periods")), 997)
        self.assertEqual(clusters[0].display_name, "Toán (topic cluster)")

    def test_wrong_choices_are_refused(self):
        school_class = self._class(10)
        for codes, clusters, message in (
            (("DL", "VL", "HH"), (), "4 are to be chosen, not 3"),
            (("DL", "VL", "HH", "SH", "TIN"), (), "4 are to be chosen, not 5"),
            (("DL", "VL", "HH", "TIN"), ("TOAN", "VL"), "3 are to be chosen, not 2"),
            (("DL", "VL", "HH", "TIN"), ("TOAN", "VL", "SH"), "Sinh học"),
            (("VAN",), (), "not to be chosen"),
        ):
            with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                self._choose(school_class.sudo(), *codes, clusters=clusters)
        foreign = self._line(self._class(11), "DL")
        with self.assertRaisesRegex(ValidationError, "not to be chosen"):
            school_class.elective_ids = foreign

    def test_electives_of_lower_secondary(self):
        self._choose(self.school_class, "NN2")
        self.assertIn("NN2", self._codes(self.school_class._edu_curriculum()))
        self.assertNotIn("TDTTS", self._codes(self.school_class._edu_curriculum()))

    def test_subjects_are_chosen_while_the_class_is_created(self):
        line = self.env.ref("edu_core.edu_curriculum_line_tt22_7_nn2")
        school_class = self._class(7, elective_ids=[Command.link(line.id)])
        self.assertIn("NN2", self._codes(school_class._edu_curriculum()))

    # -- a school's own --------------------------------------------------------------------------

    def _adapt(self, user=None, year=None, grade=6):
        wizard = Form(self.env["edu.curriculum.adapt"].with_user(user or self.it_admin))
        wizard.school_year_id = year or self.year
        wizard.regulation_id = self.env.ref("edu_core.edu_regulation_tt22")
        wizard.grade_id = self.env.ref(f"edu_core.edu_grade_{grade}")
        action = wizard.save().action_adapt()
        return self.env["edu.curriculum.line"].search(action["domain"])

    @seed("R5.5.3", "P4.1.6")
    def test_a_school_adapts_a_curriculum(self):
        national = self.school_class._edu_curriculum_set()
        self._choose(self.school_class, "NN2")
        own = self._adapt()
        self.assertEqual(len(own), len(national))
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(self.school_class._edu_curriculum_set(), own)
        self.assertIn("NN2", self._codes(self.school_class._edu_curriculum()))
        self.assertEqual(own.parent_id.company_id, self.company)
        mine = own.with_user(self.it_admin)
        mine.filtered(lambda line: line.subject_id.code == "CN").periods = 52
        subject = self.env["edu.subject"].with_user(self.it_admin)
        robot = subject.create({"name": "Người máy", "code": "ROBOT"})
        self.assertEqual(robot.company_id, self.company)
        mine.create(
            {
                "regulation_id": own[0].regulation_id.id,
                "grade_id": own[0].grade_id.id,
                "subject_id": robot.id,
                "company_id": self.company.id,
                "school_year_id": self.year.id,
                "periods": 35,
                "assess": "comment",
            }
        )
        mine.filtered(lambda line: line.subject_id.code == "TDTTS").unlink()
        counts = {
            line.subject_id.code: line.regular_count for line in self.school_class._edu_curriculum()
        }
        self.assertEqual((counts["CN"], counts["ROBOT"]), (3, 2))
        self.assertEqual(self.env.ref("edu_core.edu_curriculum_line_tt22_6_cn").periods, 35)

    def test_an_adapted_curriculum_holds_from_its_year_on(self):
        own = self._adapt(year=self._year(2028))
        earlier = self._class(6, year=self._year(2027))
        later = self._class(6, year=self._year(2029))
        self.assertFalse(earlier._edu_curriculum_set() & own)
        self.assertEqual(later._edu_curriculum_set(), own)
        newer = self._adapt(year=self._year(2030))
        self.assertEqual(later._edu_curriculum_set(), own)
        self.assertFalse(newer & own)
        self.assertEqual(newer.mapped("periods"), own.mapped("periods"))

    def test_other_schools_keep_the_national_lines(self):
        self._adapt()
        company = self.env["res.company"].create({"name": "Trường khác"})
        year = self.env["edu.school.year"].create(
            {
                "name": "2026-2027",
                "date_start": "2026-09-05",
                "date_end": "2027-05-31",
                "company_id": company.id,
            }
        )
        other = self._class(6, year=year)
        self.assertFalse(other._edu_curriculum_set().company_id)

    def test_what_cannot_be_adapted(self):
        self._adapt()
        with self.assertRaisesRegex(UserError, "already: change its lines"):
            self._adapt()
        wizard = self.env["edu.curriculum.adapt"].create(
            {
                "company_id": self.company.id,
                "school_year_id": self.year.id,
                "regulation_id": self.env.ref("edu_core.edu_regulation_tt58").id,
                "grade_id": self.env.ref("edu_core.edu_grade_8").id,
            }
        )
        with self.assertRaisesRegex(UserError, "no curriculum"):
            wizard.action_adapt()

    def test_an_own_curriculum_begins_whole(self):
        with self.assertRaisesRegex(UserError, "would lack .*Toán"):
            self.env["edu.curriculum.line"].with_user(self.it_admin).create(
                {
                    "regulation_id": self.school_class.regulation_id.id,
                    "grade_id": self.school_class.grade_id.id,
                    "subject_id": self.env.ref("edu_core.edu_subject_van").id,
                    "company_id": self.company.id,
                    "school_year_id": self.year.id,
                    "periods": 35,
                    "assess": "comment",
                }
            )

    def test_a_school_fills_in_what_no_curriculum_says(self):
        """Grade 9 of 2023-2024 is under TT 58, for which no national lines are shipped."""
        old = self._class(9, year=self._year(2023))
        self.assertFalse(old._edu_curriculum())
        self.env["edu.curriculum.line"].with_user(self.it_admin).create(
            {
                "regulation_id": old.regulation_id.id,
                "grade_id": old.grade_id.id,
                "subject_id": self.env.ref("edu_core.edu_subject_van").id,
                "company_id": self.company.id,
                "school_year_id": old.school_year_id.id,
                "periods": 175,
                "assess": "score",
            }
        )
        self.assertEqual(self._codes(old._edu_curriculum()), ["VAN"])

    @seed("P4.1.6")
    def test_national_lines_stay_once_a_class_follows_them(self):
        used = self.env.ref("edu_core.edu_curriculum_line_tt22_6_cn").sudo()
        for vals in ({"periods": 70}, {"assess": "comment"}, {"kind": "elective"}):
            with self.assertRaisesRegex(UserError, "class 6A.*Adapt the Curriculum"):
                used.write(vals)
        with self.assertRaises(UserError):
            used.unlink()
        used.write({"periods": 35, "verified": False})
        free = self.env.ref("edu_core.edu_curriculum_line_tt22_9_cn")
        free.periods = 70
        with self.assertRaisesRegex(UserError, "stays in its curriculum"):
            free.grade_id = used.grade_id

    def test_lines_say_what_they_are(self):
        line = self.env.ref("edu_core.edu_curriculum_line_tt22_9_cn")
        parent = self.env.ref("edu_core.edu_curriculum_line_tt22_9_nt")
        stranger = self.env.ref("edu_core.edu_curriculum_line_tt22_8_nt")
        group = self.env.ref("edu_core.edu_curriculum_group_tt43_lc")
        for vals in (
            {"kind": "component"},
            {"parent_id": parent.id},
            {"kind": "component", "parent_id": stranger.id},
            {"kind": "choice"},
            {"kind": "choice", "group_id": group.id},
        ):
            with self.assertRaises(ValidationError, msg=vals), self.env.cr.savepoint():
                line.write(vals)

    def test_own_subjects_take_no_national_code(self):
        subjects = self.env["edu.subject"].with_user(self.it_admin)
        with self.assertRaisesRegex(ValidationError, "TOAN"):
            subjects.create({"name": "Toán nâng cao", "code": "TOAN"})
