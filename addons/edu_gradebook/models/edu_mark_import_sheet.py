import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EduMarkImportSheet(models.Model):
    """A staged sheet of a workbook: marks of one subject, or conduct.

    Nothing of it is a mark before the subject's teacher (for conduct: the homeroom teacher)
    accepts it and becomes the author.
    """

    _name = "edu.mark.import.sheet"
    _inherit = ["edu.guarded.mixin"]
    _description = "Staged Sheet of Marks"
    _order = "import_id desc, id"

    _edu_guarded = frozenset({"*"})

    import_id = fields.Many2one("edu.mark.import", required=True, index=True, ondelete="restrict")
    gradebook_period_id = fields.Many2one(
        related="import_id.gradebook_period_id", store=True, index=True
    )
    class_id = fields.Many2one(related="import_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    gradesheet_id = fields.Many2one(
        "edu.gradesheet", index=True, ondelete="restrict", help="Empty: conduct."
    )
    teacher_ids = fields.Many2many(
        "res.users", string="Accepted by", compute="_compute_teacher_ids"
    )
    state = fields.Selection(
        [("staged", "Waiting"), ("accepted", "Accepted"), ("refused", "Refused")],
        required=True,
        default="staged",
        index=True,
    )
    cells = fields.Text(required=True)
    count_new = fields.Integer("New", aggregator=None)
    count_changed = fields.Integer("Changed", aggregator=None)
    count_same = fields.Integer("Untouched", aggregator=None)
    uploaded_by_id = fields.Many2one(related="import_id.create_uid", string="Uploaded by")
    decided_by_id = fields.Many2one("res.users", "Decided by", ondelete="restrict")
    decided_at = fields.Datetime()
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("gradesheet_id.subject_id.name", "class_id.name")
    def _compute_display_name(self):
        for staged in self.sudo():  # who brought a workbook may not open the sheets of others
            subject = staged.gradesheet_id.subject_id.name or self.env._("Conduct")
            staged.display_name = f"{staged.class_id.name} - {subject}"

    @api.depends("gradesheet_id", "class_id.homeroom_user_id")
    def _compute_teacher_ids(self):
        for staged in self.sudo():
            sheet = staged.gradesheet_id
            staged.teacher_ids = sheet.teacher_ids if sheet else staged.class_id.homeroom_user_id

    @api.depends_context("uid")
    @api.depends("teacher_ids", "state")
    def _compute_can_decide(self):
        for staged in self:
            staged.can_decide = staged.state == "staged" and self.env.user in staged.teacher_ids

    @api.model
    def _edu_stage(self, vals_list):
        """Stage sheets and record in the period's chain who brought which cells."""
        staged = self._edu_unguarded().create(vals_list)
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    sheet.gradebook_period_id._edu_own_chains(),
                    {
                        "operation": "stage",
                        "model": self._name,
                        "record": str(sheet.id),
                        "new": hashlib.sha256(sheet.cells.encode()).hexdigest(),
                        "origin": "workbook",
                        "evidence_sha256": sheet.import_id.file_sha256,
                    },
                )
                for sheet in staged
            ]
        )
        return staged

    def action_accept(self):
        """The teacher takes the staged cells over as the teacher's own entry, all or none.

        :return: the question for a reason, when the guards find something in one single sheet
        """
        if len(self) == 1 and self.gradesheet_id:
            self._edu_check_decision()
            told = self._edu_check_cells()
            if told["findings"]:
                return self.env["edu.mark.acknowledgement"]._edu_ask(self, told)
        return self._edu_accept()

    def _edu_check_cells(self):
        """What the guards say about the staged cells, see ``edu.gradesheet.check_cells``."""
        self.ensure_one()
        return self.gradesheet_id.check_cells(json.loads(self.sudo().cells))

    def _edu_accept(self, acknowledgement=None):
        """Accept, see :meth:`action_accept`; findings are refused without their acknowledgement."""
        for staged in self:
            staged._edu_check_decision()
            evidence = staged.sudo().import_id._edu_check_file()
            cells = json.loads(staged.sudo().cells)
            if staged.gradesheet_id:
                staged.gradesheet_id._edu_save_cells(
                    cells, "workbook", evidence, whole=True, acknowledgement=acknowledgement
                )
            else:
                levels = {cell["enrollment"]: cell["value"] for cell in cells}
                staged.gradebook_period_id._edu_save_conduct(levels, "workbook", evidence)
            staged.sudo()._edu_decide("accepted")

    def action_refuse(self):
        """The teacher does not take the cells over; they stay as a record of what was brought."""
        for staged in self:
            staged._edu_check_decision()
            staged.sudo()._edu_decide("refused")

    def _edu_check_decision(self):
        self.ensure_one()
        if self.env.user not in self.sudo().teacher_ids:
            raise AccessError(
                self.env._(
                    "%(sheet)s: only its teacher (%(teachers)s) decides about these marks.",
                    sheet=self.display_name,
                    teachers=", ".join(self.sudo().teacher_ids.mapped("name")) or "-",
                )
            )
        if self.state != "staged":
            raise UserError(self.env._("%s was decided already.", self.display_name))

    def _edu_decide(self, state):
        self._edu_unguarded().write(
            {"state": state, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        )
