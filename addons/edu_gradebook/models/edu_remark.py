from odoo import api, fields, models
from odoo.tools import SQL

from edu_records.ledger import salted_digest

from ..hooks import install_remark_triggers

HOMEROOM = "homeroom"


class EduRemark(models.Model):
    """Nhận xét tuần: what a teacher remarks of a class, or of one of its pupils, in a week.

    With a subject it is the subject teacher's word about the discipline of learning (R7.3), without
    one the homeroom teacher's about the training as a whole (R6.7.4). The ledger has the salted
    digest of each version of the text; the texts stay with it and can be erased.
    """

    _name = "edu.remark"
    _description = "Weekly Remark"
    _inherit = [
        "edu.remark.entry",
        "edu.remark.page",
        "edu.inspected.mixin",
        "edu.guarded.mixin",
        "edu.chained.mixin",
    ]
    _order = "week_id desc, class_id, subject_id, enrollment_id, id"
    _rec_name = "week_id"

    _edu_guarded = frozenset({"*"})
    _edu_chained = (
        "class_id",
        "week_id",
        "subject_id",
        "enrollment_id",
        "text_digest",
        "version",
        "author_id",
        "acting_for_id",
    )

    chain_id = fields.Many2one("edu.ledger.chain", required=True, index=True, ondelete="restrict")
    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="class_id.company_id", store=True, index=True, string="School"
    )
    week_id = fields.Many2one("edu.school.week", required=True, index=True, ondelete="restrict")
    week_number = fields.Integer("Number of the Week", related="week_id.number", aggregator=None)
    date_start = fields.Date(related="week_id.date_start", store=True)
    school_year_id = fields.Many2one(related="week_id.school_year_id", store=True, index=True)
    subject_id = fields.Many2one(
        "edu.subject",
        index=True,
        ondelete="restrict",
        help="Empty for the homeroom teacher's remark.",
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment",
        "Pupil",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty for the remark about the class.",
    )
    number = fields.Integer("No.", related="enrollment_id.number", aggregator=None)
    student_name = fields.Char("Full Name", related="enrollment_id.student_id.name")
    text = fields.Text("Remark")
    text_digest = fields.Char("Digest of the Text")
    version = fields.Integer(required=True, default=1, aggregator=None)
    author_id = fields.Many2one(
        "res.users", "Written by", required=True, index=True, ondelete="restrict"
    )
    acting_for_id = fields.Many2one("res.users", "On Behalf of", ondelete="restrict")
    written_at = fields.Datetime("Written on", required=True)
    teacher_ids = fields.Many2many(
        "res.users", compute="_compute_teacher_ids", search="_search_teacher_ids"
    )
    history = fields.Text(compute="_compute_history")

    _slot_uniq = models.UniqueIndex(
        "(class_id, week_id, COALESCE(subject_id, 0), COALESCE(enrollment_id, 0))",
        "This week has this remark already.",
    )

    @api.depends("class_id.name", "subject_id.name", "week_id", "student_name")
    def _compute_display_name(self):
        for remark in self:
            parts = (
                remark.week_id.display_name,
                remark.class_id.name,
                remark.subject_id.name or self.env._("Homeroom"),
                remark.student_name,
            )
            remark.display_name = " - ".join(part for part in parts if part)

    def _compute_teacher_ids(self):
        for remark in self:
            known = remark.sudo()
            if known.subject_id:
                remark.teacher_ids = known.class_id._edu_teachers(known.subject_id)
            else:
                remark.teacher_ids = known.class_id.homeroom_user_id

    @api.model
    def _search_teacher_ids(self, operator, value):
        """Remarks of a subject that one teaches or taught, or enters for somebody now."""
        if operator != "in":
            return NotImplemented
        self.env["edu.teaching.assignment"].flush_model(["class_id", "subject_id", "user_id"])
        taught = SQL(
            "(SELECT remark.id FROM edu_remark remark JOIN edu_teaching_assignment line"
            " ON line.class_id = remark.class_id AND line.subject_id = remark.subject_id"
            " WHERE line.user_id = ANY(%s)"
            " UNION SELECT remark.id FROM edu_remark remark JOIN (%s) open"
            " ON open.class_id = remark.class_id AND open.subject_id = remark.subject_id"
            " WHERE open.delegate_id = ANY(%s))",
            list(value),
            self.env["edu.entry.delegation"]._edu_open_sql(),
            list(value),
        )
        return [("id", "in", taught)]

    @api.depends("version")
    def _compute_history(self):
        """Every version of the text, the first one first; an erased one says so."""
        told = self._edu_versions()
        for remark in self:
            lines = [
                self.env._(
                    "%(time)s, %(who)s: %(text)s",
                    time=version["time"],
                    who=version["who"],
                    text=version["text"],
                )
                for version in told.get(remark.id, [])
            ]
            remark.history = "\n".join(lines)

    def _edu_versions(self):
        """``{id: [{"time", "who", "text"}]}`` as the chain tells; two queries however many."""
        if not self.ids:
            return {}
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT entry.record::int, entry.payload::jsonb ->> 3 AS moment,
                entry.payload::jsonb ->> 4 AS author, entry.payload::jsonb ->> 13 AS digest
            FROM edu_ledger_entry entry JOIN edu_remark remark
                ON remark.chain_id = entry.chain_id AND remark.id::text = entry.record
            WHERE remark.id = ANY(%s) AND entry.model = %s ORDER BY entry.chain_id, entry.seq
            """,
            [self.ids, self._name],
        )
        rows = self.env.cr.fetchall()
        texts = self.env["edu.ledger.reason"].sudo()._edu_texts([row[3] for row in rows])
        users = self.env["res.users"].sudo().browse({int(row[2]) for row in rows if row[2]})
        names = {str(user.id): user.name for user in users}
        told = {}
        for record, moment, author, digest in rows:
            text = texts.get(digest) if digest else self.env._("(cleared)")
            told.setdefault(record, []).append(
                {
                    "time": self._edu_shown_time(moment),
                    "who": names.get(author, "-"),
                    "text": text or self.env._("(erased)"),
                }
            )
        return told

    @api.model
    def _edu_shown_time(self, moment):
        """A ledger's time on the user's clock."""
        known = fields.Datetime.to_datetime(moment[:19].replace("T", " "))
        return fields.Datetime.context_timestamp(self, known).strftime("%d/%m/%Y %H:%M")

    @api.model
    def _edu_chained_values(self, company):
        """The recorded columns; of a text that is not the one its digest was made of, the verifier
        is told another digest."""
        wrong = self._edu_wrong_texts(company)
        for row in super()._edu_chained_values(company):
            if row["record"] in wrong:
                row["value"] = row["value"].replace(*wrong[row["record"]])
            yield row

    @api.model
    def _edu_wrong_texts(self, company):
        """``{id as text: (recorded digest, digest of what stands there)}``"""
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT remark.id::text, remark.text, remark.text_digest, reason.salt
            FROM edu_remark remark
            LEFT JOIN edu_ledger_reason reason ON reason.digest = remark.text_digest
            WHERE remark.company_id = %s AND remark.text_digest IS NOT NULL
                AND remark.text IS NOT NULL
            """,
            [company.id],
        )
        wrong = {}
        for record, text, digest, salt in self.env.cr.fetchall():
            told = salted_digest(text, salt) if len(salt or "") >= 16 else "-"
            if told != digest:
                wrong[record] = (digest, told)
        return wrong

    def _register_hook(self):
        super()._register_hook()
        install_remark_triggers(self.env.cr)
