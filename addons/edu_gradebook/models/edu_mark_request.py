import json
from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, fields, models

KEPT_DAYS = 7


class EduMarkRequest(models.Model):
    """Answers already given to a client's save, so that a repeated request writes nothing twice."""

    _name = "edu.mark.request"
    _inherit = ["edu.guarded.mixin"]
    _description = "Answered Save"
    _log_access = False

    _edu_guarded = frozenset({"*"})

    request = fields.Char(required=True)
    gradesheet_id = fields.Many2one("edu.gradesheet", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    answered_at = fields.Datetime(required=True, index=True)
    answer = fields.Json()

    _request_uniq = models.Constraint(
        "UNIQUE(gradesheet_id, user_id, request)", "This request was answered already."
    )

    @api.model
    def _edu_answer(self, sheet, request):
        """What this user was answered to ``request`` before; None when it is new."""
        self.env.cr.execute(
            "SELECT answer FROM edu_mark_request"
            " WHERE gradesheet_id = %s AND user_id = %s AND request = %s",
            [sheet.id, self.env.uid, request],
        )
        row = self.env.cr.fetchone()
        return row and row[0]

    @api.model
    def _edu_remember(self, sheet, request, answer):
        self.env.cr.execute(
            "INSERT INTO edu_mark_request (request, gradesheet_id, user_id, answered_at, answer)"
            " VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC', %s) ON CONFLICT DO NOTHING",
            [request, sheet.id, self.env.uid, Json(answer, dumps=json.dumps)],
        )

    @api.autovacuum
    def _gc_answers(self):
        self.env.cr.execute(
            "DELETE FROM edu_mark_request WHERE answered_at < %s",
            [self.env.cr.now() - timedelta(days=KEPT_DAYS)],
        )
