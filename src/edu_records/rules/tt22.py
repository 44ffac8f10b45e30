"""TT 22/2021/TT-BGDĐT: assessment of pupils in lower and upper secondary schools.

Every function takes keywords and answers a :class:`~.result.Result` (value and trace);
``regular_count`` and ``exam_minutes``, which say nothing about a pupil, answer plain numbers.
See :class:`~.circular.Circular` for what the functions do.
"""

from .circular import Circular

VERSION = "tt22-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

_CIRCULAR = Circular(
    citation="TT 22/2021",
    version=VERSION,
    least=6,
    articles={
        "average": "Điều 9.1.b",
        "comment": "Điều 9.1.a",
        "missing": "Điều 7",
        "conduct": "Điều 8.2.b",
        "study": "Điều 9.2, 9.3",
        "promotion": "Điều 12, 13, 14",
        "retest": "Điều 14",
        "title": "Điều 15.1.a",
    },
    title_codes=("HS_XUAT_SAC", "HS_GIOI"),
    specialised_subjects=True,
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
