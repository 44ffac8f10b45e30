import base64
import binascii
import hashlib

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.canonical import canonical_json
from edu_records.exchange import (
    ENTITIES,
    MOST_BYTES,
    WorkbookError,
    check_container,
    entity_title,
    render,
)

from .edu_import_check import AT_ONCE
from .edu_import_journal import Journal

WORK = {"checking": "_edu_plan_and_show", "running": "_edu_run", "undoing": "_edu_take_back"}


class EduImport(models.Model):
    """A workbook that is brought: checked first, then written whole or not at all.

    The record stays: the file with its SHA-256, what was shown, who did it, and what is needed to
    take it back. Nothing of it is written but by its own buttons.
    """

    _name = "edu.import"
    _inherit = ["edu.import.check", "edu.guarded.mixin"]
    _description = "Import"
    _order = "id desc"
    _rec_name = "filename"

    _edu_guarded = frozenset(
        {
            "company_id",
            "state",
            "file_sha256",
            "report",
            "error_file",
            "error_filename",
            "plan_digest",
            "journal",
            "count_new",
            "count_changed",
            "count_same",
            "count_question",
            "count_error",
            "done_at",
            "done_by_id",
            "undone_at",
            "undone_by_id",
            "asked_by_id",
            "undo_reason_digest",
        }
    )
    _edu_files = frozenset({"file"})

    entity = fields.Selection(
        lambda self: self._edu_entities(), "List of", required=True, default="students"
    )
    school_year_id = fields.Many2one(
        "edu.school.year",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["edu.school.year"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
    )
    needs_year = fields.Boolean(compute="_compute_needs_year")
    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    file = fields.Binary("Workbook (.xlsx)", required=True, attachment=True)
    filename = fields.Char(required=True, default="list.xlsx")
    file_sha256 = fields.Char("SHA-256", readonly=True, index=True)
    state = fields.Selection(
        [
            ("draft", "Brought"),
            ("refused", "To be mended"),
            ("checking", "Being checked"),
            ("checked", "Checked"),
            ("running", "Running"),
            ("done", "Imported"),
            ("undoing", "Being taken back"),
            ("undone", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    report = fields.Text(readonly=True)
    error_file = fields.Binary("Workbook with the Errors Marked", readonly=True, attachment=True)
    error_filename = fields.Char(readonly=True)
    count_new = fields.Integer("New", readonly=True)
    count_changed = fields.Integer("Changed", readonly=True)
    count_same = fields.Integer("Unchanged", readonly=True)
    count_question = fields.Integer("To be Answered", readonly=True)
    count_error = fields.Integer("Wrong", readonly=True)
    open_questions = fields.Integer(compute="_compute_open_questions")
    plan_digest = fields.Char(readonly=True)
    journal = fields.Text(readonly=True)
    line_ids = fields.One2many("edu.import.line", "import_id", "Rows")
    progress = fields.Integer(compute="_compute_progress")
    done_at = fields.Datetime("Imported on", readonly=True)
    done_by_id = fields.Many2one("res.users", "Imported by", readonly=True, ondelete="restrict")
    undone_at = fields.Datetime("Taken Back on", readonly=True)
    undone_by_id = fields.Many2one("res.users", "Taken Back by", readonly=True, ondelete="restrict")
    undo_reason_digest = fields.Char(readonly=True)
    asked_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Who asked for the work that a job does.",
    )
    is_last = fields.Boolean(compute="_compute_is_last")

    @api.model
    def _edu_entities(self):
        labels = {
            "students": self.env._("Pupils"),
            "guardians": self.env._("Guardians"),
            "staff": self.env._("Staff"),
            "classes": self.env._("Classes"),
            "assignments": self.env._("Teaching Assignments"),
        }
        return [(entity, labels.get(entity, entity_title(entity))) for entity in ENTITIES]

    @api.depends("entity")
    def _compute_needs_year(self):
        for brought in self:
            handler = self.env["edu.exchange.entity"]._edu_handlers().get(brought.entity)
            brought.needs_year = bool(handler is not None and handler._edu_needs_year)

    @api.depends("line_ids.answer", "line_ids.kind")
    def _compute_open_questions(self):
        asked = [("import_id", "in", self.ids), ("kind", "=", "question"), ("answer", "=", False)]
        counts = dict(self.env["edu.import.line"]._read_group(asked, ["import_id"], ["__count"]))
        for brought in self:
            brought.open_questions = counts.get(brought, 0)

    @api.depends("state")
    def _compute_progress(self):
        percents = self.env["edu.import.progress"]._edu_percent(self)
        for brought in self:
            ended = brought.state in ("done", "undone")
            brought.progress = 100 if ended else percents.get(brought.id, 0)

    @api.depends("state")
    def _compute_is_last(self):
        for brought in self:
            brought.is_last = brought.state == "done" and not brought._edu_later()

    # -- the record ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the files; what is no harmless workbook is not kept at all.

        :raises UserError: for such a file, in a sentence that says what to do
        """
        for vals in vals_list:
            self._edu_refuse_guarded(name for name in vals if name in self._edu_guarded)
        prepared = [self._edu_prepared(vals) for vals in vals_list]
        return super(EduImport, self._edu_unguarded()).create(prepared).with_env(self.env)

    @api.model
    def _edu_prepared(self, vals):
        vals = {**self.default_get(["entity", "school_year_id", "filename"]), **vals}
        data = self._edu_decoded(vals)
        year = self.env["edu.school.year"].browse(vals.get("school_year_id") or [])
        year.check_access("read")
        unset = dict.fromkeys(self._edu_guarded, False)
        return {
            **vals,
            **unset,  # no ``default_…`` of the context sets one
            "state": "draft",
            "company_id": (year.company_id or self.env.company).id,
            "file_sha256": hashlib.sha256(data).hexdigest(),
        }

    @api.model
    def _edu_decoded(self, vals):
        """The bytes of a file that may be kept."""
        if not (vals["filename"] or "").lower().endswith(".xlsx"):
            raise UserError(
                self.env._(
                    "%s is no .xlsx workbook by its name: open it in Excel or LibreOffice, save it"
                    " as “Excel Workbook (.xlsx)” and choose that file.",
                    vals["filename"],
                )
            )
        given = vals.get("file") or b""
        if len(given) > MOST_BYTES * 4 // 3 + 4:
            raise UserError(
                self.env._(
                    "The file is too large: a workbook of a list has at most %s MB.",
                    MOST_BYTES // 10**6,
                )
            )
        try:
            data = base64.b64decode(given)
        except (binascii.Error, TypeError, ValueError):
            data = b""
        try:
            check_container(data)
        except WorkbookError as error:
            raise UserError(render(error, self._edu_lang())) from error
        return data

    def write(self, vals):
        if self and vals:
            self._edu_refuse_guarded(self._edu_guarded)
        return super().write(vals)

    def _edu_set(self, **vals):
        self.sudo()._edu_unguarded().write(vals)

    def _edu_data(self):
        """The kept bytes.

        :raises UserError: when they are not those that were brought
        """
        self.ensure_one()
        data = base64.b64decode(self.sudo().with_context(bin_size=False).file)
        if hashlib.sha256(data).hexdigest() != self.file_sha256:
            raise UserError(
                self.env._("The stored file of %s is not the one that was brought.", self.filename)
            )
        return data

    def _edu_lang(self):
        return "vi" if (self.env.lang or "").startswith("vi") else "en"

    def _edu_entity(self):
        """How such lists are read and written."""
        self.ensure_one()
        return self.env["edu.exchange.entity"]._edu_handlers()[self.entity]

    def _edu_check_importer(self):
        """
        :raises AccessError: unless the user may enter what these lists hold
        """
        self.check_access("read")
        for brought in self:
            brought._edu_entity()._edu_check_importer()

    # -- importing -------------------------------------------------------------------------------

    def action_import(self):
        """Write what was shown, all of it or nothing; a long list is written by a job.

        :raises UserError: when it was not checked, or a question is open
        """
        self.ensure_one()
        self._edu_check_importer()
        self._edu_refuse_over()
        if self.state != "checked":
            raise UserError(self.env._("Check the workbook first, and look at what it changes."))
        if self.open_questions:
            raise UserError(
                self.env._(
                    "%s rows may be about somebody who is known already: answer them first.",
                    self.open_questions,
                )
            )
        if len(self.line_ids) > AT_ONCE:
            self._edu_promise("running")
        else:
            self._edu_run()
        return True

    def _edu_promise(self, state):
        """Have a job do what the state says; its row commits together with the state."""
        self._edu_set(state=state, asked_by_id=self.env.uid)
        self.env["edu.import.progress"]._edu_forget(self)
        self.env["edu.outbox"]._edu_put("import", self)

    def _edu_promised(self):
        """Do what was promised, as the user who asked."""
        for brought in self.filtered(lambda one: one.state in WORK):
            asker = brought.asked_by_id
            mine = brought.with_user(asker).with_company(brought.company_id)
            mine = mine.with_context(lang=asker.lang)
            mine._edu_tell(0, 1)
            former = "done" if brought.state == "undoing" else "refused"
            try:
                with self.env.cr.savepoint():
                    mine._edu_check_importer()
                    getattr(mine, WORK[brought.state])()
            except UserError as error:
                mine._edu_set(state=former, report=str(error))
            except IntegrityError as error:
                mine._edu_set(state=former, report=self._edu_integrity_text(error))

    def _edu_run(self):
        """Plan again, and write if that is what was shown; else show what it is now."""
        rows, errors, digest = self._edu_planned()
        if errors or digest != self.plan_digest:
            self._edu_plan_and_show()
            if self.state == "checked":
                self._edu_set(
                    report=self.env._(
                        "The school's records changed since the check: nothing is written. Look at"
                        " the rows again, then import."
                    )
                )
            return
        journal = Journal()
        entity = self._edu_entity().with_context(tracking_disable=True)
        entity._edu_write(self, rows, journal)
        self._edu_log("import")
        self._edu_set(
            state="done",
            journal=journal.text(),
            done_at=fields.Datetime.now(),
            done_by_id=self.env.uid,
            report=self._edu_summary(),
        )

    def _edu_tell(self, done, total):
        """Say how far the work of a job is, to whoever looks at it meanwhile."""
        if self.env.context.get("job_uuid") or self.env.context.get("cron_id"):
            self.env["edu.import.progress"]._edu_tell(self, done, total)

    def _edu_log(self, operation, reason_digest=""):
        """Who, which file, how many rows: an entry in the school's chain."""
        counts = {
            "new": str(self.count_new),
            "changed": str(self.count_changed),
            "same": str(self.count_same),
        }
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(self.id),
            "slot": self.entity,
            "new": canonical_json(counts),
            "origin": "workbook",
            "evidence_sha256": self.file_sha256,
            "reason_digest": reason_digest,
        }
        chain = self.company_id.sudo()._edu_chain()
        self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])

    # -- taking back -----------------------------------------------------------------------------

    def action_ask_undo(self):
        """Ask why the import is taken back."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the Import Back"),
            "res_model": "edu.import.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_import_id": self.id},
        }

    def _edu_later(self):
        """Imports of the school that ran after this one and were not taken back."""
        return (
            self.sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "done"),
                    ("done_at", ">=", self.done_at),
                    ("id", "!=", self.id),
                ]
            )
            .filtered(lambda one: (one.done_at, one.id) > (self.done_at, self.id))
        )

    def _edu_undo(self, reason):
        """Take back the last import: movements by counter-movements, changed fields as they were,
        new records archived, or removed where the laws allow it; a long one by a job.

        :raises UserError: with the list of what rests on it
        """
        self.ensure_one()
        self._edu_check_importer()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept in the ledger."))
        if self.state != "done":
            raise UserError(self.env._("Only what was imported can be taken back."))
        filed = self.env["edu.ledger.reason"].sudo()._edu_file(reason.strip())
        self._edu_set(undo_reason_digest=filed)
        if self.count_new + self.count_changed > AT_ONCE:
            self.env["edu.import.journal"]._edu_check(self)
            self._edu_promise("undoing")
        else:
            self._edu_take_back()

    def _edu_take_back(self):
        """Do what ``_edu_undo`` asked for, if nothing rests on the import."""
        digest = self.undo_reason_digest
        reason = self.env["edu.ledger.reason"].sudo()._edu_texts([digest]).get(digest)
        self.env["edu.import.journal"]._edu_take_back(self, reason)
        self._edu_log("undo", digest)
        self._edu_set(state="undone", undone_at=fields.Datetime.now(), undone_by_id=self.env.uid)
