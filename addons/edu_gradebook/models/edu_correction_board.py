from odoo import fields, models
from odoo.tools import SQL

# Retyping within the free hours has no dossier: the chains tell it. The pattern spares the reading
# of most payloads; members of a payload are told in edu_records.ledger.payload.
ROWS = r"""
    WITH change AS (
        SELECT 2 * dossier.id::bigint AS id, dossier.company_id, dossier.teacher_id,
            dossier.applied_at AS moment, 'outside' AS place, dossier.direction,
            (dossier.confirmed_by_id IS NULL)::int AS open
        FROM edu_correction dossier WHERE dossier.state = 'applied'
        UNION ALL
        SELECT 2 * dossier.id::bigint, dossier.company_id, dossier.teacher_id,
            dossier.filed_at, 'waiting', NULL, 1
        FROM edu_correction dossier WHERE dossier.state IN ('submitted', 'approved')
        UNION ALL
        SELECT 2 * entry.id::bigint + 1, chain.company_id, (told.payload ->> 4)::int,
            (told.payload ->> 3)::timestamptz AT TIME ZONE 'UTC', 'inside',
            CASE WHEN told.new > told.old THEN 'up' WHEN told.new < told.old THEN 'down'
                ELSE 'same' END, 0
        FROM edu_ledger_entry entry
        JOIN edu_ledger_chain chain ON chain.id = entry.chain_id
        CROSS JOIN LATERAL (
            SELECT one.payload,
                CASE WHEN split_part(one.payload ->> 11, '|', 2) ~ '^[0-9.]+$'
                    THEN split_part(one.payload ->> 11, '|', 2)::numeric
                    ELSE (split_part(one.payload ->> 11, '|', 2) NOT IN ('', 'CĐ'))::int END AS old,
                CASE WHEN split_part(one.payload ->> 12, '|', 2) ~ '^[0-9.]+$'
                    THEN split_part(one.payload ->> 12, '|', 2)::numeric
                    ELSE (split_part(one.payload ->> 12, '|', 2) NOT IN ('', 'CĐ'))::int END AS new
            FROM (SELECT entry.payload::jsonb AS payload) AS one
        ) AS told
        WHERE entry.model = 'edu.mark'
            AND (entry.payload LIKE '%%"change"%%' OR entry.payload LIKE '%%"clear"%%')
            AND told.payload ->> 7 IN ('change', 'clear') AND told.payload ->> 6 <> 'correction'
            AND told.payload ->> 11 NOT LIKE 'empty|%%' AND told.payload ->> 11 NOT LIKE 'absent|%%'
            AND told.payload ->> 4 ~ '^[0-9]+$'
    )
    SELECT min(change.id) AS id, change.company_id, change.teacher_id, moment.month,
        department.id AS department_id,
        count(*) FILTER (WHERE place = 'outside') AS outside,
        count(*) FILTER (WHERE place = 'inside') AS inside,
        count(*) FILTER (WHERE direction = 'up') AS up,
        count(*) FILTER (WHERE direction = 'down') AS down,
        sum(change.open) AS open
    FROM change
    JOIN res_company school ON school.id = change.company_id
    CROSS JOIN LATERAL (
        SELECT date_trunc('month', change.moment AT TIME ZONE 'UTC'
            AT TIME ZONE school.edu_timezone)::date AS month) AS moment
    LEFT JOIN LATERAL (
        SELECT post.edu_department_id AS id FROM hr_employee post
        WHERE post.user_id = change.teacher_id AND post.company_id = change.company_id
        ORDER BY post.id LIMIT 1) AS department ON true
    GROUP BY change.company_id, change.teacher_id, moment.month, department.id
"""


class EduCorrectionBoard(models.Model):
    """Theo dõi việc sửa điểm: how often each teacher changed marks in a month (R5.5.10).

    Nobody writes it: it is counted from dossiers and chains when it is read.
    """

    _name = "edu.correction.board"
    _description = "Changes of Marks by Teacher and Month"
    _auto = False
    _order = "month desc, outside desc, id"
    _rec_name = "teacher_id"
    _depends = {
        "edu.correction": ["state", "direction", "confirmed_by_id", "applied_at", "filed_at"],
        "res.company": ["edu_timezone"],
        "hr.employee": ["user_id", "edu_department_id"],
    }

    company_id = fields.Many2one("res.company", "School", readonly=True)
    teacher_id = fields.Many2one("res.users", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    month = fields.Date(readonly=True)
    outside = fields.Integer(
        "With a Dossier", readonly=True, help="Changed after the free hours, with evidence."
    )
    inside = fields.Integer(
        "Within the Free Hours", readonly=True, help="Typed anew by the teacher without a dossier."
    )
    up = fields.Integer(readonly=True)
    down = fields.Integer(readonly=True)
    open = fields.Integer(
        "Open Dossiers", readonly=True, help="To be confirmed, approved, entered."
    )

    @property
    def _table_query(self):
        return SQL(ROWS)

    def action_corrections(self):
        """The dossiers of the teacher's month."""
        self.ensure_one()
        month = self.env["edu.correction.month"].search(
            [("teacher_id", "=", self.teacher_id.id), ("month", "=", self.month)]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_correction_action"
        )
        waiting = [("teacher_id", "=", self.teacher_id.id), ("state", "!=", "applied")]
        action["domain"] = ["|", ("id", "in", month.correction_ids.ids), "&", *waiting]
        return action
