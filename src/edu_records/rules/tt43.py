"""TT 43/2021/TT-BGDĐT: assessment of learners in continuing education (GDTX).

The functions are those of :mod:`~edu_records.rules.tt22`. What differs: five subjects instead of
six have to reach a mark, learners' titles, and no specialised subjects. There is no comment-only
group; the comment functions are for centres that assess activities so, outside the circular.
"""

from .circular import Circular

VERSION = "tt43-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

_CIRCULAR = Circular(
    citation="TT 43/2021",
    version=VERSION,
    least=5,
    articles={
        "average": "Điều 9",
        "comment": "Điều 9",
        "missing": "Điều 7",
        "conduct": "Điều 8",
        "study": "Điều 9.2, 9.3",
        "promotion": "Điều 11, 12, 13",
        "retest": "Điều 13",
        "title": "Điều 14",
    },
    title_codes=("HV_XUAT_SAC", "HV_GIOI"),
    specialised_subjects=False,
)

semester_average = _CIRCULAR.semester_average
year_average = _CIRCULAR.year_average
comment_semester = _CIRCULAR.comment_semester
comment_year = _CIRCULAR.comment_year
conduct_year = _CIRCULAR.conduct_year
missing_assessment = _CIRCULAR.missing_assessment
regular_count = _CIRCULAR.regular_count
exam_minutes = _CIRCULAR.exam_minutes
study_level = _CIRCULAR.study_level
title = _CIRCULAR.title
absences = _CIRCULAR.absences
promotion = _CIRCULAR.promotion
retest_subjects = _CIRCULAR.retest_subjects
retest_level = _CIRCULAR.retest_level
