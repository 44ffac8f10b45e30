from odoo import api, fields, models

from .edu_mark_follow import Move

TAKES_MARKS = ("class_change", "return")


class EduMovement(models.Model):
    """On a change of class, and on a return into another class, the marks follow the pupil."""

    _inherit = "edu.movement"

    marks_from_id = fields.Many2one(
        "edu.enrollment",
        "Marks Came from",
        index="btree_not_null",
        ondelete="restrict",
        help="The row of the class list whose marks of the running periods followed the pupil.",
    )
    marks_note = fields.Text("Marks", compute="_compute_marks_note")

    @api.depends("marks_from_id")
    def _compute_marks_note(self):
        for movement in self:
            movement.marks_note = movement.sudo()._edu_marks_note()

    def _edu_marks_note(self):
        """What followed and what stayed in the old class, for people; "" where nothing was due."""
        if not self.marks_from_id or self.cancelled_by_id:
            return ""
        rows = self.env["edu.mark"]._edu_moved_rows(self._edu_mark_moves())
        rows = [row for row in rows if row["kind"] != "empty"]
        if not rows:
            return ""
        stayed = [row for row in rows if not row["stored_id"]]
        note = self.env._(
            "%(count)s marks followed into %(class)s.",
            count=len(rows) - len(stayed),
            **{"class": self.to_class_id.name},
        )
        if not stayed:
            return note
        subjects = self.env["edu.subject"].browse(row["subject_id"] for row in stayed)
        names = {subject.id: subject.name for subject in subjects}
        places = ", ".join(f"{names[row['subject_id']]} {row['code']}" for row in stayed)
        return "\n".join(
            [
                note,
                self.env._(
                    "Stayed in %(class)s, because %(other)s has no place for them: %(places)s.",
                    places=places,
                    other=self.to_class_id.name,
                    **{"class": self.marks_from_id.class_id.name},
                ),
            ]
        )

    # -- marks follow ----------------------------------------------------------------------------

    @api.model
    def _edu_problems(self, kind, students, date, to_class, facts):
        problems = super()._edu_problems(kind, students, date, to_class, facts)
        if problems or kind not in TAKES_MARKS:
            return problems
        lines = self._edu_mark_lines(kind, students, to_class)
        Mark = self.env["edu.mark"]
        Mark._edu_hold_sheets(to_class | lines.class_id)
        none = self.env["edu.enrollment"]
        return Mark._edu_follow_problems([Move(line, none, to_class, date) for line in lines])

    @api.model
    def _edu_mark_lines(self, kind, students, to_class):
        """Rows whose marks would follow: the present ones, or those that were left last."""
        if kind == "class_change":
            lines = self._edu_current_lines(students).values()
        else:
            lines = self._edu_last_left(students, to_class.school_year_id).values()
        return (
            self.env["edu.enrollment"]
            .union(*lines)
            .filtered(lambda line: line.class_id != to_class)
        )

    @api.model
    def _edu_last_left(self, students, year):
        """``{pupil: the row of the year that the pupil left last}``"""
        left = self.search(
            [
                ("student_id", "in", students.ids),
                ("school_year_id", "=", year.id),
                ("from_enrollment_id", "!=", False),
                ("kind", "!=", "cancel"),
                ("cancelled_by_id", "=", False),
            ],
            order="id",
        )
        return {movement.student_id: movement.from_enrollment_id for movement in left}

    def _edu_after_movement(self):
        result = super()._edu_after_movement()
        self._edu_name_origins()
        self.env["edu.mark"]._edu_follow(self._edu_mark_moves())
        return result

    def _edu_name_origins(self):
        """Write into the movements from which rows the marks come."""
        origins = {}
        for kind, movements in self.grouped("kind").items():
            if kind not in TAKES_MARKS:
                continue
            lines = movements.from_enrollment_id
            if kind == "return":
                year = movements.to_class_id.school_year_id
                left = self._edu_last_left(movements.student_id, year)
                lines = lines.union(*left.values())
            by_student = lines.grouped("student_id")
            for movement in movements:
                line = by_student.get(movement.student_id, lines.browse())
                if line and line != movement.to_enrollment_id:
                    origins[movement.id] = line.id
        self.flush_model()
        self.env.cr.execute(
            "UPDATE edu_movement SET marks_from_id = given.line"
            " FROM unnest(%s::int[], %s::int[]) AS given (id, line)"
            " WHERE edu_movement.id = given.id",
            [list(origins), list(origins.values())],
        )
        self.invalidate_recordset(["marks_from_id"], flush=False)

    def _edu_mark_moves(self):
        """The movements as :class:`Move`; a cancellation leads the marks back."""
        moves = []
        for movement in self:
            origin = movement.cancels_id if movement.kind == "cancel" else movement
            line = origin.marks_from_id
            if not line:
                continue
            pair = (line, origin.to_enrollment_id)
            old, new = reversed(pair) if movement.kind == "cancel" else pair
            moves.append(Move(old, new, new.class_id, origin.date))
        return moves

    # -- cancelling ------------------------------------------------------------------------------

    def _edu_dependents(self):
        """Marks and conduct in the row that a cancellation would withdraw, and periods that were
        locked with the class list as the movement left it.

        Marks that followed the pupil go back; what has no place there keeps the movement.
        """
        dependents = super()._edu_dependents()
        marked = self._edu_marked_lines()
        books = self.env["edu.gradebook.period"].search(
            [
                ("class_id", "in", (self.from_class_id | self.to_class_id).ids),
                ("state", "!=", "draft"),
            ]
        )
        homeless = self._edu_homeless_lines()
        absent = self.env["edu.attendance"].search(
            [("enrollment_id", "in", self.to_enrollment_id.ids), ("token", "!=", False)]
        )
        for movement in self:
            line = movement.to_enrollment_id
            if not movement.reopened and line.id in marked:
                dependents[movement].append(
                    self.env._(
                        "%s has marks or conduct in this class already.", movement.student_id.name
                    )
                )
            if not movement.reopened and line in absent.enrollment_id:
                dependents[movement].append(
                    self.env._(
                        "%s has absences in this class: they are cleared first.",
                        movement.student_id.name,
                    )
                )
            if line.id in homeless:
                dependents[movement].append(
                    self.env._(
                        "%(pupil)s has marks in this class for which %(class)s has no place.",
                        pupil=movement.student_id.name,
                        **{"class": movement.marks_from_id.class_id.name},
                    )
                )
            classes = movement.from_class_id | movement.to_class_id
            dependents[movement] += [
                self.env._("%s was locked after it.", book.display_name)
                for book in books
                if book.class_id in classes and book.locked_at >= movement.create_date
            ]
        return dependents

    def _edu_homeless_lines(self):
        """Ids of rows with marks that would get lost if the movements were cancelled."""
        moves = [
            Move(m.to_enrollment_id, m.marks_from_id, m.marks_from_id.class_id, m.date)
            for m in self
            if m.marks_from_id and not m.reopened
        ]
        return {
            row["old_line"]
            for row in self.env["edu.mark"]._edu_moved_rows(moves)
            if row["fate"] != "follow" and row["kind"] != "empty"
        }

    def _edu_marked_lines(self):
        """Ids of those rows that the movements opened in which something was entered that does
        not go back with the pupil."""
        self.env.flush_all()
        followed = self.filtered("marks_from_id").to_enrollment_id
        self.env.cr.execute(
            """
            SELECT enrollment_id FROM edu_mark
            WHERE enrollment_id = ANY(%(lines)s) AND NOT enrollment_id = ANY(%(followed)s)
            UNION
            SELECT enrollment_id FROM edu_period_result
            WHERE enrollment_id = ANY(%(lines)s) AND conduct IS NOT NULL
            """,
            {"lines": self.to_enrollment_id.ids, "followed": followed.ids},
        )
        return {row[0] for row in self.env.cr.fetchall()}
