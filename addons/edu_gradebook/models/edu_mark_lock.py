from datetime import timedelta

from odoo import api, models


class EduMarkLock(models.AbstractModel):
    """Which cells are open at this moment: period, windows and grants in one place.

    ``edu_mark_lock`` (``sql/marks.sql``) decides, for the trigger on marks as for the screen. Here
    stands what is told about it: the reason, and who can open the cell.
    """

    _name = "edu.mark.lock"
    _description = "Locks of Marks"

    @api.model
    def _edu_locks(self, sheet):
        """What closes the sheet's columns now, grants left aside.

        :return: ``{column id: {"enter": lock, "correct": lock}}``, for a first mark and for
            changing one; a lock is ``None`` or ``(code, message)``
        """
        columns = sheet._edu_columns()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT col.id, step.correction, lock.code, lock.window_id"
            " FROM unnest(%s::int[]) AS col (id), (VALUES (false), (true)) AS step (correction),"
            " LATERAL edu_mark_lock(%s, col.id, step.correction) AS lock",
            [columns.ids, sheet.id],
        )
        locks = {column.id: {} for column in columns}
        told = {None: None}
        for column_id, correction, code, window_id in self.env.cr.fetchall():
            key = code and (code, window_id)
            if key not in told:
                told[key] = code, self._edu_message(sheet, code, window_id)
            locks[column_id]["correct" if correction else "enter"] = told[key]
        return locks

    @api.model
    def _edu_message(self, sheet, code, window_id):
        """The reason, and who can open the cell."""
        book = sheet.gradebook_period_id
        principals = book._edu_names(book._edu_role_users("principal"))
        if not window_id:
            return self.env._(
                "The period is locked and no grant opens this cell. The principal (%s) can open"
                " it.",
                principals,
            )
        window = sheet.env["edu.lock.window"].browse(window_id)
        return self.env._(
            "%(reason)s The principal (%(people)s) can open the cell.",
            reason=window._edu_told(code),
            people=principals,
        )

    @api.model
    def _edu_grants(self, sheet):
        """Cells that valid grants open, ``[(enrolment id or None, column id or None)]``."""
        if sheet.state not in ("draft", "locked"):
            return []
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT enrollment_id, column_id FROM edu_unlock_grant"
            " WHERE gradesheet_id = %s AND now() AT TIME ZONE 'UTC' < valid_until",
            [sheet.id],
        )
        return self.env.cr.fetchall()

    @api.model
    def _edu_sheet_lock(self, sheet):
        """``(code, message)`` of a sheet of which nobody can write a single cell now; else None."""
        locks = [lock for steps in self._edu_locks(sheet).values() for lock in steps.values()]
        if not locks or not all(locks) or self._edu_grants(sheet):
            return None
        if sheet.state == "draft":
            return locks[0][0], f"{sheet.display_name}: {locks[0][1]}"
        book = sheet.gradebook_period_id
        return "LOCKED", self.env._(
            "%(sheet)s: the period is %(state)s. The principal (%(principals)s) can open it.",
            sheet=sheet.display_name,
            state=book._edu_state_label(),
            principals=book._edu_names(book._edu_role_users("principal")),
        )

    @api.model
    def _edu_cell_lock(self, page, enrollment, column, stored):
        """``(code, message)`` of what closes a cell, None for an open one.

        A mark that is there, or was cleared, is corrected; a make-up that is due is entered. In the
        first hours its teacher types it anew, later only with a dossier (``edu.correction``).

        :param page: see ``edu.mark._edu_page``; ``correction`` in it: a dossier is behind the save
        :param stored: the cell's row as it stands, None for a cell that was never touched
        """
        corrects = stored and stored["kind"] != "absent"
        lock = page["locks"][column][("correct" if corrects else "enter")]
        granted = lock and any(
            opened_row in (None, enrollment) and opened_column in (None, column)
            for opened_row, opened_column in page["grants"]
        )
        if lock and not granted:
            return lock
        if corrects and not page.get("correction") and self._edu_is_old(page["sheet"], stored):
            return "EVIDENCE", self.env._(
                "This mark was entered more than %s hours ago: it is corrected with its evidence.",
                page["sheet"].company_id.edu_correction_hours,
            )
        return None

    @api.model
    def _edu_is_old(self, sheet, stored):
        """Whether the hours in which a mark is retyped freely are over."""
        first = stored["first_at"] or stored["entered_at"]
        hours = sheet.company_id.edu_correction_hours
        return first + timedelta(hours=hours) <= self.env.cr.now()
