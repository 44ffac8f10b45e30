import hashlib

from odoo import api, models

from edu_records.canonical import canonical_json

from .edu_year_judge import SUMMER, YEAR

SHOWN_WEEKS = 8


class EduConfirmationFacts(models.AbstractModel):
    """What a homeroom teacher sees and confirms of each part, as the inputs stand now.

    Nothing of it is stored: results are judged anew, so that a changed mark makes the confirmation
    of the results stale at once. The number of queries does not depend on pupils.
    """

    _name = "edu.confirmation.facts"
    _description = "Facts of a Confirmation"

    def _edu_confirmation_facts(self):
        """``{item: facts}`` of the parts that the stage has, facts being JSON of texts; a hook.

        An addon that knows more of a part (attendance day by day) replaces its facts here, and
        says in ``_edu_confirmation_gaps`` what has to be complete.
        """
        self.ensure_one()
        code = self.period_id.code
        record = self._edu_record()
        if code in (YEAR, SUMMER):
            facts = self._edu_year_facts(record) if record else {"results": [], "promotion": []}
        else:
            facts = {"results": self._edu_period_facts(record) if record else []}
        if code != SUMMER:
            facts["remarks"] = self._edu_remark_facts()
        return facts

    @api.model
    def _edu_digest(self, facts):
        return hashlib.sha256(canonical_json(facts).encode()).hexdigest()

    # -- results ---------------------------------------------------------------------------------

    @api.model
    def _edu_texts(self, *values):
        """Values as the facts have them: texts, "" for none."""
        return [str(value or "") for value in values]

    def _edu_period_facts(self, book):
        """Per pupil: number of the enrolment, conduct, study, then the subjects' results."""
        subject_rows, level_rows = book._edu_expected_results()
        conduct = self.env["edu.period.result"]._edu_conduct(book)
        sheets = {sheet.id: sheet.subject_id.code for sheet in book._edu_sheets()}
        subjects = {}
        for row in subject_rows:
            pair = self._edu_texts(sheets[row["gradesheet_id"]], row["value"])
            subjects.setdefault(row["enrollment_id"], []).append(pair)
        levels = {row["enrollment_id"]: row["study_final"] for row in level_rows}
        return [
            [
                *self._edu_texts(line, conduct.get(line), levels.get(line)),
                sorted(subjects.get(line, [])),
            ]
            for line in book._edu_due_lines().ids
        ]

    def _edu_year_facts(self, review):
        """Attendance, results and promotion of the year, or results and promotion after summer."""
        subject_rows, pupil_rows = review._edu_expected()
        entered = self._edu_entered(review)
        subjects = {}
        codes = self.env["edu.subject"].browse({row["subject_id"] for row in subject_rows})
        codes = dict(zip(codes.ids, codes.mapped("code"), strict=True))
        retests = {
            (row.enrollment_id.id, row.subject_id.id): row.retest for row in review.subject_ids
        }
        for row in subject_rows:
            line, subject = row["enrollment_id"], row["subject_id"]
            triple = self._edu_texts(codes[subject], row["value"], retests.get((line, subject)))
            subjects.setdefault(line, []).append(triple)
        results, promotion, attendance = [], [], []
        for row in pupil_rows:
            line = row["enrollment_id"]
            given = entered.get(line, {})
            levels = (row["conduct"], row["study_final"], row["study_after"])
            after = given.get("conduct_after")
            texts = self._edu_texts(line, *levels, after)
            results.append([*texts, sorted(subjects.get(line, []))])
            names = ("proposal", "note", "award")
            decided = [given.get(name) for name in names]
            promotion.append(self._edu_texts(line, row["outcome"], row["title"], *decided))
            attendance.append(self._edu_texts(line, given.get("absent")))
        facts = {"results": results, "promotion": promotion}
        if review.period_id.code == YEAR:
            facts["attendance"] = attendance
        return facts

    @api.model
    def _edu_entered(self, review):
        """``{enrolment id: {column: value}}`` of what people entered for the review."""
        names = ("absent", "conduct_after", "proposal", "note", "award")
        self.env.cr.execute(
            "SELECT enrollment_id, absent, conduct_after, proposal, note, award"
            " FROM edu_year_result WHERE review_id = %s",
            [review.id],
        )
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in self.env.cr.fetchall()}

    # -- remarks ---------------------------------------------------------------------------------

    def _edu_weeks(self):
        """The weeks of the stage that have begun: of the semester, or all of the year's."""
        school_class = self.class_id
        weeks = self.env["edu.school.week"]._edu_of(school_class.school_year_id).sudo()
        weeks = weeks._edu_begun(school_class.company_id._edu_today())
        if self.period_id.code == YEAR:
            return weeks
        books, record = self._edu_books(weeks), self._edu_record()
        return weeks.filtered(lambda week: books[week.id] == record)

    def _edu_books(self, weeks):
        """``{week id: period of the class's book}``, with one query."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT week, edu_week_book(%s, week) FROM unnest(%s::int[]) AS week",
            [self.class_id.id, weeks.ids],
        )
        Book = self.env["edu.gradebook.period"].sudo()
        return {week: Book.browse(book or []) for week, book in self.env.cr.fetchall()}

    def _edu_remark_facts(self):
        """The homeroom teacher's remarks: week, pupil, version and digest of the text."""
        remarks = (
            self.env["edu.remark"]
            .sudo()
            .search(
                [
                    ("class_id", "=", self.class_id.id),
                    ("subject_id", "=", False),
                    ("week_id", "in", self._edu_weeks().ids),
                ],
                order="week_id, enrollment_id, id",
            )
        )
        return [
            self._edu_texts(
                remark.week_id.id, remark.enrollment_id.id, remark.version, remark.text_digest
            )
            for remark in remarks
        ]

    # -- what is missing -------------------------------------------------------------------------

    def _edu_confirmation_gaps(self, facts):
        """``{item: [messages]}`` of what has to be there before a part is confirmed; a hook."""
        gaps = {}
        counts = {
            "attendance": (
                self.env._("Sessions absent of %s pupils are not entered."),
                lambda row: not row[1],
            ),
            "results": (
                self.env._("Conduct or study of %s pupils has no result yet."),
                lambda row: not row[1] or not row[2],
            ),
            "promotion": (
                self.env._("For %s pupils neither the rules nor you say what follows."),
                lambda row: not row[1] and not row[3],
            ),
        }
        for item, (message, lacks) in counts.items():
            missing = sum(map(lacks, facts.get(item, [])))
            if missing:
                gaps[item] = [message % missing]
        for item in ("results", "promotion"):
            if item in facts and not facts[item] and self.period_id.code != SUMMER:
                gaps[item] = [self.env._("There are no pupils, or no results yet.")]
        weeks = self._edu_missing_weeks(facts)
        if weeks:
            gaps["remarks"] = [self.env._("Weeks without a remark: %s.", self._edu_listed(weeks))]
        return gaps

    def _edu_missing_weeks(self, facts, writable=True):
        """Weeks that are over without a remark about the class; those alone that can be written."""
        if "remarks" not in facts:
            return self.env["edu.school.week"]
        today = self.class_id.company_id._edu_today()
        written = {int(row[0]) for row in facts["remarks"] if row[3] and not row[1]}
        weeks = self._edu_weeks().filtered(
            lambda week: week.id not in written and week.date_end < today
        )
        if not writable:
            return weeks
        books = self._edu_books(weeks)
        return weeks.filtered(
            lambda week: not books[week.id] or books[week.id]._edu_effective_state() == "draft"
        )

    @api.model
    def _edu_listed(self, weeks):
        numbers = [str(number) for number in weeks.mapped("number")]
        return ", ".join(numbers[:SHOWN_WEEKS]) + (", …" if len(numbers) > SHOWN_WEEKS else "")

    def _edu_confirmation_seen(self, facts):
        """``{item: text}``: each part in a line, for the screen; a hook."""
        seen = {}
        if "attendance" in facts:
            given = [int(row[1]) for row in facts["attendance"] if row[1].isdigit()]
            seen["attendance"] = self.env._(
                "%(pupils)s pupils, %(days)s sessions absent", pupils=len(given), days=sum(given)
            )
        if "results" in facts:
            done = sum(bool(row[1] and row[2]) for row in facts["results"])
            seen["results"] = self.env._(
                "%(done)s of %(pupils)s pupils have conduct and study",
                done=done,
                pupils=len(facts["results"]),
            )
        if "promotion" in facts:
            promoted = sum((row[3] or row[1]) == "LEN_LOP" for row in facts["promotion"])
            titled = sum(bool(row[2]) for row in facts["promotion"])
            seen["promotion"] = self.env._(
                "%(promoted)s promoted, %(titled)s with a title", promoted=promoted, titled=titled
            )
        if "remarks" in facts:
            weeks = {row[0] for row in facts["remarks"] if row[3] and not row[1]}
            missing = self._edu_missing_weeks(facts, writable=False)
            text = self.env._("%s weeks remarked on", len(weeks))
            if missing:
                left = self.env._("without a remark: %s", self._edu_listed(missing))
                text = f"{text}; {left}"
            seen["remarks"] = text
        return seen

    # -- the check screen ------------------------------------------------------------------------

    def _edu_check_rows(self):
        """Stored results next to what the rules make of the inputs now (R6.4, R6.6a).

        :return: ``{"columns": [labels], "rows": [{"no", "name", "cells": [{"stored", "now",
            "differs"}], "differs"}], "differing": how many cells differ}``
        """
        self.ensure_one()
        record = self._edu_record()
        table = {"columns": [], "rows": [], "differing": 0}
        if not record:
            return table
        if self.period_id.code in (YEAR, SUMMER):
            labels, now, stored, lines = self._edu_year_check(record)
        else:
            labels, now, stored, lines = self._edu_period_check(record)
        for line in lines:
            cells = []
            for key in labels:
                old, new = stored.get((line.id, key)) or "", now.get((line.id, key)) or ""
                differs = old != new
                cells.append(
                    {
                        "stored": self._edu_shown(key, old),
                        "now": self._edu_shown(key, new),
                        "differs": differs,
                    }
                )
            differing = sum(cell["differs"] for cell in cells)
            table["differing"] += differing
            table["rows"].append(
                {
                    "no": line.number,
                    "name": line.student_id.name,
                    "cells": cells,
                    "differs": differing > 0,
                }
            )
        table["columns"] = list(labels.values())
        if not any(cell["now"] or cell["stored"] for row in table["rows"] for cell in row["cells"]):
            table["rows"] = []
        return table

    @api.model
    def _edu_shown(self, key, value):
        """A level by its name; an average with its comma."""
        field = self.env["edu.year.result"]._fields.get(key)
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return value.replace(".", ",")

    @api.model
    def _edu_level_labels(self, names):
        Result = self.env["edu.year.result"]
        return {
            name: Result._fields[name].get_description(self.env, ["string"])["string"]
            for name in names
        }

    def _edu_period_check(self, book):
        subject_rows, level_rows = book._edu_expected_results()
        sheets = book._edu_sheets()
        labels = {sheet.id: sheet.subject_id.name for sheet in sheets}
        labels |= self._edu_level_labels(("study_base", "study_final"))
        now = {(row["enrollment_id"], row["gradesheet_id"]): row["value"] for row in subject_rows}
        stored = {
            (row.enrollment_id.id, row.gradesheet_id.id): row.value
            for row in self.env["edu.subject.result"].search(
                [("gradebook_period_id", "=", book.id)]
            )
        }
        results = self.env["edu.period.result"].search([("gradebook_period_id", "=", book.id)])
        for name in ("study_base", "study_final"):
            now.update({(row["enrollment_id"], name): row[name] for row in level_rows})
            stored.update({(row.enrollment_id.id, name): row[name] for row in results})
        return labels, now, stored, book._edu_due_lines()

    def _edu_year_check(self, review):
        subject_rows, pupil_rows = review._edu_expected()
        subjects = self.env["edu.subject"].browse(
            dict.fromkeys(row["subject_id"] for row in subject_rows)
        )
        labels = {subject.id: subject.name for subject in subjects}
        names = ("conduct", "study_base", "study_final", "outcome", "title")
        if review.period_id.code == SUMMER:
            names = ("conduct", "study_final", "study_after", "outcome")
        labels |= self._edu_level_labels(names)
        now = {(row["enrollment_id"], row["subject_id"]): row["value"] for row in subject_rows}
        stored = {
            (row.enrollment_id.id, row.subject_id.id): row.value for row in review.subject_ids
        }
        for name in names:
            now.update({(row["enrollment_id"], name): row[name] for row in pupil_rows})
            stored.update({(row.enrollment_id.id, name): row[name] for row in review.result_ids})
        lines = self.env["edu.enrollment"].browse(row["enrollment_id"] for row in pupil_rows)
        return labels, now, stored, lines.sorted(lambda line: (line.number, line.id))
