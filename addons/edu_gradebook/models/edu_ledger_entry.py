from odoo import api, models
from odoo.tools import SQL

from .edu_attendance import SESSIONS
from .edu_year_result import ENTERED

CHUNK = 5000


class EduLedgerEntry(models.Model):
    _inherit = "edu.ledger.entry"

    @api.model
    def _edu_export_data(self, company):
        """Every cell as it stands: the verifier replays the ledger and compares."""
        data = super()._edu_export_data(company)
        replayed = [
            *data.get("replayed", []),
            {"model": "edu.period.result", "slot": "*:conduct"},
            {"model": "edu.gradesheet", "slot": "confirmed"},
            {"model": "edu.correction.evidence", "slot": "content"},
            *({"model": "edu.attendance", "slot": f"*:{code}"} for code, _name in SESSIONS),
            *({"model": "edu.year.result", "slot": f"*:{column}"} for column in ENTERED),
            {"model": "edu.year.subject", "slot": "*:retest"},
        ]
        return {**data, "marks": self._edu_mark_rows(company), "replayed": replayed}

    @api.model
    def _edu_values(self, company):
        yield from super()._edu_values(company)
        yield from self.env["edu.correction.evidence"].sudo()._edu_content_values(company)
        self.env.cr.execute(
            """
            SELECT 'edu.gradebook.period:' || book.id AS chain, 'edu.period.result' AS model,
                book.id::text AS record, result.enrollment_id || ':conduct' AS slot,
                coalesce(result.conduct, '') AS value
            FROM edu_period_result result
            JOIN edu_gradebook_period book ON book.id = result.gradebook_period_id
            WHERE book.company_id = %s ORDER BY result.id
            """,
            [company.id],
        )
        yield from self.env.cr.dictfetchall()
        self.env.cr.execute(
            """
            SELECT chain.name AS chain, 'edu.gradesheet' AS model, sheet.id::text AS record,
                'confirmed' AS slot, CASE WHEN sheet.confirmed THEN 'confirmed' ELSE '' END AS value
            FROM edu_gradesheet sheet JOIN edu_ledger_chain chain ON chain.id = sheet.chain_id
            WHERE sheet.company_id = %s ORDER BY sheet.id
            """,
            [company.id],
        )
        yield from self.env.cr.dictfetchall()
        yield from self._edu_attendance_values(company)
        yield from self._edu_year_values(company)

    @api.model
    def _edu_attendance_values(self, company):
        """Every session that was ever recorded, "" for a cleared one; read in chunks."""
        last = 0
        while True:
            self.env.cr.execute(
                """
                SELECT cell.id, chain.name AS chain, 'edu.attendance' AS model,
                    cell.class_id::text AS record, coalesce(cell.token, '') AS value,
                    cell.enrollment_id || ':' || cell.day || ':' || cell.session AS slot
                FROM edu_attendance cell JOIN edu_ledger_chain chain ON chain.id = cell.chain_id
                WHERE cell.company_id = %s AND cell.id > %s ORDER BY cell.id LIMIT %s
                """,
                [company.id, last, CHUNK],
            )
            rows = self.env.cr.dictfetchall()
            for row in rows:
                last = row.pop("id")
                yield row
            if len(rows) < CHUNK:
                return

    @api.model
    def _edu_year_values(self, company):
        """What people entered for the year's results, and the re-assessments."""
        for column in ENTERED:
            self.env.cr.execute(
                SQL(
                    """
                    SELECT 'edu.year.review:' || review.id AS chain, 'edu.year.result' AS model,
                        review.id::text AS record, result.enrollment_id || %s AS slot,
                        result.%s AS value
                    FROM edu_year_result result
                    JOIN edu_year_review review ON review.id = result.review_id
                    WHERE review.company_id = %s AND result.%s IS NOT NULL ORDER BY result.id
                    """,
                    f":{column}",
                    SQL.identifier(column),
                    company.id,
                    SQL.identifier(column),
                )
            )
            yield from self.env.cr.dictfetchall()
        self.env.cr.execute(
            """
            SELECT 'edu.year.review:' || review.id AS chain, 'edu.year.subject' AS model,
                review.id::text AS record,
                result.enrollment_id || ':' || result.subject_id || ':retest' AS slot,
                result.retest AS value
            FROM edu_year_subject result
            JOIN edu_year_review review ON review.id = result.review_id
            WHERE review.company_id = %s AND result.retest IS NOT NULL ORDER BY result.id
            """,
            [company.id],
        )
        yield from self.env.cr.dictfetchall()

    @api.model
    def _edu_mark_rows(self, company):
        """Cells of the school's sheets in the order of their ids, read in chunks."""
        last = 0
        while True:
            self.env.cr.execute(
                """
                SELECT mark.id, chain.name AS chain, mark.token, mark.kind, mark.entry_seq,
                    mark.enrollment_id || ':' || col.code || ':' || mark.attempt AS slot
                FROM edu_mark mark
                JOIN edu_gradesheet sheet ON sheet.id = mark.gradesheet_id
                JOIN edu_ledger_chain chain ON chain.id = sheet.chain_id
                JOIN edu_mark_column col ON col.id = mark.column_id
                WHERE chain.company_id = %s AND mark.id > %s
                ORDER BY mark.id LIMIT %s
                """,
                [company.id, last, CHUNK],
            )
            rows = self.env.cr.dictfetchall()
            for row in rows:
                last = row.pop("id")
                yield row
            if len(rows) < CHUNK:
                return

    @api.model
    def _edu_operation_labels(self):
        return {
            **super()._edu_operation_labels(),
            "enter": self.env._("mark entered"),
            "change": self.env._("mark changed"),
            "clear": self.env._("mark cleared"),
            "follow": self.env._("mark followed the pupil into the class"),
            "confirm": self.env._("gradesheet confirmed"),
            "unconfirm": self.env._("confirmation withdrawn"),
            "choose": self.env._("subject taken or not"),
            "measure": self.env._("weight and height entered"),
            "absent": self.env._("absence entered"),
            "attend": self.env._("absence taken back"),
            "grant": self.env._("cells opened"),
            "end_grant": self.env._("cells closed again"),
            "compute": self.env._("results computed"),
            "enter_result": self.env._("entered for the year's result"),
            "decide": self.env._("year's result decided"),
            "retest": self.env._("re-assessment entered"),
            "remark": self.env._("remark written"),
            "remark_clear": self.env._("remark cleared"),
        }
