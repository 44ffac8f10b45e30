import hashlib
import json

from odoo import api, models

from edu_records.canonical import canonical_json

from .edu_mark_column import SUMMER
from .edu_subject_result import LEFT_OUT

SEMESTERS = ("HK1", "HK2")
# what the results of the other levels of education have
NO_SUBJECT = dict.fromkeys(("hk1", "hk2", "score"))
NO_PUPIL = dict.fromkeys(
    ("conduct_hk1", "conduct_hk2", "conduct", "study_base", "study_final", "adjusted_subject_id")
    + ("study_after", "year_level", "level_after")
)
YEAR = "CN"  # with SUMMER the stages of a review: codes of the period tree of the regulations
ABSENT_FROM_RETEST = "V"

SHEETS = """
    SELECT book.class_id, sheet.subject_id, subject.code, sheet.assess, sheet.id, period.code
    FROM edu_gradesheet sheet
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    JOIN edu_subject subject ON subject.id = sheet.subject_id
    WHERE book.class_id = ANY(%(classes)s) AND period.code = ANY(%(semesters)s)
    ORDER BY book.class_id, period.sequence, sheet.sequence, sheet.id
"""
# all rows of the year's pupils: a result that was reached in another class counts too
SUBJECT_RESULTS = """
    SELECT line.id, sheet.subject_id, period.code, result.value,
        result.value IS NULL AND (bool_and(mark.kind = ANY(%(left_out)s)) IS TRUE OR EXISTS (
            SELECT 1 FROM edu_subject_choice choice WHERE choice.enrollment_id = place.id
                AND choice.subject_id = sheet.subject_id AND NOT choice.taken))
    FROM edu_enrollment line
    JOIN edu_enrollment place
        ON place.student_id = line.student_id AND place.school_year_id = line.school_year_id
    JOIN edu_subject_result result ON result.enrollment_id = place.id
    JOIN edu_gradesheet sheet ON sheet.id = result.gradesheet_id
    JOIN edu_period period ON period.id = sheet.period_id
    LEFT JOIN edu_mark mark ON result.value IS NULL
        AND mark.gradesheet_id = result.gradesheet_id AND mark.enrollment_id = place.id
    WHERE line.id = ANY(%(lines)s) AND period.code = ANY(%(semesters)s)
    GROUP BY line.id, sheet.subject_id, period.code, result.id, place.id
    ORDER BY result.value IS NOT NULL, place.id = line.id
"""
CONDUCT = """
    SELECT line.id, period.code, result.conduct
    FROM edu_enrollment line
    JOIN edu_enrollment place
        ON place.student_id = line.student_id AND place.school_year_id = line.school_year_id
    JOIN edu_period_result result ON result.enrollment_id = place.id
    JOIN edu_gradebook_period book ON book.id = result.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    WHERE line.id = ANY(%(lines)s) AND period.code = ANY(%(semesters)s)
        AND result.conduct IS NOT NULL
    ORDER BY place.id = line.id
"""
# what the approved review of the year says of the pupils of a review after summer
YEAR_RESULTS = """
    SELECT result.enrollment_id, result.conduct, result.study_base, result.study_final,
        result.adjusted_subject_id, result.absent
    FROM edu_year_result result JOIN edu_year_review review ON review.id = result.review_id
    JOIN edu_period period ON period.id = review.period_id
    WHERE result.enrollment_id = ANY(%(lines)s) AND period.code = %(year)s
        AND review.state IN ('approved', 'signed')
"""
YEAR_SUBJECTS = """
    SELECT result.enrollment_id, result.subject_id, subject.code, result.gradesheet_id,
        result.assess, result.value, result.due
    FROM edu_year_subject result JOIN edu_year_review review ON review.id = result.review_id
    JOIN edu_period period ON period.id = review.period_id
    JOIN edu_subject subject ON subject.id = result.subject_id
    WHERE result.enrollment_id = ANY(%(lines)s) AND period.code = %(year)s
        AND review.state IN ('approved', 'signed') AND NOT result.left_out
    ORDER BY result.id
"""


class EduYearJudge(models.AbstractModel):
    """Makes the results of a year out of those of its semesters: read once, pure functions.

    It knows which inputs belong to whom; every rule is the library's.
    """

    _name = "edu.year.judge"
    _description = "Judge of a Year's Results"

    @api.model
    def _edu_judge(self, reviews, lines_by_review, entered):
        """Results of ``reviews`` as their inputs stand; the number of queries does not depend on
        classes or pupils.

        :param dict lines_by_review: ``{review: [enrolment id]}``
        :param dict entered: ``{(review id, enrolment id): {"absent", "conduct_after",
            "retests": {subject id: token}, "absences": how they were counted, if they were}}``
        :return: ``(subject rows, pupil rows)``, dicts with the columns of ``edu.year.subject`` and
            ``edu.year.result``
        """
        primary = reviews.filtered("is_primary")
        subject_rows, pupil_rows = self.env["edu.year.judge.primary"]._edu_judge(
            primary, lines_by_review, entered
        )
        by_stage = (reviews - primary).grouped(lambda review: review.period_id.code)
        for stage, judge in ((YEAR, self._edu_judge_years), (SUMMER, self._edu_judge_summers)):
            if stage in by_stage:
                subjects, pupils = judge(by_stage[stage], lines_by_review, entered)
                subject_rows += subjects
                pupil_rows += pupils
        return (
            [{**NO_SUBJECT, **row} for row in subject_rows],
            [{**NO_PUPIL, **row} for row in pupil_rows],
        )

    @api.model
    def _edu_query(self, query, **values):
        self.env.cr.execute(query, {"semesters": list(SEMESTERS), "year": YEAR, **values})
        return self.env.cr.fetchall()

    @api.model
    def _edu_module(self, review):
        return self.env["edu.subject.result"]._edu_rules(review.class_id.regulation_id)

    # -- the year --------------------------------------------------------------------------------

    @api.model
    def _edu_judge_years(self, reviews, lines_by_review, entered):
        lines = [line for review in reviews for line in lines_by_review[review]]
        taught = self._edu_taught(reviews.class_id)
        values = {
            (line, subject, period): (value, left_out)
            for line, subject, period, value, left_out in self._edu_query(
                SUBJECT_RESULTS, lines=lines, left_out=list(LEFT_OUT)
            )
        }
        conduct = {
            (line, period): level for line, period, level in self._edu_query(CONDUCT, lines=lines)
        }
        subject_rows, pupil_rows, known = [], [], {}
        for review in reviews:
            module = self._edu_module(review)
            subjects = taught.get(review.class_id.id, {})
            ids = {subject.code: subject_id for subject_id, subject in subjects.items()}
            for line in lines_by_review[review]:
                rows = [
                    self._edu_year_subject(module, subject, values, line, known)
                    for subject in subjects.values()
                ]
                given = entered.get((review.id, line), {})
                halves = [conduct.get((line, period)) for period in SEMESTERS]
                pupil, due = self._edu_year_pupil(module, rows, halves, given, ids)
                key = {"review_id": review.id, "enrollment_id": line}
                pupil_rows.append({**pupil, **key})
                subject_rows += [{**row, "due": row["code"] in due, **key} for row in rows]
        return subject_rows, pupil_rows

    @api.model
    def _edu_taught(self, classes):
        """``{class id: {subject id: _Subject}}`` in the order of the books."""
        taught = {}
        for class_id, subject_id, code, assess, sheet_id, period in self._edu_query(
            SHEETS, classes=classes.ids
        ):
            subjects = taught.setdefault(class_id, {})
            subject = subjects.setdefault(subject_id, _Subject(subject_id, code))
            subject.assess, subject.sheet_id = assess, sheet_id
            subject.periods.append(period)
        return taught

    @api.model
    def _edu_year_subject(self, module, subject, values, line, known):
        """The row of one pupil's subject; ``known`` keeps what equal inputs gave before."""
        found = {
            period: values.get((line, subject.id, period), (None, False))
            for period in subject.periods
        }
        counted = [period for period, (_value, left_out) in found.items() if not left_out]
        halves = tuple(found.get(period, (None, False))[0] for period in SEMESTERS)
        only = counted[0] if len(counted) == 1 else None
        left_out = not counted or (subject.assess == "comment" and counted == ["HK1"])
        key = (module.VERSION, subject.assess, halves, only, left_out)
        if key not in known:
            known[key] = self._edu_year_value(module, *key[1:])
        return {
            **known[key],
            "subject_id": subject.id,
            "code": subject.code,
            "gradesheet_id": subject.sheet_id,
            "assess": subject.assess,
            "left_out": left_out,
        }

    @api.model
    def _edu_year_value(self, module, assess, halves, only, left_out):
        hk1, hk2 = halves
        columns = {"hk1": hk1, "hk2": hk2}
        if left_out:
            result, value = None, None
        elif assess == "comment":
            result = module.comment_year(hk1=hk1, hk2=hk2)
            value = result.value
        else:
            result = module.year_average(hk1=hk1, hk2=hk2, only=only)
            value = result.value
        inputs = {"assess": assess, "only": only, "left_out": left_out, **columns}
        return {**columns, "value": value, **evidence(module, inputs, [result] if result else [])}

    @api.model
    def _edu_year_pupil(self, module, rows, halves, given, ids):
        """The row of one pupil, and the codes of the subjects to be re-assessed.

        :param halves: conduct of both semesters
        :param dict given: what was entered, see :meth:`_edu_judge`
        :param dict ids: ``{subject code: id}``
        """
        scores, comments = _by_assess(rows)
        absent = _sessions(given.get("absent"))
        conduct = module.conduct_year(hk1=halves[0], hk2=halves[1])
        study = module.study_level(scores=scores, comments=comments)
        level = study.value.final
        results = [conduct, study]
        due = ()
        if level == "CHUA_DAT":
            retest = module.retest_subjects(conduct=conduct.value, scores=scores, comments=comments)
            results.append(retest)
            due = retest.value or ()
        outcome = module.promotion(conduct=conduct.value, study=level, absent=absent)
        title = module.title(scope="year", conduct=conduct.value, study=level, scores=scores)
        inputs = {"scores": scores, "comments": comments, "conduct": halves, "absent": absent}
        if "absences" in given:  # counted from the attendance, not typed
            results.append(given["absences"])
            inputs["missed"] = given["absences"].trace.inputs
        results += [outcome, title]
        return {
            "conduct_hk1": halves[0],
            "conduct_hk2": halves[1],
            "conduct": conduct.value,
            "study_base": study.value.base,
            "study_final": level,
            "adjusted_subject_id": ids.get(study.value.subject),
            "study_after": None,
            "outcome": outcome.value,
            "title": title.value,
            **evidence(module, inputs, results),
        }, due

    # -- after summer ----------------------------------------------------------------------------

    @api.model
    def _edu_judge_summers(self, reviews, lines_by_review, entered):
        lines = [line for review in reviews for line in lines_by_review[review]]
        years = {row[0]: row[1:] for row in self._edu_query(YEAR_RESULTS, lines=lines)}
        subjects = {}
        for line, subject_id, code, sheet, assess, value, due in self._edu_query(
            YEAR_SUBJECTS, lines=lines
        ):
            row = {"subject_id": subject_id, "code": code, "gradesheet_id": sheet}
            row |= {"assess": assess, "value": value, "due": due}
            subjects.setdefault(line, []).append(row)
        subject_rows, pupil_rows = [], []
        for review in reviews:
            module = self._edu_module(review)
            for line in lines_by_review[review]:
                if line not in years:
                    continue
                rows = subjects.get(line, [])
                given = entered.get((review.id, line), {})
                key = {"review_id": review.id, "enrollment_id": line}
                pupil_rows.append(
                    {**self._edu_summer_pupil(module, years[line], rows, given), **key}
                )
                subject_rows += [
                    {
                        **row,
                        **key,
                        "left_out": False,
                        "hk1": None,
                        "hk2": None,
                        **evidence(module, {"before": row["value"]}, []),
                    }
                    for row in rows
                    if row["due"]
                ]
        return subject_rows, pupil_rows

    @api.model
    def _edu_summer_pupil(self, module, year, rows, given):
        """The row of one pupil after summer training and re-assessment.

        :param year: conduct, study before and after adjustment, subject, absences of the year
        """
        conduct, base, level, adjusted, absent = year
        scores, comments = _by_assess(rows)
        retests = given.get("retests", {})
        tokens = {row["code"]: retests.get(row["subject_id"]) for row in rows if row["due"]}
        taken = {code: token for code, token in tokens.items() if token != ABSENT_FROM_RETEST}
        after, results = None, []
        if level == "CHUA_DAT" and tokens and None not in tokens.values():
            after = level
            if taken:
                result = module.retest_level(scores=scores, comments=comments, retest=taken)
                after = result.value.final
                results.append(result)
        outcome = module.promotion(
            conduct=conduct,
            study=level,
            absent=_sessions(absent),
            conduct_after=given.get("conduct_after"),
            study_after=after,
        )
        results.append(outcome)
        inputs = {
            "scores": scores,
            "comments": comments,
            "conduct": [conduct, given.get("conduct_after")],
            "absent": absent,
            "retests": tokens,
        }
        return {
            "conduct_hk1": None,
            "conduct_hk2": None,
            "conduct": conduct,
            "study_base": base,
            "study_final": level,
            "adjusted_subject_id": adjusted,
            "study_after": after,
            "outcome": outcome.value,
            "title": None,
            **evidence(module, inputs, results),
        }


class _Subject:
    """A subject of a class: how it is assessed, its last sheet, and in which semesters."""

    def __init__(self, subject_id, code):
        self.id = subject_id
        self.code = code
        self.assess = self.sheet_id = None
        self.periods = []


def _by_assess(rows):
    """``({code: average}, {code: comment result})`` of the subjects that the pupil takes."""
    given = {"score": {}, "comment": {}}
    for row in rows:
        if not row.get("left_out"):
            given[row["assess"]][row["code"]] = row["value"]
    return given["score"], given["comment"]


def _sessions(absent):
    return int(absent) if absent else None


def evidence(module, inputs, results):
    """Hash of the inputs, version of the rules and the traces of the results."""
    text = canonical_json({"rules": module.VERSION, **inputs})
    traces = [result.as_dict() for result in results]
    return {
        "input_hash": hashlib.sha256(text.encode()).hexdigest(),
        "rule_version": module.VERSION,
        "trace": json.dumps(traces, ensure_ascii=False, separators=(",", ":")),
    }
