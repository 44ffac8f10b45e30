from odoo import api, fields, models

from .edu_subject_result import LEFT_OUT

ISO = "%Y-%m-%dT%H:%M:%SZ"


class EduGradebookSnapshot(models.AbstractModel):
    """Builds ``edu.gradebook.period/1``: all that the official gradebook of a period prints.

    Every value is a string, list, dict or null. Marks keep the decimal point; "no" is the pupil's
    number in the class list and names the pupil in every part.
    """

    _name = "edu.gradebook.snapshot"
    _description = "Gradebook Snapshot"

    @api.model
    def _edu_value(self, book):
        """The JSON value of one ``edu.gradebook.period``."""
        school_class, regulation = book.class_id, book.class_id.regulation_id
        lines = school_class.enrollment_ids.sorted(lambda line: (line.number, line.id))
        module = self.env["edu.subject.result"]._edu_rules(regulation)
        stayed = book._edu_active_lines()
        return {
            "schema": "edu.gradebook.period/1",
            "form": book._edu_form_code(),
            "version": str(book.version),
            "school": book.company_id._edu_snapshot_header(book.period_id._edu_day()),
            "class": {
                "name": school_class.name,
                "grade": str(school_class.grade_number),
                "homeroom": school_class.homeroom_user_id.name or "",
            },
            "year": {"name": book.school_year_id.name},
            "period": {"code": book.period_id.code, "name": book.period_id.name},
            "regulation": {"code": regulation.code, "title": regulation.title},
            "students": [
                {
                    "no": str(line.number),
                    "note": line._edu_left_note(),
                    "struck": "" if line in stayed else "1",
                    **line.student_id._edu_snapshot(),
                }
                for line in lines
            ],
            **self._edu_results(book, lines),
            **self._edu_inspections(book),
            **self._edu_growth(book),
            "attendance": self.env["edu.attendance"]._edu_snapshot(book),
            "heads": book._edu_chains()._edu_heads(),
            "rules": {"engine": module.__name__, "version": module.VERSION},
            "decision": {"by": self.env.user.name, "at": fields.Datetime.now().strftime(ISO)},
            "timezone": book.company_id.edu_timezone,
            "language": book.company_id.edu_document_language,
        }

    @api.model
    def _edu_inspections(self, book):
        """The principal's monthly remarks on the book (its last page), where there are any."""
        rows = self.env["edu.gradebook.inspection"]._edu_rows(book)
        return {"inspections": rows} if rows else {}

    def _edu_growth(self, book):
        """``growth``: weight and height of children of preschool."""
        rows = self.env["edu.growth.measure"]._edu_snapshot_rows(book)
        return {"growth": rows} if rows else {}

    @api.model
    def _edu_results(self, book, lines):
        """``subjects`` (marks and result of each pupil) and ``summary`` (levels)."""
        sheets = book._edu_sheets()
        cells = self.env["edu.mark"]._edu_cells(sheets)
        stayed = book._edu_active_lines()
        notes = {line: "" if line in stayed else line._edu_left_note() for line in lines}
        stored = self.env["edu.subject.result"]._edu_stored(book)
        values = {key: result[0] for key, result in stored.items()}
        return {
            "subjects": [
                self._edu_subject(sheet, notes, cells[sheet.id], values) for sheet in sheets
            ],
            "summary": self._edu_summary(book, lines, sheets, values),
        }

    @api.model
    def _edu_subject(self, sheet, notes, cells, values):
        """One subject; ``notes``: ``{enrolment: why its row is struck through, "" for none}``."""
        columns = sheet._edu_columns()
        return {
            "code": sheet.subject_id.code,
            "name": sheet._edu_subject_name(),
            "assess": sheet.assess,
            "teachers": sheet.teacher_ids.mapped("name"),
            "columns": [
                {"code": column.code, "label": column.label, "kind": column.kind}
                for column in columns
            ],
            "confirmed": {
                "by": sheet.confirmed_by_id.name or "",
                "at": sheet.confirmed_at.strftime(ISO) if sheet.confirmed_at else "",
                "chain": sheet.chain_id.name,
                "seq": str(sheet.confirmed_seq),
                "hash": sheet.confirmed_hash or "",
            },
            "rows": [
                {
                    "no": str(line.number),
                    "marks": {
                        column.code: cells.get(line.id, {}).get(column.code, (None, None))[1]
                        for column in columns
                    },
                    "result": values.get((sheet.id, line.id)),
                    "note": note,
                    **self._edu_states(cells.get(line.id, {})),
                }
                for line, note in notes.items()
            ],
        }

    @api.model
    def _edu_states(self, cells):
        """Cells that say why they have no mark (exempt, individual plan), where there are any."""
        states = {code: kind for code, (kind, _token) in cells.items() if kind in LEFT_OUT}
        return {"states": states} if states else {}

    @api.model
    def _edu_summary(self, book, lines, sheets, values):
        results = self.env["edu.period.result"].search([("gradebook_period_id", "=", book.id)])
        levels = {result.enrollment_id: result for result in results}
        return [
            {
                "no": str(line.number),
                "results": {
                    sheet.subject_id.code: values.get((sheet.id, line.id)) for sheet in sheets
                },
                "study": levels[line].study_final or None,
                "conduct": levels[line].conduct or None,
            }
            for line in lines
        ]
