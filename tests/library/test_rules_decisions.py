from datetime import date, datetime

import pytest

from edu_records.rules import scheme_for, seed_correction, tt22, tt43, tt58
from edu_records.testing import seed

YEAR = {"conduct": "TOT", "study": "TOT", "absent": 0}


@pytest.mark.parametrize(
    ("scores", "change", "title"),
    [
        (["9.0"] * 6 + ["6.5"] * 2, {}, "HS_XUAT_SAC"),
        (["9.0"] * 5 + ["8.9", "6.5", "6.5"], {}, "HS_GIOI"),
        (["9.0"] * 8, {"conduct": "KHA"}, None),
        (["9.0"] * 8, {"study": "KHA"}, None),
        (["9.0"] * 8, {"scope": "semester"}, None),
    ],
)
@seed("R6.6d", "P4.1.4")
def test_titles(scores, change, title):
    case = {"scope": "year", "conduct": "TOT", "study": "TOT", "scores": scores, **change}
    assert tt22.title(**case).value == title
    case["scores"] = {str(number): score for number, score in enumerate(scores)}
    assert tt22.title(**case).value == title


@seed("P4.1.5")
def test_titles_of_learners():
    case = {"scope": "year", "conduct": "TOT", "study": "TOT"}
    assert tt43.title(scores=["9.0"] * 5 + ["6.5"], **case).value == "HV_XUAT_SAC"
    assert tt43.title(scores=["9.0"] * 4 + ["6.5"], **case).value == "HV_GIOI"


@pytest.mark.parametrize(
    ("conduct", "study", "title"),
    [
        ("T", "G", "HS_GIOI"),
        ("K", "G", "HS_TIEN_TIEN"),
        ("T", "K", "HS_TIEN_TIEN"),
        ("Tb", "G", None),
        ("T", "Tb", None),
        (None, "G", None),
    ],
)
def test_old_titles(conduct, study, title):
    assert tt58.title(scope="semester", conduct=conduct, study=study).value == title


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        ({"conduct": "DAT", "study": "DAT", "absent": 45}, "LEN_LOP"),
        ({"absent": 46}, "O_LAI_LOP"),
        ({"absent": 46, "conduct": None, "study": None}, "O_LAI_LOP"),
        ({"absent": 46, "study": "CHUA_DAT", "study_after": "TOT"}, "O_LAI_LOP"),
        ({"conduct": "CHUA_DAT"}, "REN_LUYEN_HE"),
        ({"conduct": "CHUA_DAT", "conduct_after": "DAT"}, "LEN_LOP"),
        ({"conduct": "CHUA_DAT", "conduct_after": "CHUA_DAT"}, "O_LAI_LOP"),
        ({"study": "CHUA_DAT"}, "KIEM_TRA_LAI"),
        ({"study": "CHUA_DAT", "study_after": "DAT"}, "LEN_LOP"),
        ({"study": "CHUA_DAT", "study_after": "CHUA_DAT"}, "O_LAI_LOP"),
        ({"study": "CHUA_DAT", "conduct_after": "TOT"}, "KIEM_TRA_LAI"),
        ({"conduct": "CHUA_DAT", "study": "CHUA_DAT"}, "O_LAI_LOP"),
        ({"study": None}, None),
        ({"conduct": None}, None),
        ({"absent": None}, None),
    ],
)
@seed("R6.6b", "R6.6c", "R5.5.13")
def test_promotion(change, decision):
    assert tt22.promotion(**{**YEAR, **change}).value == decision


def test_levels_that_do_not_exist_are_refused_by_their_name():
    title = {"scope": "year", "conduct": "TOT", "study": "TOT", "scores": []}
    retest = {"conduct": "TOT", "scores": {}, "comments": {}}
    for rule, case, names in (
        (tt22.title, title, ("conduct", "study")),
        (tt22.promotion, YEAR, ("conduct", "study", "conduct_after", "study_after")),
        (tt22.retest_subjects, retest, ("conduct",)),
        (tt22.conduct_year, {"hk1": "TOT", "hk2": "TOT"}, ("hk1", "hk2")),
    ):
        for name in names:
            with pytest.raises(ValueError, match=f"^{name}: 'T'"):
                rule(**{**case, name: "T"})


def test_absences_are_whole_sessions():
    for absent in (45.5, True, "46"):
        with pytest.raises(TypeError):
            tt22.promotion(**{**YEAR, "absent": absent})


@pytest.mark.parametrize(
    ("conduct", "study", "change", "decision"),
    [
        ("Tb", "Tb", {"absent": 45}, "LEN_LOP"),
        ("T", "G", {"absent": 46}, "O_LAI_LOP"),
        ("T", "Kem", {"study_after": "Tb"}, "O_LAI_LOP"),
        ("Y", "Kem", {}, "O_LAI_LOP"),
        ("Y", "Y", {"conduct_after": "Tb", "study_after": "Tb"}, "O_LAI_LOP"),
        ("Y", "Tb", {}, "REN_LUYEN_HE"),
        ("Y", "Tb", {"conduct_after": "Tb"}, "LEN_LOP"),
        ("Y", "Tb", {"conduct_after": "Y"}, "O_LAI_LOP"),
        ("Tb", "Y", {}, "KIEM_TRA_LAI"),
        ("Tb", "Y", {"study_after": "Tb"}, "LEN_LOP"),
        ("Tb", "Y", {"study_after": "Y"}, "O_LAI_LOP"),
        ("Tb", "Y", {"study_after": "Kem"}, "O_LAI_LOP"),
        (None, "Tb", {}, None),
        ("Tb", None, {}, None),
        ("Tb", "Tb", {"absent": None}, None),
        (None, None, {"absent": 46}, "O_LAI_LOP"),
    ],
)
def test_old_promotion(conduct, study, change, decision):
    case = {"conduct": conduct, "study": study, "absent": 0, **change}
    assert tt58.promotion(**case).value == decision


def test_the_reason_of_an_old_promotion():
    def reason(conduct, study, **after):
        return tt58.promotion(conduct=conduct, study=study, absent=0, **after).trace.formula

    assert reason("Y", "K") == "conduct Y"
    assert reason("Y", "K", conduct_after="K") == "conduct Y → K"
    assert reason("K", "Y") == "study Y"
    assert reason("K", "Y", study_after="Kem") == "study Y → Kem"


@pytest.mark.parametrize(
    "change",
    [{"conduct": "G"}, {"study": "T"}, {"conduct_after": "Kem"}, {"study_after": "T"},
     {"absent": "3"}, {"absent": True}],
)  # fmt: skip
def test_old_promotion_asks_for_what_is_known(change):
    with pytest.raises((TypeError, ValueError)):
        tt58.promotion(**{"conduct": "T", "study": "G", "absent": 0, **change})


@seed("R6.6e", "R6.6f")
def test_retest_subjects():
    year = {
        "scores": {"Toán": "4.9", "Ngữ văn": "5.0", "Anh": "3.0"},
        "comments": {"GDTC": "CĐ", "GDĐP": "Đ"},
    }
    retest = tt22.retest_subjects
    assert retest(conduct="DAT", **year).value == ("Anh", "GDTC", "Toán")
    assert retest(conduct="CHUA_DAT", **year).value == ()
    assert retest(conduct=None, **year).value is None


@pytest.mark.parametrize(
    ("retest", "final"),
    [
        ({"S7": "3.5"}, "DAT"),
        ({"S7": "3.4"}, "CHUA_DAT"),
        ({"S7": "2.0"}, "CHUA_DAT"),
        ({"C1": "CĐ"}, "CHUA_DAT"),
    ],
)
@seed("R5.5.13")
def test_retest_level(retest, final):
    scores = {f"S{number}": "5.0" for number in range(1, 7)} | {"S7": "3.0", "S8": "4.0"}
    result = tt22.retest_level(scores=scores, comments={"C1": "Đ"}, retest=retest)
    assert result.value.final == final


def test_retest_level_is_adjusted_as_the_year_is():
    scores = {f"S{number}": "8.0" for number in range(1, 7)} | {"S7": "3.0", "S8": "3.0"}
    value = tt22.retest_level(scores=scores, comments={}, retest={"S7": "5.0"}).value
    assert (value.base, value.final, value.subject) == ("CHUA_DAT", "DAT", "S8")
    with pytest.raises(ValueError):
        tt22.retest_level(scores=scores, comments={}, retest={"S9": "5.0"})


@pytest.mark.parametrize(
    ("year", "new"),
    [
        ("2020-2021", ""),
        ("2021-2022", "6"),
        ("2022-2023", "6 7 10"),
        ("2023-2024", "6 7 8 10 11"),
        ("2024-2025", "6 7 8 9 10 11 12"),
        ("2026-2027", "6 7 8 9 10 11 12"),
    ],
)
@seed("P4.1.4", "P4.1.5", "P4.1.6")
def test_the_scheme_follows_year_and_grade(year, new):
    for grade in range(6, 13):
        is_new = str(grade) in new.split()
        general = scheme_for(programme="phothong", year=year, grade=grade)
        learners = scheme_for(programme="gdtx", year=year, grade=grade)
        assert (general, learners) == (("TT22", "TT43") if is_new else ("TT58", "QD02"))


@pytest.mark.parametrize(
    ("year", "grades"),
    [
        ("2019-2020", ""),
        ("2020-2021", "1"),
        ("2021-2022", "1 2"),
        ("2022-2023", "1 2 3"),
        ("2023-2024", "1 2 3 4"),
        ("2024-2025", "1 2 3 4 5"),
        ("2026-2027", "1 2 3 4 5"),
    ],
)
@seed("P4.1.3", "P4.1.6")
def test_primary_grades_come_under_tt27_year_by_year(year, grades):
    for grade in range(1, 6):
        if str(grade) in grades.split():
            assert scheme_for(programme="phothong", year=year, grade=grade) == "TT27"
        else:
            with pytest.raises(ValueError, match="TT27 did not apply yet"):
                scheme_for(programme="phothong", year=year, grade=grade)


@pytest.mark.parametrize("year", ["2010-2011", "2022-2023", "2026-2027"])
@seed("P4.1.2")
def test_preschool_has_one_programme(year):
    codes = {scheme_for(programme="mamnon", year=year, grade=group) for group in range(1, 7)}
    assert codes == {"MN"}


@pytest.mark.parametrize(
    ("programme", "year", "grade"),
    [
        ("tieuhoc", "2026-2027", 6),
        ("gdtx", "2026-2028", 6),
        ("gdtx", "2026", 6),
        ("gdtx", "2026-2027", 5),
        ("phothong", "2026-2027", 0),
        ("phothong", "2026-2027", 13),
        ("mamnon", "2026-2027", 7),
    ],
)
def test_no_scheme_for_what_is_no_programme_year_or_grade(programme, year, grade):
    with pytest.raises(ValueError):
        scheme_for(programme=programme, year=year, grade=grade)


@pytest.mark.parametrize(
    ("on", "mark", "answer"),
    [
        ("2022-12-19", "TX", "ALLOWED"),
        ("2022-12-20", "TX", "LATE"),
        ("2022-12-20", "GK", "LATE"),
        ("2022-12-20", "TX_ORAL", "LATE"),
        ("2023-01-10", "CK", "ALLOWED"),
    ],
)
@seed("R8.2f", "R8.3")
def test_the_last_day_to_correct(on, mark, answer):
    assert seed_correction(exam_date="2022-12-26", on=on, mark=mark).value == answer
    day = date.fromisoformat(on)
    assert seed_correction(exam_date=date(2022, 12, 26), on=day, mark=mark).value == answer


@pytest.mark.parametrize(
    ("mark", "evidence", "answer"),
    [
        ("TX", ["personal_book", "paper"], "ALLOWED"),
        ("TX", ["paper"], "NEEDS_EVIDENCE"),
        ("TX", [], "NEEDS_EVIDENCE"),
        ("CK", ["personal_book"], "NEEDS_EVIDENCE"),
        ("TX_ORAL", ["personal_book", "sign_student", "sign_classmate"], "ALLOWED"),
        ("TX_ORAL", ["personal_book", "sign_student", "paper"], "NEEDS_EVIDENCE"),
    ],
)
@seed("R8.2c", "R8.2d", "R8.2e")
def test_evidence_of_a_correction(mark, evidence, answer):
    case = {"exam_date": "2022-12-26", "on": "2022-12-10", "mark": mark, "evidence": evidence}
    assert seed_correction(**case).value == answer


def test_missing_evidence_goes_before_the_deadline_and_is_named():
    result = seed_correction(exam_date="2022-12-26", on="2022-12-25", mark="TX", evidence=["paper"])
    assert result.value == "NEEDS_EVIDENCE"
    assert result.trace.formula == "missing: personal_book"
    assert result.trace.steps == (("last day", "2022-12-19"),)


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "TB"},
        {"evidence": ["photo"]},
        {"on": "19/12/2022"},
        {"on": datetime(2022, 12, 1)},
        {"on": datetime(2022, 12, 1), "mark": "CK"},  # which is compared with no day
    ],
)
def test_corrections_ask_for_what_is_known(change):
    case = {"exam_date": "2022-12-26", "on": "2022-12-10", "mark": "TX", **change}
    with pytest.raises((TypeError, ValueError)):
        seed_correction(**case)
