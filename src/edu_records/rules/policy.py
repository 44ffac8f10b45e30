"""Open questions of the circulars, each a named setting with the choice that is taken.

The functions of :mod:`edu_records.rules` take a setting as the keyword of its name, with the same
default, and record the choice in the trace. A school, or a later circular, that decides otherwise
passes another choice; no rule is rewritten.
"""

from dataclasses import dataclass
from typing import Any

__all__ = ["SETTINGS", "Setting", "check_choice"]


@dataclass(frozen=True)
class Setting:
    """One open question.

    :param str name: the keyword
    :param tuple choices: what may be chosen, the default first
    :param str question: what the text leaves open
    :param tuple rules: the functions that take it, ``tt22.study_level``
    """

    name: str
    choices: tuple
    question: str
    rules: tuple

    @property
    def default(self) -> Any:
        """What is chosen unless somebody says otherwise."""
        return self.choices[0]


_STUDY = ("tt22.study_level", "tt43.study_level")
_AVERAGES = ("tt22.semester_average", "tt22.year_average")

_ALL = (
    # TT 22/2021 and TT 43/2021
    Setting(
        "adjust_mode",
        ("neutralise", "substitute"),
        "Điều 9.3, because of one subject only: is it left out, or 10.0 (Đ) put in its place?",
        _STUDY,
    ),
    Setting(
        "adjust_comment_subjects",
        (True, False),
        "Điều 9.3: may the one subject be one that is assessed by comments?",
        _STUDY,
    ),
    Setting(
        "adjust_least",
        ("lowered", "kept"),
        "Left out of a list that is only just long enough: is the number of subjects that have to"
        " reach the mark lowered to those that are left?",
        _STUDY,
    ),
    Setting(
        "lower_least",
        (False, True),
        "A pupil with fewer scored subjects than the number that has to reach a mark (exempt,"
        " individual plan): is that number lowered?",
        (*_STUDY, "tt22.title", "tt43.title"),
    ),
    Setting(
        "count_electives",
        (True, False),
        "Does a foreign language 2 or an ethnic language that the pupil takes count?",
        (*_STUDY, "tt22.title", "tt43.title"),
    ),
    Setting(
        "count_activities",
        (False, True),
        "GDTX: do activities such as HĐTN-HN count as comment subjects?",
        _STUDY,
    ),
    Setting(
        "both_failed",
        ("retained", "train_first"),
        "Conduct and study both Chưa đạt: retained, or summer training before re-assessment?",
        ("tt22.promotion", "tt43.promotion"),
    ),
    Setting(
        "retest_choice",
        ("some", "all"),
        "May the pupil be re-assessed in some of the subjects that are due?",
        ("tt22.retest_level", "tt43.retest_level"),
    ),
    Setting(
        "retest_worse",
        ("replace", "keep_better"),
        "A re-assessment that is worse than the result before",
        ("tt22.retest_level", "tt43.retest_level"),
    ),
    Setting(
        "zero_regular",
        (True, False),
        "Is a regular assessment that was not made up recorded as 0 (CĐ), as periodic ones are?",
        ("tt22.missing_assessment", "tt43.missing_assessment"),
    ),
    Setting(
        "topic_mark",
        ("extra", "inside"),
        "Is the mark of a topic cluster one more regular mark, or one of those due?",
        ("tt22.semester_average", "tt22.regular_count"),
    ),
    Setting(
        "topic_semester",
        ("HK2", "HK1"),
        "In which semester is the mark of a topic cluster recorded?",
        ("tt22.regular_count",),
    ),
    Setting(
        "rounding",
        ("half_up", "half_even"),
        "How is a tie rounded?",
        (*_AVERAGES, "tt27.test_total", "tt58.overall_average"),
    ),
    Setting(
        "arrival",
        ("import", "hk2_only"),
        "A pupil without results of semester 1: wait for the old school's, or take semester 2?",
        ("tt22.year_average", "tt22.conduct_year"),
    ),
    Setting(
        "absence_unit",
        ("day", "session"),
        "A whole day missed in a school with two sessions a day: one absence, or two?",
        ("tt22.absences",),
    ),
    # TT 27/2020
    Setting(
        "whole_year",
        (False, True),
        "Do earlier levels count for Hoàn thành xuất sắc and Hoàn thành tốt?",
        ("tt27.year_end_level",),
    ),
    Setting(
        "count_elective_levels",
        (False, True),
        "Do elective subjects count at the end of the year?",
        ("tt27.year_end_level",),
    ),
    Setting(
        "exclude_exempt",
        (True, False),
        "Does a subject drop out for a pupil whom the principal exempted?",
        ("tt27.year_end_level",),
    ),
    Setting(
        "parts",
        ("lower", "higher"),
        "Which part decides the level of a subject in two parts?",
        ("tt27.subject_level",),
    ),
    Setting(
        "retest_counts",
        ("last", "higher"),
        "Which of two tests counts?",
        ("tt27.counting_score",),
    ),
    Setting(
        "promote_grade_5",
        (True, False),
        "May the principal promote a pupil of grade 5 who did not complete it?",
        ("tt27.completion",),
    ),
    # preschool
    Setting(
        "class_by",
        ("birth_year", "months"),
        "Does the year of birth or the age decide a child's class?",
        ("preschool.class_group",),
    ),
    Setting(
        "boundary",
        ("lms", "sd_table"),
        "At a cut-off: the calculated z, or the rounded lines of the printed chart?",
        ("growth.classify",),
    ),
    Setting(
        "round_z",
        (True, False),
        "Is z rounded half up to 0.01 before it is compared?",
        ("growth.classify",),
    ),
)

SETTINGS = {setting.name: setting for setting in _ALL}
"""All settings by name."""


def check_choice(**chosen):
    """Refuse what is no choice of a setting.

    :raises ValueError: naming the setting and its choices
    """
    for name, value in chosen.items():
        choices = SETTINGS[name].choices
        if type(value) is not type(choices[0]) or value not in choices:
            listed = ", ".join(map(str, choices))
            raise ValueError(f"{name}: {value!r} is none of {listed}")
