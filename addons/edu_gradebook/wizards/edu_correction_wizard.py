import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

FILES = {"book": "personal_book", "paper": "paper", "check": "check_sheet"}


class EduCorrectionWizard(models.TransientModel):
    """Asks a teacher for everything that the correction of one mark needs, and files it."""

    _name = "edu.correction.wizard"
    _description = "Correct a Mark"

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, readonly=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id")
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, ondelete="restrict"
    )
    column_id = fields.Many2one(
        "edu.mark.column", required=True, readonly=True, ondelete="restrict"
    )
    column_kind = fields.Selection(related="column_id.kind")
    attempt = fields.Integer(default=1, required=True, readonly=True, aggregator=None)
    old_value = fields.Char("Mark Now", compute="_compute_stored")
    version = fields.Integer(compute="_compute_stored", aggregator=None)
    way = fields.Char("What Happens Next", compute="_compute_stored")
    new_value = fields.Char("Right Mark", help="Empty: there should be no mark.")
    kind = fields.Selection(
        lambda self: self.env["edu.correction"]._fields["kind"]._description_selection(self.env),
        "Why",
        required=True,
        default="entry_error",
    )
    reason = fields.Text("Explanation")
    oral = fields.Boolean("Oral Mark")
    witness_id = fields.Many2one(
        "edu.enrollment",
        ondelete="restrict",
        domain="[('class_id', '=', class_id), ('id', '!=', enrollment_id)]",
        help="Another pupil of the class, who signs the check sheet.",
    )
    book_page = fields.Char("Page of the Personal Gradebook")
    book_file = fields.Binary("Scan of the Page", attachment=False)
    book_name = fields.Char()
    paper_file = fields.Binary("Test Paper", attachment=False)
    paper_name = fields.Char()
    check_file = fields.Binary("Signed Check Sheet", attachment=False)
    check_name = fields.Char()

    @api.depends("gradesheet_id", "enrollment_id", "column_id", "attempt")
    def _compute_stored(self):
        for wizard in self:
            sheet = wizard.gradesheet_id
            sheet.check_access("read")
            page = self.env["edu.mark"].sudo()._edu_page(sheet.sudo())
            key = (wizard.enrollment_id.id, wizard.column_id.code, wizard.attempt)
            stored = page["marks"].get(key)
            wizard.old_value = (stored["token"] or "").replace(".", ",") if stored else False
            wizard.version = stored["entry_seq"] if stored else 0
            lock = page["locks"].get(wizard.column_id.id, {}).get("correct")
            wizard.way = self._edu_way(lock, wizard.column_id.kind)

    @api.model
    def _edu_way(self, lock, column_kind):
        if lock or column_kind == "final":
            return self.env._(
                "%s The homeroom teacher confirms, the principal approves, then you enter it.",
                lock[1] if lock else self.env._("This is a mark of the term exam."),
            )
        return self.env._("The mark changes at once; the homeroom teacher confirms it afterwards.")

    def action_file(self):
        """File the dossier; it is shown."""
        self.ensure_one()
        cell = {
            "enrollment": self.enrollment_id.id,
            "column": self.column_id.code,
            "attempt": self.attempt,
            "version": self.version,
            "value": self.new_value or "",
        }
        dossier = self.env["edu.correction"]._edu_file(
            self.gradesheet_id,
            cell,
            self._edu_files(),
            kind=self.kind,
            reason=self.reason,
            oral=self.oral,
            witness_id=self.oral and self.witness_id.id,
            book_page=self.book_page,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "edu.correction",
            "res_id": dossier.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _edu_files(self):
        """``[(kind of evidence, name, bytes)]`` of what was attached."""
        files = []
        for prefix, kind in FILES.items():
            data = self.with_context(bin_size=False)[f"{prefix}_file"]
            if data:
                try:
                    files.append(
                        (
                            kind,
                            self[f"{prefix}_name"] or kind,
                            base64.b64decode(data, validate=True),
                        )
                    )
                except binascii.Error as error:
                    raise UserError(self.env._("The file cannot be read.")) from error
        return files

    def action_print_check_sheet(self):
        """The check sheet of an oral mark, to be signed by both pupils."""
        self.ensure_one()
        if not self.witness_id:
            raise UserError(self.env._("Name the other pupil who signs the check sheet first."))
        return self.env.ref("edu_gradebook.edu_check_sheet_report").report_action(self)
