from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

SHOWN_PROBLEMS = 20
MOVERS = (
    "edu_core.group_edu_clerk,edu_core.group_edu_it_admin,edu_core.group_edu_principal,"
    "edu_core.group_edu_vice_principal"
)


@dataclass(frozen=True)
class Step:
    """One kind of movement.

    ``before``: the statuses it starts from; ``after``: the status after it; ``into``: whether the
    pupil goes into a class; ``row``: what becomes of the row in the class that the pupil leaves,
    "left" (struck through) or "done" (the year is over); ``note``: the official wording in a row
    that was left, in Vietnamese as all forms.
    """

    before: frozenset
    after: str
    into: bool
    note: str = ""
    row: str = "left"


STEPS = {
    "admission": Step(frozenset({"waiting", "completed"}), "studying", True),
    "transfer_in": Step(
        frozenset({"waiting", "transferred", "dropped_out", "completed"}), "studying", True
    ),
    "transfer_out": Step(
        frozenset({"studying", "suspended"}),
        "transferred",
        False,
        "Đã chuyển đến {to_school} từ ngày {date}",
    ),
    "class_change": Step(
        frozenset({"studying"}), "studying", True, "Đã chuyển sang lớp {to_class} từ ngày {date}"
    ),
    "suspension": Step(
        frozenset({"studying"}), "suspended", False, "Bảo lưu kết quả học tập từ ngày {date}"
    ),
    "return": Step(frozenset({"suspended", "dropped_out"}), "studying", True),
    "drop_out": Step(
        frozenset({"studying", "suspended"}), "dropped_out", False, "Thôi học từ ngày {date}"
    ),
    "promotion": Step(frozenset({"studying"}), "studying", True, row="done"),
    "repeat": Step(frozenset({"studying", "suspended"}), "studying", True, row="done"),
    "completion": Step(frozenset({"studying"}), "completed", False, row="done"),
}


class EduMovement(models.Model):
    """A dated fact of a pupil's way through the school: the only thing that changes status and
    class.

    Written once by ``_edu_move``, never edited, never deleted. A wrong one is cancelled by a
    counter-movement (kind ``cancel``), which restores what was before.
    """

    _name = "edu.movement"
    _inherit = [
        "edu.movement.check",
        "edu.movement.cancellation",
        "edu.inspected.mixin",
        "edu.guarded.mixin",
        "edu.chained.mixin",
        "edu.exchanged.mixin",
    ]
    _description = "Movement"
    _order = "date desc, id desc"

    _edu_guarded = frozenset({"*"})
    _edu_chained = (
        "kind",
        "date",
        "company_id",
        "school_year_id",
        "from_class_id",
        "to_class_id",
        "from_enrollment_id",
        "to_enrollment_id",
        "reopened",
        "former_date_start",
        "from_school",
        "to_school",
        "status_before",
        "status_after",
        "reason_digest",
        "decision_number",
        "decision_date",
        "author_id",
        "cancels_id",
        "cancelled_by_id",
    )
    _edu_chain_key = ("student:", "student_id")

    kind = fields.Selection(
        [
            ("admission", "Admission"),
            ("transfer_in", "Transfer In"),
            ("transfer_out", "Transfer Out"),
            ("class_change", "Change of Class"),
            ("suspension", "Suspension"),
            ("return", "Return"),
            ("drop_out", "Drop-out"),
            ("promotion", "Promotion"),
            ("repeat", "Repetition of the Year"),
            ("completion", "Completion"),
            ("cancel", "Cancellation"),
        ],
        required=True,
        index=True,
    )
    date = fields.Date(required=True, index=True, help="The first day of the new state.")
    student_id = fields.Many2one(
        "edu.student", "Pupil", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    school_year_id = fields.Many2one("edu.school.year", index=True, ondelete="restrict")
    from_class_id = fields.Many2one("edu.class", index=True, ondelete="restrict")
    to_class_id = fields.Many2one("edu.class", index=True, ondelete="restrict")
    from_enrollment_id = fields.Many2one("edu.enrollment", index=True, ondelete="restrict")
    to_enrollment_id = fields.Many2one("edu.enrollment", index=True, ondelete="restrict")
    reopened = fields.Boolean(help="The pupil got the row back that the class had already.")
    former_date_start = fields.Date(help="Of the row that was reopened.")
    from_school = fields.Char()
    to_school = fields.Char()
    status_before = fields.Selection(lambda self: self._edu_statuses(), required=True)
    status_after = fields.Selection(lambda self: self._edu_statuses(), required=True)
    reason = fields.Text(compute="_compute_reason")
    reason_digest = fields.Char()
    decision_number = fields.Char()
    decision_date = fields.Date()
    evidence_ids = fields.Many2many("edu.movement.evidence")
    author_id = fields.Many2one("res.users", required=True, index=True, ondelete="restrict")
    cancels_id = fields.Many2one("edu.movement", index="btree_not_null", ondelete="restrict")
    cancelled_by_id = fields.Many2one("edu.movement", index="btree_not_null", ondelete="restrict")

    _cancels_uniq = models.UniqueIndex(
        "(cancels_id) WHERE cancels_id IS NOT NULL", "The movement is cancelled already."
    )

    @api.model
    def _edu_statuses(self):
        return self.env["edu.student"]._fields["status"]._description_selection(self.env)

    @api.depends("kind", "date", "student_id.name")
    def _compute_display_name(self):
        for movement in self:
            label = movement._edu_kind_label()
            day = format_date(self.env, movement.date)
            movement.display_name = f"{label} - {movement.student_id.name} - {day}"

    @api.depends("reason_digest")
    def _compute_reason(self):
        """The text is filed apart, so that it can be erased; the ledger has its digest."""
        filed = (
            self.env["edu.ledger.reason"]
            .sudo()
            .search([("digest", "in", [m.reason_digest for m in self if m.reason_digest])])
        )
        texts = {line.digest: line.text for line in filed}
        for movement in self:
            movement.reason = texts.get(movement.reason_digest, False)

    def _edu_kind_label(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")

    def _edu_official_note(self):
        """How the gradebook's form words this movement in the row of a pupil who left; "" for no
        movement."""
        step = self._edu_steps().get(self.kind)
        if not step or not step.note:
            return ""
        return step.note.format(
            date=self.date.strftime("%d/%m/%Y"),
            to_class=self.to_class_id.name or "",
            to_school=self.to_school or "trường khác",
        )

    # -- recording -------------------------------------------------------------------------------

    @api.model
    def _edu_steps(self):
        """Kind -> :class:`Step`; addons add kinds here and to the selection."""
        return STEPS

    @api.model
    def _edu_admit(self, students, school_class, date=None):
        """Admit pupils into a class, by default on the first day of its school year."""
        return self._edu_move(
            "admission", students, date or school_class.school_year_id.date_start, school_class
        )

    @api.model
    def _edu_move(self, kind, students, date, to_class=None, **facts):
        """Record one movement for each of ``students``, all of them or none.

        The pupils' chains are held first, then statuses are read and checked, rows of class lists
        ended and opened, movements and ledger entries written; the number of queries does not
        depend on the number of pupils.

        :param date: first day of the new state
        :param to_class: ``edu.class`` that the pupils go into, for kinds that need one
        :param facts: ``from_school``, ``to_school``, ``reason``, ``decision_number``,
            ``decision_date``, ``evidence`` (list of (file name, bytes))
        :return: the movements, in the order of ``students``
        :raises AccessError: when the user may not record movements of these pupils
        :raises UserError: with one line for each pupil and reason
        """
        date = fields.Date.to_date(date)
        students = students.with_env(self.env)
        to_class = (to_class or self.env["edu.class"]).with_env(self.env)
        self._edu_check_mover(students)
        to_class.check_access("read")
        students = students.sudo().with_context(tracking_disable=True)
        to_class = to_class.sudo()
        self.sudo()._edu_hold(students, to_class | students.class_id)
        problems = self.sudo()._edu_problems(kind, students, date, to_class, facts)
        self._edu_refuse_problems(problems)
        movements = self.sudo()._edu_write_movements(kind, students, date, to_class, facts)
        movements._edu_after_movement()
        return movements.with_env(self.env)

    @api.model
    def _edu_check_mover(self, students):
        """
        :raises AccessError: when the user records no movements, or not of these pupils
        """
        if not self.env.user.has_groups(MOVERS):
            raise AccessError(
                self.env._(
                    "Movements are recorded by the office, the IT administrator, the principal or"
                    " a vice principal."
                )
            )
        students.check_access("read")

    @api.model
    def _edu_hold(self, students, classes):
        """Hold the chains of the pupils and the lists of the classes until the end.

        The version of a list is counted up, so that of two transactions that add to one list the
        later one is tried again and sees the earlier one's numbers.
        """
        students._edu_chains()._edu_lock_heads()
        self.env.flush_all()
        if classes:
            self.env.cr.execute(
                SQL(
                    "UPDATE edu_class SET list_version = COALESCE(list_version, 0) + 1"
                    " WHERE id IN (SELECT id FROM edu_class WHERE id = ANY(%s) ORDER BY id"
                    " FOR NO KEY UPDATE)",
                    classes.ids,
                )
            )
        students.invalidate_recordset(["status", "class_id"])

    @api.model
    def _edu_refuse_problems(self, problems):
        if not problems:
            return
        lines = problems[:SHOWN_PROBLEMS]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(self.env._("… and %s more", len(problems) - SHOWN_PROBLEMS))
        raise UserError("\n".join(lines))

    # -- writing ---------------------------------------------------------------------------------

    @api.model
    def _edu_write_movements(self, kind, students, date, to_class, facts):
        step = self._edu_steps()[kind]
        before = students._edu_facts()
        current = self._edu_current_lines(students)
        came = self._edu_former_lines(students, to_class) if step.into else {}
        former = {student: line.date_start for student, line in came.items()}
        evidence = self.env["edu.movement.evidence"]._edu_file(
            students.company_id, facts.get("evidence") or ()
        )
        digest = self.env["edu.ledger.reason"]._edu_file((facts.get("reason") or "").strip())
        opened = self._edu_open_lines(students, to_class, date, came) if step.into else {}
        none = self.env["edu.enrollment"]
        movements = (
            self._edu_unguarded()
            .create(
                [
                    {
                        "kind": kind,
                        "date": date,
                        "student_id": student.id,
                        "company_id": student.company_id.id,
                        "school_year_id": (to_class or student.class_id).school_year_id.id,
                        "from_class_id": current.get(student, none).class_id.id,
                        "to_class_id": to_class.id,
                        "from_enrollment_id": current.get(student, none).id,
                        "to_enrollment_id": opened.get(student, none).id,
                        "reopened": student in came,
                        "former_date_start": former.get(student),
                        "from_school": facts.get("from_school"),
                        "to_school": facts.get("to_school"),
                        "status_before": student.status,
                        "status_after": step.after,
                        "reason_digest": digest,
                        "decision_number": facts.get("decision_number"),
                        "decision_date": facts.get("decision_date"),
                        "evidence_ids": [(6, 0, evidence.ids)],
                        "author_id": self.env.uid,
                    }
                    for student in students
                ]
            )
            .with_context(edu_guard=None)
        )
        movements._edu_settle_lines()
        if step.into:
            students._edu_draw_register_numbers(to_class.school_year_id)
        movements._edu_record(before, step.after, to_class)
        return movements

    @api.model
    def _edu_former_lines(self, students, to_class):
        """Rows that the class has of these pupils already, also archived ones."""
        lines = (
            self.env["edu.enrollment"]
            .with_context(active_test=False)
            .search([("student_id", "in", students.ids), ("class_id", "=", to_class.id)])
        )
        return {line.student_id: line.with_context(active_test=True) for line in lines}

    @api.model
    def _edu_open_lines(self, students, to_class, date, came):
        """Rows of the class list for the pupils: those they had, new ones for the others."""
        again = self.env["edu.enrollment"].union(*came.values())
        again.filtered(lambda line: not line.active)._edu_unguarded().write(
            {"date_start": date, "number": 0}
        )
        again._edu_unguarded().write(
            {"state": "active", "active": True, "date_end": False, "left_movement_id": False}
        )
        fresh = students.filtered(lambda student: student not in came)
        lines = (
            self.env["edu.enrollment"]
            ._edu_unguarded()
            .create(
                [
                    {"class_id": to_class.id, "student_id": student.id, "date_start": date}
                    for student in fresh
                ]
            )
            .with_context(edu_guard=None)
        )
        self.env["edu.enrollment"]._edu_take_in(lines | again)
        return {line.student_id: line for line in lines | again}

    def _edu_settle_lines(self):
        """End the rows that the movements leave and name the movements in those they open."""
        for movement in self._edu_unguarded():
            if movement.to_enrollment_id and not movement.to_enrollment_id.entry_movement_id:
                movement.to_enrollment_id.write({"entry_movement_id": movement.id})
            if movement.from_enrollment_id:
                movement.from_enrollment_id.write(
                    {
                        "state": self._edu_steps()[movement.kind].row,
                        "date_end": movement.date - timedelta(days=1),
                        "left_movement_id": movement.id,
                    }
                )

    def _edu_record(self, before, status, to_class):
        """Set status and class of the pupils and write the entries of each movement.

        :param before: facts of the pupils as they were
        """
        students = self.student_id
        new_year = students.filtered(
            lambda student: (
                to_class
                and student.profile_checked_at
                and student.class_id.school_year_id != to_class.school_year_id
            )
        )
        new_year._edu_uncheck_profile()
        students._edu_unguarded().write({"status": status, "class_id": to_class.id})
        self._edu_append_entries(before)

    def _edu_append_entries(self, before):
        """Append what pupils, movements and rows of class lists are now, and the papers.

        The pupil's entry names the kind of movement and the reason.
        """
        students, lines = self.student_id, self.from_enrollment_id | self.to_enrollment_id
        chain_of = students._edu_chain_of()
        movements = self | self.cancels_id
        chain_of.update({one: chain_of[one.student_id] for one in movements})
        chain_of.update({one: chain_of[one.student_id] for one in lines})
        events = students._edu_chained_events(chain_of, before=before)
        by_student = {movement.student_id: movement for movement in self}
        for student, (_chain, event) in zip(students, events, strict=True):
            movement = by_student[student]
            event.update(operation=movement.kind, reason_digest=movement.reason_digest or "")
        events += movements._edu_chained_events(chain_of)
        events += lines._edu_chained_events(chain_of)
        for movement in self:
            events += [
                (chain_of[movement], movement._edu_evidence_event(paper))
                for paper in movement.evidence_ids
            ]
        self.env["edu.ledger.chain"]._edu_append(events)

    def _edu_evidence_event(self, paper):
        return {
            "operation": "evidence",
            "model": self._name,
            "record": str(self.id),
            "slot": f"evidence:{paper.id}",
            "new": paper.sha256,
            "evidence_sha256": paper.sha256,
        }

    @api.model
    def _edu_evidence_values(self, company):
        """Yield, for the verification, the hashes of the filed papers as they are stored now."""
        papers = self.env["edu.movement.evidence"].search([("company_id", "=", company.id)])
        for paper in papers:
            digest = paper._edu_stored_sha256()
            for movement in paper.movement_ids:
                yield {
                    "chain": f"student:{movement.student_id.id}",
                    "model": movement._name,
                    "record": str(movement.id),
                    "slot": f"evidence:{paper.id}",
                    "value": digest,
                }
            self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
            paper.invalidate_recordset(["data"], flush=False)

    def _edu_add_evidence(self, files):
        """File more papers behind a recorded movement: what is there stays as it is.

        :param files: ``[(file name, bytes)]``
        :return: the papers
        """
        self.ensure_one()
        papers = self.env["edu.movement.evidence"]._edu_file(self.company_id, files)
        self._edu_unguarded().write({"evidence_ids": [(4, paper.id) for paper in papers]})
        chain = self.student_id._edu_chains()
        self.env["edu.ledger.chain"]._edu_append(
            [(chain, self._edu_evidence_event(paper)) for paper in papers]
        )
        return papers

    def _edu_after_movement(self):
        """Hook: the movements are recorded; do what follows in the same transaction.

        ``from_enrollment_id`` is the row that was left, ``to_enrollment_id`` the one opened, and
        ``reopened`` says that the class had the row before. A movement of kind ``cancel`` has the
        rows of the movement that it cancels the other way round.
        """

    # -- a school that succeeds another --------------------------------------------------------

    @api.model
    def _edu_hand_over(self, students, date, to_class, **facts):
        """Hand pupils over to the school that succeeds theirs, by two movements each.

        The records of the old school stay as they are: the pupils are transferred out, and the
        succeeding school gets a record of each, which names the one it continues.

        :param to_class: class of the succeeding school
        :return: the movements of both schools
        :raises UserError: when the school has no successor on that day, or ``to_class`` is not its
        """
        date = fields.Date.to_date(date)
        school = students.company_id
        successor = school.edu_successor_id if len(school) == 1 else school.browse()
        if not successor or date < school.edu_successor_date:
            raise UserError(
                self.env._("The school has no successor on this day: enter it in its settings.")
            )
        if to_class.company_id != successor:
            raise UserError(self.env._("Choose a class of %s.", successor.name))
        gone = self._edu_move(
            "transfer_out", students, date, **{**facts, "to_school": successor.name}
        )
        fresh = students._edu_continue_in(successor)
        came = self._edu_move(
            "transfer_in", fresh, date, to_class, **{**facts, "from_school": school.name}
        )
        return gone | came
