from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError


class EduMovementCancellation(models.AbstractModel):
    """A wrong movement is undone by a counter-movement; both stay."""

    _name = "edu.movement.cancellation"
    _description = "Cancellation of a Movement"

    def action_cancel(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Movements"),
            "res_model": "edu.movement.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_movement_ids": self.ids},
        }

    def _edu_cancel(self, reason):
        """Cancel movements by counter-movements of today; what was before is restored.

        :return: the counter-movements
        :raises UserError: without a reason, or with the list of what depends on the movements
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the movement."))
        self._edu_check_mover(self.student_id)
        movements = self.sudo()
        movements._edu_hold(movements.student_id, movements.from_class_id | movements.to_class_id)
        movements.invalidate_recordset(["cancelled_by_id"])
        self._edu_refuse_problems(movements._edu_cancel_problems())
        counter = movements._edu_write_counter(reason.strip())
        self.env["edu.rollover.line"]._edu_follow_cancelled(movements)
        counter._edu_after_movement()
        return counter.with_env(self.env)

    def _edu_cancel_problems(self):
        problems = [
            self.env._("%s is cancelled already.", movement.display_name)
            for movement in self
            if movement.kind == "cancel" or movement.cancelled_by_id
        ]
        if len(self.student_id) < len(self):
            problems.append(self.env._("Cancel the movements of one pupil one after the other."))
        if problems:
            return problems
        return [
            f"{movement.display_name}: {text}"
            for movement, texts in self._edu_dependents().items()
            for text in texts
        ]

    def _edu_dependents(self):
        """Hook: what rests on the movements and would lose its ground.

        :return: ``{movement: [sentence]}``
        """
        later = self.search(
            [
                ("student_id", "in", self.student_id.ids),
                ("kind", "!=", "cancel"),
                ("cancelled_by_id", "=", False),
                ("id", ">", min(self.ids, default=0)),
            ],
            order="id",
        )
        of_student = later.grouped("student_id")
        dependents = {}
        for movement in self:
            after = of_student.get(movement.student_id, later.browse()).filtered(
                lambda one, m=movement: one.id > m.id
            )
            dependents[movement] = [
                self.env._("%s came later: cancel it first.", one.display_name) for one in after
            ]
        return dependents

    def _edu_write_counter(self, reason):
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        students = self.student_id
        before = students._edu_facts()
        counters = (
            self._edu_unguarded()
            .create(
                [
                    {
                        "kind": "cancel",
                        "date": movement.company_id._edu_today(),
                        "student_id": movement.student_id.id,
                        "company_id": movement.company_id.id,
                        "school_year_id": movement.school_year_id.id,
                        "from_class_id": movement.to_class_id.id,
                        "to_class_id": movement.from_class_id.id,
                        "from_enrollment_id": movement.to_enrollment_id.id,
                        "to_enrollment_id": movement.from_enrollment_id.id,
                        "status_before": movement.status_after,
                        "status_after": movement.status_before,
                        "reason_digest": digest,
                        "author_id": self.env.uid,
                        "cancels_id": movement.id,
                    }
                    for movement in self
                ]
            )
            .with_context(edu_guard=None)
        )
        after = {}
        for movement, counter in zip(self._edu_unguarded(), counters, strict=True):
            movement.write({"cancelled_by_id": counter.id})
            after[movement.student_id] = (movement.status_before, movement.from_class_id)
        self._edu_undo_lines()
        for (status, school_class), of_state in students.grouped(after.get).items():
            of_state._edu_unguarded().write({"status": status, "class_id": school_class.id})
        counters._edu_append_entries(before)
        return counters

    def _edu_undo_lines(self):
        """Put the rows of the class lists back as they were before the movements."""
        self.from_enrollment_id._edu_unguarded().write(
            {"state": "active", "date_end": False, "left_movement_id": False}
        )
        again = self.filtered("reopened")
        (self - again).to_enrollment_id._edu_unguarded().write(
            {"state": "left", "active": False, "number": 0}
        )
        earlier = self.search(
            [
                ("from_enrollment_id", "in", again.to_enrollment_id.ids),
                ("kind", "!=", "cancel"),
                ("cancelled_by_id", "=", False),
            ],
            order="id",
        )
        for movement in again:
            line = movement.to_enrollment_id
            left = earlier.filtered(
                lambda one, m=movement: (
                    one.from_enrollment_id == m.to_enrollment_id and one.id < m.id
                )
            )[-1:]
            line._edu_unguarded().write(
                {
                    "state": self._edu_steps()[left.kind].row if left else "left",
                    "active": bool(left),
                    "date_start": movement.former_date_start,
                    "date_end": left.date - timedelta(days=1) if left else False,
                    "left_movement_id": left.id,
                }
            )
