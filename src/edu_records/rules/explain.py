"""Results in words: why a pupil has 6,5, or is re-assessed, in the circulars' own Vietnamese.

The words stand in ``data/words_vi.json``; they follow the circulars and are not translated. All
that is said is read from the trace: a recorded result is explained as it was decided.
"""

import json
import re
from decimal import Decimal
from importlib import resources
from types import SimpleNamespace

from .curriculum import TRAITS, subject_names

__all__ = ["explain"]

_DECIMAL = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CITED = re.compile(r"(TTLT|TT|NĐ) ([0-9]+/[0-9]{4}) Điều (.+)")

_FILE = resources.files(__package__).joinpath("data", "words_vi.json")
_WORDS = SimpleNamespace(**json.loads(_FILE.read_text(encoding="utf-8")))
_UNDECIDED = "Chưa xác định được."


def explain(result, names=None):
    """Short Vietnamese sentences that say what was decided, why, and by which article.

    :param result: :class:`~.result.Result` of any rule
    :param dict names: names of subjects by code; those of TT 27/2020 are known
    :return: list of sentences, numbers with a decimal comma
    """
    trace = result.trace
    case = _Case(result.value, dict(trace.inputs), dict(trace.steps), trace.formula, names or {})
    said = _RULES.get(trace.rule, _Case.other)(case)
    said = [_dates(_DECIMAL.sub(",", sentence)) for sentence in said if sentence]
    return [*said, f"Căn cứ: {_citation(trace.article)}."]


class _Case:
    """One result: its value, and what its trace has by name."""

    def __init__(self, value, inputs, steps, formula, names):
        self.value = value
        self.inputs = inputs
        self.steps = steps
        self.formula = formula
        self.names = names

    def condition(self):
        """What decided, where the rule has a fixed phrase for it."""
        return _WORDS.conditions.get(self.formula, "")

    def subjects(self, codes):
        """Names of the subjects, traits or tests of a text of codes."""
        found = []
        for code in codes.split(", "):
            subject, _blank, period = code.partition(" ")
            known = self.names.get(code) or self.names.get(subject) or _known_name(subject)
            found.append(code if known is None else f"{known}{_period(period)}")
        return ", ".join(found)

    # one method per kind of rule

    def average(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        said = [f"Kết quả: {self.value}."]
        if not self.steps:
            return [*said, self.condition()]
        total, divisor = Decimal(self.steps["total"]), int(self.steps["divisor"])
        quotient = Decimal(self.steps["quotient"])
        exact = quotient * divisor == total
        shown = f"= {quotient:f}".rstrip("0").rstrip(".") if exact else f"≈ {quotient:f}"
        said.append(f"Cách tính: {self.formula} = {total} / {divisor} {shown}.")
        said.append(f"Làm tròn đến chữ số thập phân thứ nhất: {self.value}.")
        return said

    def comment(self):
        if self.value is None:
            return [_UNDECIDED, "Chưa đủ số lần đánh giá theo quy định."]
        said = [f"Kết quả: {_WORDS.comments[self.value]}."]
        if self.formula.startswith("incomplete"):
            return [*said, "Không đủ số lần kiểm tra, đánh giá theo quy định."]
        if "passed" in self.inputs:
            counts = f"{self.inputs['passed']}/{self.inputs['total']}"
            final = _WORDS.comments[self.inputs["final"]]
            return [*said, f"Số bài kiểm tra đạt: {counts}; bài kiểm tra học kì: {final}."]
        failed = re.match(r"[0-9]+ of", self.formula)
        if failed:
            return [*said, f"Có {failed[0][:-3]} lần được đánh giá mức Chưa đạt."]
        return [*said, "Tất cả các lần được đánh giá mức Đạt."]

    def comment_year(self):
        alone = self.condition()
        if self.value is None:
            semester = "I" if self.formula == "HK1 only" else "II"
            return [_UNDECIDED, f"Chưa có kết quả học kì {semester}."]
        said = f"Kết quả: {_WORDS.comments[self.value]}."
        return [said, alone or "Kết quả cả năm là kết quả học kì II."]

    def missing(self):
        said = _UNDECIDED if self.value is None else f"Ghi nhận: {self._comment_or_mark()}."
        return [said, self.condition()]

    def _comment_or_mark(self):
        return (
            f"mức {_WORDS.comments[self.value]}"
            if self.value in _WORDS.comments
            else f"{self.value} điểm"
        )

    def conduct(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        said = [f"Kết quả rèn luyện cả năm học: {_WORDS.levels[self.value]}."]
        both = [_WORDS.levels.get(self.inputs[name]) for name in ("hk1", "hk2")]
        if None in both:
            return [*said, self.condition()]
        return [*said, f"Học kì I: {both[0]}; học kì II: {both[1]}."]

    def study(self):
        base, final, subject = self.value
        if final is None:
            missing = self.steps.get("missing")
            return [
                _UNDECIDED,
                self.condition(),
                missing and f"Còn thiếu: {self.subjects(missing)}.",
            ]
        if final in _WORDS.old_levels:
            return self._old_study(base, final, subject)
        said = [
            f"Kết quả học tập: {_WORDS.levels[final]}.",
            f"Xét các mức: {self.steps['>= 8.0']} môn từ 8.0 trở lên, {self.steps['>= 6.5']} môn từ"
            f" 6.5 trở lên, {self.steps['>= 5.0']} môn từ 5.0 trở lên (cần ít nhất"
            f" {self.steps['required']} môn); điểm trung bình môn thấp nhất {self.steps['lowest']};"
            f" {self.steps['CĐ']} môn đánh giá bằng nhận xét Chưa đạt: mức {_WORDS.levels[base]}.",
        ]
        if subject is not None:
            without = self.steps["without the subject"].rpartition(": ")[2]
            said.append(
                f"Nếu không có môn {self.subjects(subject)} thì ở mức {_WORDS.levels[without]}:"
                " thấp xuống từ 02 mức trở lên chỉ do duy nhất 01 môn học nên được điều chỉnh lên"
                f" mức liền kề là {_WORDS.levels[final]}."
            )
        if "fewer scored subjects than required" in self.steps:
            said.append("Số môn học có điểm ít hơn số môn quy định; hiệu trưởng xem xét.")
        return said

    def _old_study(self, base, final, subject):
        own = self.steps.get("specialised")
        said = [
            f"Học lực: {_WORDS.old_levels[final]}.",
            f"Điểm trung bình các môn học {self.steps['mean']}; môn chính cao nhất"
            f" {self.steps['best main subject']}; {f'môn chuyên {own}; ' if own else ''}môn thấp"
            f" nhất {self.steps['lowest']}:"
            f" loại {_WORDS.old_levels[base]}.",
        ]
        if subject is not None:
            said.append(
                f"Chỉ do kết quả của môn {self.subjects(subject)} mà bị xếp thấp xuống nên được"
                f" điều chỉnh thành loại {_WORDS.old_levels[final]}."
            )
        return said

    def title(self):
        if self.value is None:
            return ["Không có danh hiệu.", self.condition()]
        said = [f"Danh hiệu: {_WORDS.titles[self.value]}."]
        if ">= 9.0" in self.steps:
            reached, _of, least = self.steps[">= 9.0"].split()
            said.append(
                f"Kết quả rèn luyện và kết quả học tập đều Tốt; {reached} môn đạt từ 9.0 trở lên"
                f" (Xuất sắc cần {least} môn)."
            )
        return said

    def absences(self):
        sessions, days = self.steps["sessions"], self.steps["days"]
        return [f"Số buổi nghỉ học: {self.value}.", f"Vắng {sessions} buổi trong {days} ngày."]

    def promotion(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        said = [_WORDS.decisions[self.value]]
        if self.formula.startswith("absent"):
            absent, most = re.findall("[0-9]+", self.formula)
            return [*said, f"Nghỉ học {absent} buổi, quá {most} buổi trong một năm học."]
        words = {**_WORDS.levels, **_WORDS.old_levels}
        for name, what in (("conduct", "rèn luyện"), ("study", "học tập")):
            level, after = self.inputs[name], self.inputs[f"{name}_after"]
            changed = f", sau đánh giá lại: {words[after]}" if after in words else ""
            said.append(f"Kết quả {what} cả năm học: {words[level]}{changed}.")
        return [*said, f"Số buổi nghỉ học: {self.inputs['absent']}."]

    def retest_subjects(self):
        if self.condition():
            return [_UNDECIDED if self.value is None else "", self.condition()]
        if not self.value:
            return ["Không có môn học nào phải kiểm tra, đánh giá lại."]
        return [
            f"Kiểm tra, đánh giá lại: {self.subjects(', '.join(self.value))}.",
            "Là các môn học có điểm trung bình cả năm dưới 5.0 hoặc đánh giá Chưa đạt.",
        ]

    def to_reassess(self):
        if not self.value:
            return ["Không có nội dung nào phải đánh giá bổ sung."]
        return [
            f"Đánh giá bổ sung: {self.subjects(', '.join(self.value))}.",
            "Là nội dung ở mức Chưa hoàn thành hoặc Cần cố gắng, bài kiểm tra dưới 5 điểm.",
        ]

    def test_total(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        return [f"Điểm bài kiểm tra: {self.value}.", f"Tổng điểm các phần: {self.steps['total']}."]

    def counting_score(self):
        score = "Chưa có điểm." if self.value is None else f"Điểm kiểm tra: {self.value}."
        return [score, self.condition() if self.value is not None else ""]

    def subject_level(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        said = [f"Mức đạt được: {_WORDS.subject_levels[self.value]}."]
        if ", " not in self.inputs["levels"]:
            return said
        part = {"lower": "thấp hơn", "higher": "cao hơn"}[self.formula]
        return [*said, f"Lấy mức của phân môn {part}."]

    def level_doubts(self):
        if not self.value:
            return ["Mức đạt được và điểm bài kiểm tra cuối năm tương ứng với nhau."]
        doubts = []
        for subject in self.value:
            level, score = self.steps[subject].split(", ")
            known = _WORDS.subject_levels[level]
            doubts.append(f"{self.subjects(subject)} ({known}, {score} điểm)")
        return [f"Mức đạt được và điểm bài kiểm tra không tương ứng: {', '.join(doubts)}."]

    def year_end(self):
        if self.value == "INCOMPLETE":
            return [_UNDECIDED, f"Còn thiếu: {self.subjects(self.steps['missing'])}."]
        said = [f"Đánh giá kết quả giáo dục: {_WORDS.year_levels[self.value]}."]
        for step, phrase in (
            ("H", "Mức Hoàn thành"),
            ("Đ", "Mức Đạt"),
            ("C", "Mức Chưa hoàn thành hoặc Cần cố gắng"),
        ):
            if step in self.steps:
                said.append(f"{phrase}: {self.subjects(self.steps[step])}.")
        if "lowest test" in self.steps:
            mark, _open, codes = self.steps["lowest test"].partition(" (")
            said.append(
                f"Điểm bài kiểm tra cuối năm thấp nhất: {mark} ({self.subjects(codes[:-1])})."
            )
        return said

    def completion(self):
        said = [_WORDS.decisions[self.value]]
        for name, when in (("level", "cuối năm học"), ("after_support", "sau đánh giá bổ sung")):
            if self.inputs[name] in _WORDS.year_levels:
                said.append(f"Kết quả {when}: {_WORDS.year_levels[self.inputs[name]]}.")
        return said

    def correction(self):
        if self.value == "NEEDS_EVIDENCE":
            missing = self.formula.removeprefix("missing: ").split(", ")
            named = ", ".join(_WORDS.evidence[kind] for kind in missing)
            return [_WORDS.decisions[self.value], f"Còn thiếu: {named}."]
        return [_WORDS.decisions[self.value], f"Hạn cuối sửa điểm: {self.steps['last day']}."]

    def zscore(self):
        said = [f"Chỉ số z: {self.value}."]
        if "z beyond 3 SD" in self.steps:
            said.append(
                f"Tính theo công thức LMS được {self.steps['z']}; vượt quá 3 SD nên tính theo"
                " khoảng cách giữa 2 SD và 3 SD."
            )
        return said

    def category(self):
        said = _UNDECIDED if self.value is None else _WORDS.decisions[self.value]
        z = self.inputs.get("z", "–")
        return [said, self.condition(), "" if z == "–" else f"Chỉ số z: {z}."]

    def health_check(self):
        checks = ", ".join(_WORDS.checks[check] for check in self.value)
        return [f"Kiểm tra sức khoẻ đầu năm học: {checks}."]

    def stage_end(self):
        if self.value is None:
            return [_UNDECIDED, self.condition()]
        return [f"Đánh giá sự phát triển của trẻ cuối độ tuổi {self.value} tháng."]

    def measure(self):
        table, corrected = self.value
        kind = {"WFL": "chiều dài (nằm)", "WFH": "chiều cao (đứng)"}[table]
        said = [f"Tra bảng cân nặng theo {kind}, {corrected} cm."]
        if "correction" in self.steps:
            said.append(f"Số đo được hiệu chỉnh {self.steps['correction']} cm.")
        return said

    def bmi(self):
        return [f"BMI: {self.value} kg/m².", f"Cách tính: {self.formula}."]

    def signing(self):
        said = ["Được kí." if self.value else "Chưa được kí.", self.condition()]
        following = re.fullmatch(r"(\w+) is next", self.formula)
        if following:
            said.append(f"Đến lượt kí: {_WORDS.roles.get(following[1], following[1])}.")
        if re.match("signed .* already", self.formula):
            said.append("Một người không kí hai bước.")
        return said

    def other(self):
        """A rule of which this module knows nothing, such as one of another package."""
        return [_UNDECIDED if self.value is None else f"Kết quả: {self.value}.", self.formula]


_RULES = {
    "semester_average": _Case.average,
    "year_average": _Case.average,
    "overall_average": _Case.average,
    "comment_semester": _Case.comment,
    "comment_year": _Case.comment_year,
    "missing_assessment": _Case.missing,
    "conduct_year": _Case.conduct,
    "study_level": _Case.study,
    "retest_level": _Case.study,
    "title": _Case.title,
    "award": _Case.title,
    "absences": _Case.absences,
    "promotion": _Case.promotion,
    "retest_subjects": _Case.retest_subjects,
    "to_reassess": _Case.to_reassess,
    "test_total": _Case.test_total,
    "counting_score": _Case.counting_score,
    "subject_level": _Case.subject_level,
    "year_end_level": _Case.year_end,
    "level_doubts": _Case.level_doubts,
    "completion": _Case.completion,
    "seed_correction": _Case.correction,
    "zscore": _Case.zscore,
    "classify": _Case.category,
    "age_group": _Case.category,
    "class_group": _Case.category,
    "measure_due": _Case.category,
    "health_check": _Case.health_check,
    "stage_end": _Case.stage_end,
    "wfh_measure": _Case.measure,
    "bmi": _Case.bmi,
    "can_sign": _Case.signing,
}


def _known_name(code):
    if code in TRAITS:
        return TRAITS[code].name
    return subject_names().get(code)


def _period(period):
    return f" (bài kiểm tra {period})" if period else ""


def _dates(sentence):
    return _DATE.sub(r"\3/\2/\1", sentence)


def _citation(article):
    """ "TT 22/2021 Điều 9.1.b" as the law is cited: "điểm b khoản 1 Điều 9 Thông tư 22/2021/…"."""
    return "; ".join(_cite(part) for part in article.split("; "))


def _cite(article):
    if article in _WORDS.sources:
        return _WORDS.sources[article]
    match = _CITED.fullmatch(article)
    if not match:
        return article
    kind, number, places = match.groups()
    cited = ", ".join(_place(place) for place in places.split(", "))
    return f"{cited} {_WORDS.texts[kind].format(number)}"


def _place(place):
    """ "9.1.b" -> "điểm b khoản 1 Điều 9"."""
    article, *deeper = place.split(".")
    names = [f"{word} {part}" for word, part in zip(("khoản", "điểm"), deeper, strict=False)]
    return " ".join([*reversed(names), f"Điều {article}"])
