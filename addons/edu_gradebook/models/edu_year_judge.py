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
NO_RESULT = (None, False)  # of a subject in a semester: its value, and whether it is left out
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

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
        subject_rows, pupil_rows, rules, known = [], [], {}, {}
        for review in reviews:
            module = self._edu_module(review)
            asked = rules.setdefault(module, _Rules(module))
            subjects = list(taught.get(review.class_id.id, {}).values())
            places = [
                (subject, known.setdefault(subject.kind(module), {}), subject.columns)
                for subject in subjects
            ]
            for line in lines_by_review[review]:
                key = {"review_id": review.id, "enrollment_id": line}
                results = [
                    self._edu_year_subject(asked, subject, values, line, of_kind)
                    for subject, of_kind, _columns in places
                ]
                given = entered.get((review.id, line), {})
                halves = [conduct.get((line, period)) for period in SEMESTERS]
                pupil, due = self._edu_year_pupil(asked, subjects, results, halves, given)
                pupil_rows.append({**pupil, **key})
                subject_rows += [
                    {**result, **columns, **key, "due": subject.code in due}
                    for (subject, _kind, columns), result in zip(places, results, strict=True)
                ]
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
    def _edu_year_subject(self, rules, subject, values, line, known):
        """The result of one pupil's subject; ``known`` keeps what equal semesters gave before."""
        semesters = (
            values.get((line, subject.id, SEMESTERS[0]), NO_RESULT),
            values.get((line, subject.id, SEMESTERS[1]), NO_RESULT),
        )
        result = known.get(semesters)
        if result is None:
            result = known[semesters] = self._edu_year_value(rules, subject, semesters)
        return result

    @api.model
    def _edu_year_value(self, rules, subject, semesters):
        """What follows from ``(value, left out)`` of both semesters."""
        found = dict(zip(SEMESTERS, semesters, strict=True))
        hk1, hk2 = (found[period][0] if period in subject.periods else None for period in SEMESTERS)
        counted = [period for period in subject.periods if not found[period][1]]
        only = counted[0] if len(counted) == 1 else None
        left_out = not counted
        value, traces = None, []
        if not left_out:
            rule = "comment_year" if subject.assess == "comment" else "year_average"
            value, *traces = rules.tell(rule, hk1=hk1, hk2=hk2, only=only)
        columns = {"assess": subject.assess, "left_out": left_out, "hk1": hk1, "hk2": hk2}
        return {**columns, "value": value, **rules.evidence({**columns, "only": only}, *traces)}

    @api.model
    def _edu_year_pupil(self, rules, subjects, results, halves, given):
        """The row of one pupil, and the codes of the subjects to be re-assessed.

        :param results: those of the ``subjects``
        :param halves: conduct of both semesters
        :param dict given: what was entered, see :meth:`_edu_judge`
        """
        scores, comments = _by_assess(
            (subject.code, result) for subject, result in zip(subjects, results, strict=True)
        )
        absent = _sessions(given.get("absent"))
        conduct, of_conduct = rules.ask("conduct_year", hk1=halves[0], hk2=halves[1])
        study, of_study = rules.tell("study_level", scores=scores, comments=comments)
        traces, level, due = [of_conduct, of_study], study.final, ()
        if level == "CHUA_DAT":
            due, trace = rules.tell(
                "retest_subjects", conduct=conduct, scores=scores, comments=comments
            )
            traces.append(trace)
        outcome, of_outcome = rules.ask("promotion", conduct=conduct, study=level, absent=absent)
        title, of_title = rules.tell(
            "title", scope="year", conduct=conduct, study=level, scores=scores
        )
        inputs = {"scores": scores, "comments": comments, "conduct": halves, "absent": absent}
        if "absences" in given:  # counted from the attendance, not typed
            traces.append(trace_of(given["absences"]))
            inputs["missed"] = given["absences"].trace.inputs
        traces += [of_outcome, of_title]
        adjusted = [subject.id for subject in subjects if subject.code == study.subject]
        return {
            "conduct_hk1": halves[0],
            "conduct_hk2": halves[1],
            "conduct": conduct,
            "study_base": study.base,
            "study_final": level,
            "adjusted_subject_id": adjusted[0] if adjusted else None,
            "study_after": None,
            "outcome": outcome,
            "title": title,
            **rules.evidence(inputs, *traces),
        }, due or ()

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
            rules = _Rules(self._edu_module(review))
            for line in lines_by_review[review]:
                if line not in years:
                    continue
                rows = subjects.get(line, [])
                given = entered.get((review.id, line), {})
                key = {"review_id": review.id, "enrollment_id": line}
                pupil_rows.append(
                    {**self._edu_summer_pupil(rules, years[line], rows, given), **key}
                )
                subject_rows += [
                    {
                        **row,
                        **key,
                        "left_out": False,
                        "hk1": None,
                        "hk2": None,
                        **rules.evidence({"before": row["value"]}),
                    }
                    for row in rows
                    if row["due"]
                ]
        return subject_rows, pupil_rows

    @api.model
    def _edu_summer_pupil(self, rules, year, rows, given):
        """The row of one pupil after summer training and re-assessment.

        :param year: conduct, study before and after adjustment, subject, absences of the year
        """
        conduct, base, level, adjusted, absent = year
        scores, comments = _by_assess((row["code"], row) for row in rows)
        retests = given.get("retests", {})
        tokens = {row["code"]: retests.get(row["subject_id"]) for row in rows if row["due"]}
        taken = {code: token for code, token in tokens.items() if token != ABSENT_FROM_RETEST}
        after, traces = None, []
        if level == "CHUA_DAT" and tokens and None not in tokens.values():
            after = level
            if taken:
                retested, trace = rules.tell(
                    "retest_level", scores=scores, comments=comments, retest=taken
                )
                after = retested.final
                traces.append(trace)
        outcome, trace = rules.tell(
            "promotion",
            conduct=conduct,
            study=level,
            absent=_sessions(absent),
            conduct_after=given.get("conduct_after"),
            study_after=after,
        )
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
            "outcome": outcome,
            "title": None,
            **rules.evidence(inputs, *traces, trace),
        }


def trace_of(result):
    """The trace of a rule's result as it is stored."""
    return ENCODE(result.as_dict())


def evidence(module, inputs, traces):
    """Hash of the inputs, version of the rules and the traces of the results."""
    text = canonical_json({"rules": module.VERSION, **inputs})
    return {
        "input_hash": hashlib.sha256(text.encode()).hexdigest(),
        "rule_version": module.VERSION,
        "trace": f"[{','.join(traces)}]",
    }


class _Subject:
    """A subject of a class: how it is assessed, its last sheet, and in which semesters."""

    def __init__(self, subject_id, code):
        self.id = subject_id
        self.code = code
        self.assess = self.sheet_id = None
        self.periods = []

    def kind(self, module):
        """What subjects have in common whose equal semesters give equal results."""
        return module.VERSION, self.assess, *self.periods

    @property
    def columns(self):
        return {"subject_id": self.id, "gradesheet_id": self.sheet_id}


class _Rules:
    """A circular's rules, with what they answer as it is stored."""

    def __init__(self, module):
        self.module, self.known = module, {}

    def tell(self, rule, **inputs):
        """``(value, trace as JSON)`` of a rule."""
        result = getattr(self.module, rule)(**inputs)
        return result.value, trace_of(result)

    def ask(self, rule, **inputs):
        """As :meth:`tell`, for levels and numbers: the same question is asked once."""
        question = (rule, *inputs.values())
        if question not in self.known:
            self.known[question] = self.tell(rule, **inputs)
        return self.known[question]

    def evidence(self, inputs, *traces):
        """Hash of the inputs, version of the rules and the traces of the results."""
        return evidence(self.module, inputs, traces)


def _by_assess(results):
    """``({code: average}, {code: comment result})`` of the subjects that the pupil takes.

    :param results: ``(code, row)`` of each subject
    """
    given = {"score": {}, "comment": {}}
    for code, row in results:
        if not row.get("left_out"):
            given[row["assess"]][code] = row["value"]
    return given["score"], given["comment"]


def _sessions(absent):
    return int(absent) if absent else None
