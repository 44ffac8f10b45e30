from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError

# movements by which somebody comes into the school in the middle of a period
CAME_LATE = ("admission", "transfer_in", "return")
# columns that more than half of the class had marks in when somebody came
HELD_BEFORE = """
    SELECT late.sheet, late.line, split_part(entry.slot, ':', 2)
    FROM unnest(%s::int[], %s::int[], %s::date[], %s::text[], %s::int[])
        AS late (sheet, line, day, moment, present)
    JOIN edu_gradesheet sheet ON sheet.id = late.sheet
    JOIN edu_ledger_entry entry ON entry.chain_id = sheet.chain_id AND entry.model = 'edu.mark'
        AND entry.payload::jsonb ->> 3 < late.moment
    JOIN edu_enrollment other ON other.id = split_part(entry.slot, ':', 1)::int
        AND other.date_start < late.day AND coalesce(other.date_end, late.day) >= late.day
    GROUP BY 1, 2, 3, late.present
    HAVING 2 * count(DISTINCT other.id) > late.present
"""


class EduGradesheetNewcomer(models.AbstractModel):
    """Pupils who come in the middle of a period: what is not demanded, what they bring along."""

    _name = "edu.gradesheet.newcomer"
    _description = "Newcomers in a Gradesheet"

    def _compute_has_transfers(self):
        """For the name of a button only."""
        for sheet in self:
            sheet.has_transfers = bool(sheet.sudo()._edu_transferred_lines())

    def _edu_late_lines(self):
        """Rows of those who came into the school when the period had begun."""
        self.ensure_one()
        begin = self.period_id.date_start or self.class_id.school_year_id.date_start
        return self.class_id.enrollment_ids.filtered(
            lambda line: (
                line.date_start
                and line.date_start > begin
                and line.entry_movement_id.kind in CAME_LATE
                and not line.entry_movement_id.marks_from_id
            )
        )

    def _edu_excused(self):
        """Columns that are not demanded of late joiners, ``{(sheet id, enrolment id): {code}}``.

        A column was held before somebody came when the ledger has marks in it of more than half of
        those who were in the class then. Corrections of later days do not change that.
        """
        asked, excused = [], self._edu_summer_excused()
        for sheet in self:
            lines = sheet.class_id.enrollment_ids
            zone = ZoneInfo(sheet.company_id.edu_timezone)
            for line in sheet._edu_late_lines():
                day = line.date_start
                moment = datetime.combine(day, time(), zone).astimezone(timezone.utc)
                present = sum(
                    bool(one.date_start)
                    and one.date_start < day
                    and (not one.date_end or one.date_end >= day)
                    for one in lines
                )
                asked.append((sheet.id, line.id, day, moment.strftime("%Y-%m-%dT%H:%M"), present))
        if not asked:
            return excused
        self.env.flush_all()
        self.env.cr.execute(HELD_BEFORE, [list(column) for column in zip(*asked, strict=True)])
        for sheet_id, line_id, code in self.env.cr.fetchall():
            excused.setdefault((sheet_id, line_id), set()).add(code)
        return excused

    def _edu_transferred_lines(self):
        self.ensure_one()
        return self.class_id.enrollment_ids.filtered(
            lambda line: line.state == "active" and line.entry_movement_id.kind == "transfer_in"
        )

    def save_former_marks(self, enrollment_id, marks, paper=None):
        """Enter marks that a pupil brought from another school, with the paper that proves them.

        Cells that have a mark already are not overwritten. The paper is filed with the pupil's
        transfer, where nobody replaces it; each mark's entry has its SHA-256.

        :param dict marks: ``{column code: typed text}``
        :param paper: ``(file name, bytes)``; without it the paper filed last with the transfer
        :return: answers as of :meth:`save_cells`
        :raises AccessError: when the user is not the assigned teacher
        :raises UserError: for a pupil who was not transferred in, without a paper, or with the
            reason why a mark is refused; then nothing is written
        """
        self.ensure_one()
        sheet = self.sudo()
        line = sheet._edu_transferred_lines().filtered(lambda one: one.id == enrollment_id)
        (sheet.chain_id | line.student_id._edu_chains())._edu_lock_heads()
        self._edu_check_open()
        if not line:
            raise UserError(
                self.env._("Only pupils of the class who came from another school bring marks.")
            )
        if not isinstance(marks, dict) or not marks:
            raise UserError(self.env._("Write at least one mark."))
        movement = line.entry_movement_id
        papers = movement._edu_add_evidence([paper]) if paper else movement.evidence_ids
        if not papers:
            raise UserError(self.env._("Attach the paper of the old school that proves the marks."))
        cells = [
            {"enrollment": line.id, "column": code, "value": typed, "version": 0}
            for code, typed in marks.items()
        ]
        evidence = papers.sorted("id")[-1:]._edu_check_stored()
        return self.env["edu.mark"].sudo()._edu_save(sheet, cells, "old_school", evidence, True)

    def action_former_marks(self):
        """Ask for the marks that a pupil brought from another school."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Marks of the Old School"),
            "res_model": "edu.mark.former",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gradesheet_id": self.id},
        }
