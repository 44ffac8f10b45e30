from odoo import api, models

ISO = "%Y-%m-%dT%H:%M:%SZ"


class EduCorrectionLog(models.AbstractModel):
    """Nhật kí sửa điểm: what the printed log of a teacher's month and the dossier say (Điều 8.2).

    ``edu.correction.month/1``: every value is a string, list, dict or null; marks keep the decimal
    point. Addons print it.
    """

    _name = "edu.correction.log"
    _description = "Log of Corrections"

    def _edu_log_value(self):
        """The JSON value of one ``edu.correction.month``."""
        self.ensure_one()
        known, school = self.sudo(), self.sudo().company_id
        year = self.env["edu.school.year"].sudo()._edu_on(school, known.month)
        return {
            "schema": "edu.correction.month/1",
            "form": "correction_log",
            "version": "1",
            "school": school._edu_snapshot_header(known.month),
            "year": {"name": year.name or ""},
            "month": known.month.strftime("%Y-%m"),
            "meeting": str(school._edu_meeting_on(known.month) or ""),
            "teacher": {
                "name": known.teacher_id.name,
                "department": known.teacher_id.employee_id.department_id.name or "",
            },
            "state": known.state,
            "explanation": known.explanation or "",
            "explained_at": self._edu_instant(known.explained_at),
            "decided": self._edu_word(known.decided_by_id, known.decided_at),
            "counts": {
                "up": str(known.up_count),
                "down": str(known.down_count),
                "same": str(len(known.correction_ids) - known.up_count - known.down_count),
                "unconfirmed": str(known.unconfirmed_count),
                "retyped": str(self._edu_retyped()),
            },
            "rows": [
                {"no": str(number), **self._edu_log_row(dossier)}
                for number, dossier in enumerate(
                    known.correction_ids.sorted(lambda one: (one.applied_at, one.id)), 1
                )
            ],
            "timezone": school.edu_timezone,
            "language": school.edu_document_language,
        }

    @api.model
    def _edu_log_row(self, dossier):
        return {
            "at": self._edu_instant(dossier.applied_at),
            "filed_at": self._edu_instant(dossier.filed_at),
            "class": dossier.class_id.name,
            "subject": dossier.subject_id.name,
            "period": dossier.gradesheet_id.period_id.name,
            "pupil": dossier.enrollment_id.student_id.name,
            "column": dossier.column_id.code,
            "old": dossier.old_value or "",
            "new": dossier.new_value or "",
            "kind": dossier.kind,
            "reason": dossier.reason,
            "evidence": [
                {"kind": paper.kind, "name": paper.name, "sha256": paper.sha256}
                for paper in dossier.evidence_ids
            ],
            "book_page": dossier.book_page or "",
            "oral": "1" if dossier.oral else "",
            "witness": dossier.witness_id.student_id.name or "",
            "confirmed": self._edu_word(dossier.confirmed_by_id, dossier.confirmed_at),
            "approved": self._edu_word(dossier.decided_by_id, dossier.decided_at),
            "average": {
                "before": dossier.average_before or "",
                "after": dossier.average_after or "",
            },
            "level": {"before": dossier.level_before or "", "after": dossier.level_after or ""},
        }

    def _edu_retyped(self):
        """Marks that the teacher typed anew in the month within the free hours."""
        board = (
            self.env["edu.correction.board"]
            .sudo()
            .search(
                [
                    ("teacher_id", "=", self.teacher_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("month", "=", self.month),
                ]
            )
        )
        return sum(board.mapped("inside"))

    @api.model
    def _edu_instant(self, moment):
        return moment.strftime(ISO) if moment else ""

    @api.model
    def _edu_word(self, user, moment):
        """Who said something and when; None for nobody."""
        return {"by": user.name, "at": self._edu_instant(moment)} if user else None
