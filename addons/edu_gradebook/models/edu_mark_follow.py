from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models

MOVED = """
    SELECT move.old_line, move.new_line, mark.id AS origin_id, mark.entry_seq, mark.attempt,
        mark.column_id, col.code, mark.kind, mark.token, mark.author_id, mark.entered_at,
        coalesce(mark.first_at, mark.entered_at) AS first_at,
        chain.name AS chain, source.subject_id, book.id AS book_id,
        edu_period_state(book.state, book.unlock_until) AS state,
        period.date_end IS NULL AS undated,
        (old_class.regulation_id, old_class.grade_id)
            IS NOT DISTINCT FROM (new_class.regulation_id, new_class.grade_id) AS same_grade,
        new_book.id AS new_book_id,
        edu_period_state(new_book.state, new_book.unlock_until) AS new_state,
        target.id AS sheet_id, stored.id AS stored_id, stored.kind AS stored_kind,
        stored.token AS stored_token
    FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[])
        AS move (old_line, new_line, new_class, day)
    JOIN edu_mark mark ON mark.enrollment_id = move.old_line
    JOIN edu_mark_column col ON col.id = mark.column_id
    JOIN edu_gradesheet source ON source.id = mark.gradesheet_id
    JOIN edu_ledger_chain chain ON chain.id = source.chain_id
    JOIN edu_gradebook_period book ON book.id = source.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    JOIN edu_class old_class ON old_class.id = book.class_id
    JOIN edu_class new_class ON new_class.id = move.new_class
    LEFT JOIN edu_gradebook_period new_book
        ON new_book.class_id = new_class.id AND new_book.period_id = book.period_id
    LEFT JOIN edu_gradesheet target ON target.gradebook_period_id = new_book.id
        AND target.subject_id = source.subject_id AND target.assess = source.assess
        AND col.number <= target.regular_count AND old_class.grade_id = new_class.grade_id
        AND source.by_parts IS NOT DISTINCT FROM target.by_parts
        AND (col.needs IS DISTINCT FROM 'cluster' OR EXISTS (
            SELECT 1 FROM edu_class_edu_curriculum_line_rel chosen
            JOIN edu_curriculum_line cluster ON cluster.id = chosen.edu_curriculum_line_id
            WHERE chosen.edu_class_id = new_class.id AND cluster.kind = 'cluster'
                AND cluster.parent_id = target.curriculum_line_id))
    LEFT JOIN edu_mark stored ON stored.gradesheet_id = target.id
        AND stored.enrollment_id = move.new_line AND stored.column_id = mark.column_id
        AND stored.attempt = mark.attempt
    WHERE (period.date_end IS NULL OR period.date_end >= move.day)
        AND (mark.kind <> 'empty' OR stored.id IS NOT NULL)
    ORDER BY source.sequence, source.id, mark.id
"""


class Move(NamedTuple):
    """A pupil's way from one row of a class list to another one of the same year, from a day on.

    ``new_line`` is empty while the movement is only wanted.
    """

    old_line: models.Model
    new_line: models.Model
    new_class: models.Model
    day: object


class EduMark(models.Model):
    """Marks of a running period follow the pupil into another class of the year.

    The new class gets copies that name their origin, the old rows freeze: a copy keeps its author,
    its ledger entry has whoever recorded the movement, the author as the one acted for, and chain
    and entry of the original as its origin.
    """

    _inherit = "edu.mark"

    origin_id = fields.Many2one(
        "edu.mark",
        "Followed from",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The mark in the class that the pupil left, of which this one is the copy.",
    )

    @api.model
    def _edu_moved_rows(self, moves):
        """Marks of the old rows in periods that go on after the movement, and where they lead.

        One query for any number of pupils; each row also has ``fate``: "follow", or why not:
        "finished" (locked, without a last day), "closed" or "new_closed" (a locked period),
        "no_book", "other_grade" or "no_place" (the new class lacks the subject or the column).
        """
        if not moves:
            return []
        self.env.flush_all()
        self.env.cr.execute(
            MOVED,
            [
                [move.old_line.id for move in moves],
                [move.new_line.id or None for move in moves],
                [move.new_class.id for move in moves],
                [move.day for move in moves],
            ],
        )
        return [{**row, "fate": self._edu_fate(row)} for row in self.env.cr.dictfetchall()]

    @api.model
    def _edu_fate(self, row):
        if row["state"] != "draft":
            return "finished" if row["undated"] else "closed"
        if not row["same_grade"]:
            return "other_grade"
        if not row["new_book_id"]:
            return "no_book"
        if row["new_state"] != "draft":
            return "new_closed"
        return "follow" if row["sheet_id"] else "no_place"

    @api.model
    def _edu_hold_sheets(self, classes):
        """Hold the sheets' chains of ``classes``, so that no lock slips in before the copies."""
        sheets = self.env["edu.gradesheet"].search_fetch(
            [("class_id", "in", classes.ids)], ["chain_id"]
        )
        sheets.chain_id._edu_lock_heads()

    @api.model
    def _edu_follow_problems(self, moves):
        """Why the marks of wanted movements cannot follow, a sentence for each period."""
        fates = defaultdict(set)
        for row in self._edu_moved_rows(moves):
            fates[row["fate"]].add(row["new_book_id" if row["fate"] == "new_closed" else "book_id"])
        Book = self.env["edu.gradebook.period"]
        problems = [
            self.env._(
                "%(name)s is %(state)s, and the period goes on until %(day)s: the marks cannot"
                " follow. Record the movement after that day, or ask the principal (%(principals)s)"
                " to open the period.",
                name=book.display_name,
                state=book._edu_state_label(),
                day=book.period_id.date_end.strftime("%d/%m/%Y"),
                principals=book._edu_names(book._edu_role_users("principal")),
            )
            for book in Book.browse(sorted(fates["closed"]))
        ]
        problems += [
            self.env._(
                "%(name)s is %(state)s: it takes no marks of a newcomer. The principal"
                " (%(principals)s) can open it.",
                name=book.display_name,
                state=book._edu_state_label(),
                principals=book._edu_names(book._edu_role_users("principal")),
            )
            for book in Book.browse(sorted(fates["new_closed"]))
        ]
        if fates["no_book"]:
            names = ", ".join(sorted({move.new_class.name for move in moves}))
            problems.append(
                self.env._(
                    "%s has no gradebook for the marks that the pupils have already: open its"
                    " gradebook first.",
                    names,
                )
            )
        return problems

    @api.model
    def _edu_follow(self, moves):
        """Copy what differs into the sheets of the new class, in sets; the old rows stay.

        :param moves: list of :class:`Move` with their new rows
        """
        rows = [
            row
            for row in self._edu_moved_rows(moves)
            if row["fate"] == "follow"
            and (row["kind"], row["token"]) != (row["stored_kind"], row["stored_token"])
        ]
        if not rows:
            return
        sheets = self.env["edu.gradesheet"].browse({row["sheet_id"] for row in rows})
        chains = {sheet.id: sheet.chain_id for sheet in sheets}
        entries = self.env["edu.ledger.chain"]._edu_append(
            [(chains[row["sheet_id"]], self._edu_follow_event(row)) for row in rows]
        )
        self._edu_write_copies(rows, [seq for _chain, seq, _hash in entries])
        sheets._edu_withdraw_confirmations()

    @api.model
    def _edu_follow_event(self, row):
        old = f"{row['stored_kind']}|{row['stored_token'] or ''}" if row["stored_id"] else ""
        return {
            "operation": "follow",
            "acting_for": str(row["author_id"]),
            "model": "edu.mark",
            "record": str(row["sheet_id"]),
            "slot": f"{row['new_line']}:{row['code']}:{row['attempt']}",
            "old": old,
            "new": f"{row['kind']}|{row['token'] or ''}",
            "origin": f"{row['chain']}#{row['entry_seq']}",
        }

    @api.model
    def _edu_write_copies(self, rows, seqs):
        names = ("sheet_id", "new_line", "column_id", "attempt", "kind", "token")
        names += ("author_id", "entered_at", "first_at", "origin_id")
        self.env.cr.execute(
            """
            INSERT INTO edu_mark (gradesheet_id, enrollment_id, column_id, attempt, kind, token,
                author_id, entered_at, first_at, origin_id, entry_seq)
            SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::text[], %s::text[],
                %s::int[], %s::timestamp[], %s::timestamp[], %s::int[], %s::int[])
            ON CONFLICT (gradesheet_id, enrollment_id, column_id, attempt) DO UPDATE SET
                kind = EXCLUDED.kind, token = EXCLUDED.token, entry_seq = EXCLUDED.entry_seq,
                author_id = EXCLUDED.author_id, entered_at = EXCLUDED.entered_at,
                first_at = EXCLUDED.first_at, origin_id = EXCLUDED.origin_id
            """,
            [*([row[name] for row in rows] for name in names), seqs],
        )
        self.invalidate_model(flush=False)
        self.env["edu.gradesheet"].invalidate_model(["mark_ids"], flush=False)
