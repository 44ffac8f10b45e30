import base64
import hashlib
import json

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import UserError

from edu_records.exchange import WorkbookError, error_workbook, render

from .edu_import_journal import Journal

SHOWN_ERRORS = 50
AT_ONCE = 500  # rows that the user waits for; longer lists are tried and written by a job


class TrialOver(Exception):  # noqa: N818 - no error: it ends the trial's savepoint
    """Raised inside a trial to take back what it wrote."""


class EduImportCheck(models.AbstractModel):
    """What the rows of a workbook would do, tried on the records and shown before it is written."""

    _name = "edu.import.check"
    _description = "Check of an Import"

    # -- checking --------------------------------------------------------------------------------

    def action_check(self):
        """Dry run: show what each row would do, or what is wrong, by sheet, row and column.

        Then the rows are tried on the records; those of a long list by a job.
        """
        self.ensure_one()
        self._edu_check_importer()
        self._edu_refuse_over()
        rows, digest = self._edu_plan()
        if len(rows) > AT_ONCE and digest:
            self._edu_promise("checking")
        elif digest:
            self._edu_try(rows, digest)
        return True

    def _edu_refuse_over(self):
        if self.state not in ("draft", "refused", "checked"):
            raise UserError(
                self.env._(
                    "%(file)s: %(state)s. Bring the workbook again for another import.",
                    file=self.filename,
                    state=dict(self._fields["state"]._description_selection(self.env))[self.state],
                )
            )

    def _edu_plan_and_show(self):
        """Plan, try, and show what would be done; the state is then ``checked`` or ``refused``."""
        rows, digest = self._edu_plan()
        if digest:
            self._edu_try(rows, digest)

    def _edu_plan(self):
        """Plan and show what would be done, or what is wrong; the state is then ``refused``.

        :return: the rows, and the digest of what they would do, "" with an error
        """
        rows, errors, digest = self._edu_planned()
        if errors or digest != self.plan_digest:
            self._edu_show(rows, errors)
        if errors:
            self._edu_show_errors(errors)
        return rows, "" if errors else digest

    def _edu_try(self, rows, digest):
        """Try the rows; the state is then ``checked`` or ``refused``."""
        problem = self._edu_trial(rows)
        self._edu_set(
            state="refused" if problem else "checked",
            report=problem or self._edu_summary(),
            error_file=False,
            error_filename=False,
            plan_digest=not problem and digest,
        )

    def _edu_planned(self):
        """``(rows, errors, digest of what would be done)``"""
        entity = self._edu_entity()
        if entity._edu_needs_year and not self.school_year_id:
            raise UserError(self.env._("Choose the school year of the list first."))
        try:
            table = entity._edu_read(self)
        except WorkbookError as error:
            raise UserError(render(error, self._edu_lang())) from error
        errors = table.errors + entity._edu_plan(self, table, self._edu_answers())
        return table.rows, errors, self._edu_digest(table.rows)

    def _edu_digest(self, rows):
        """What the rows would do, as a hash that is the same in every language of the user."""
        entity = self._edu_entity().with_context(lang="en_US")
        seen = [
            [row["_row"], shown.id, entity._edu_diff(self, row, shown)]
            for row in rows
            for shown in [row["_record"] or row["_near"][:1]]
        ]
        text = json.dumps(seen, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _edu_answers(self):
        """``{row: id of its record, 0 for a new one}`` as the user answered."""
        return {
            line.row: line.candidate_ref if line.answer == "same" else 0
            for line in self.line_ids
            if line.answer
        }

    def _edu_trial(self, rows):
        """Write the rows and take them back: what the records themselves refuse, "" for nothing."""
        try:
            with self.env.cr.savepoint():
                self._edu_entity().with_context(tracking_disable=True)._edu_write(
                    self, [dict(row) for row in rows], Journal()
                )
                self.env.flush_all()
                raise TrialOver
        except TrialOver:
            return ""
        except UserError as error:
            return str(error)
        except IntegrityError as error:
            return self._edu_integrity_text(error)
        finally:
            self.env.invalidate_all(flush=False)

    @api.model
    def _edu_integrity_text(self, error):
        return self.env._(
            "The records refuse a row: a value that may occur once only is there already (%s).",
            (error.diag.message_detail or error.diag.message_primary or "").strip(),
        )

    # -- showing ---------------------------------------------------------------------------------

    def _edu_show(self, rows, errors):
        """Keep what each row would do."""
        wrong = {}
        for error in errors:
            wrong.setdefault(error.row, error)
        planned = [self._edu_line(row, wrong.get(row["_row"])) for row in rows]
        self.env["edu.import.line"]._edu_show(self, planned)
        kinds = [line["kind"] for line in planned]
        names = ("new", "changed", "same", "question", "error")
        self._edu_set(**{f"count_{name}": kinds.count(name) for name in names})

    def _edu_line(self, row, error):
        near = row["_near"][:1]
        if error:
            kind = "error"
        elif near:
            kind = "question"
        elif not row["_record"]:
            kind = "new"
        else:
            kind = "changed" if row["_diff"] else "same"
        return {
            "row": row["_row"],
            "label": self._edu_entity()._edu_label(row),
            "kind": kind,
            "diff": row["_diff"],
            "candidate_ref": near.id or 0,
            "candidate": self._edu_entity()._edu_candidate(near) if near else False,
        }

    def _edu_summary(self):
        return self.env._(
            "%(new)s new, %(changed)s changed, %(same)s unchanged, %(question)s to be answered.",
            new=self.count_new,
            changed=self.count_changed,
            same=self.count_same,
            question=self.count_question,
        )

    def _edu_show_errors(self, errors):
        lines = [render(error, self._edu_lang()) for error in errors[:SHOWN_ERRORS]]
        if len(errors) > SHOWN_ERRORS:
            lines.append(self.env._("… and %s more", len(errors) - SHOWN_ERRORS))
        marked = error_workbook(self._edu_data(), errors, self._edu_lang())
        self._edu_set(
            state="refused",
            report="\n".join(lines),
            error_file=base64.b64encode(marked),
            error_filename=f"errors-{self.filename}",
            plan_digest=False,
        )
