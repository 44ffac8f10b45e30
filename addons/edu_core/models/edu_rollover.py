from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from edu_records.canonical import canonical_json

MOVES = ("promotion", "repeat", "completion", "transfer_out", "drop_out")
INTO = ("promotion", "repeat")


class EduRollover(models.Model):
    """Chuyển năm học: every pupil of a school year goes into the next one, or leaves (R5.5.4).

    Each pupil has a line with a proposal that a person confirms. A run records the movements of
    all confirmed lines, or of none. Whoever is undecided stays in the old class with a reason and
    is rolled over later. Until the first mark of the new year the whole can be undone.
    """

    _name = "edu.rollover"
    _inherit = ["edu.guarded.mixin"]
    _description = "Rollover into the Next Year"
    _order = "id desc"
    _rec_name = "source_year_id"

    _edu_guarded = frozenset({"source_year_id", "target_year_id", "state", "run_at", "run_by_id"})

    source_year_id = fields.Many2one(
        "edu.school.year",
        "From Year",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    target_year_id = fields.Many2one(
        "edu.school.year",
        "Into Year",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="source_year_id.company_id", store=True, index=True, string="School"
    )
    leave_date = fields.Date(
        "Day of Completion or Leaving",
        required=True,
        help="Promoted and repeating pupils change class on the first day of the new year.",
    )
    decision_number = fields.Char(help="Of the principal's decision on the pupils' promotion.")
    decision_date = fields.Date()
    state = fields.Selection(
        [("draft", "In preparation"), ("run", "Carried out")],
        required=True,
        readonly=True,
        default="draft",
    )
    run_at = fields.Datetime("Carried out on", readonly=True)
    run_by_id = fields.Many2one("res.users", "Carried out by", readonly=True, ondelete="restrict")
    class_ids = fields.One2many("edu.rollover.class", "rollover_id", "Classes")
    line_ids = fields.One2many("edu.rollover.line", "rollover_id", "Pupils")
    line_count = fields.Integer("Pupils in All", compute="_compute_counts")
    done_count = fields.Integer("Rolled over", compute="_compute_counts")
    pending_count = fields.Integer("Waiting", compute="_compute_counts")
    undecided_count = fields.Integer("Undecided", compute="_compute_counts")
    unconfirmed_count = fields.Integer("To Be Confirmed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", aggregator=None)
    problem_text = fields.Text("Before It Can Be Carried out", compute="_compute_problem_text")

    _source_uniq = models.Constraint("UNIQUE(source_year_id)", "The year has its rollover already.")

    @api.depends("source_year_id.name", "target_year_id.name")
    def _compute_display_name(self):
        for rollover in self:
            years = (rollover.source_year_id.name or "", rollover.target_year_id.name or "")
            rollover.display_name = " → ".join(years)

    @api.depends("line_ids.state", "line_ids.decision", "line_ids.confirmed")
    def _compute_counts(self):
        groups = self.env["edu.rollover.line"]._read_group(
            [("rollover_id", "in", self.ids)],
            ["rollover_id", "state", "decision", "confirmed"],
            ["__count"],
        )
        counts = defaultdict(lambda: defaultdict(int))
        for rollover, state, decision, confirmed, count in groups:
            of = counts[rollover]
            of[state] += count
            if state == "pending":
                kind = "decided" if decision != "undecided" else "undecided"
                of[kind] += count
                of["unconfirmed"] += 0 if confirmed or kind == "undecided" else count
        for rollover in self:
            of = counts[rollover._origin]
            rollover.done_count = of["done"]
            rollover.pending_count = of["pending"]
            rollover.undecided_count = of["undecided"]
            rollover.unconfirmed_count = of["unconfirmed"]
            rollover.line_count = of["done"] + of["pending"] + of["gone"]
            here = of["done"] + of["pending"]
            rollover.progress = 100 * of["done"] / here if here else 0

    @api.depends("line_ids.state", "line_ids.decision", "line_ids.confirmed", "leave_date")
    @api.depends("line_ids.target_class_id", "line_ids.reason", "line_ids.to_school")
    def _compute_problem_text(self):
        for rollover in self:
            problems = rollover._origin.sudo()._edu_problems() if rollover._origin else []
            rollover.problem_text = "\n".join(problems[:12])

    def write(self, vals):
        if self and not self._edu_is_unguarded():
            self._edu_check_keeper()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self._edu_is_unguarded():
            raise UserError(self.env._("A rollover is opened from its school year."))
        return super().create(vals_list)

    def _edu_check_keeper(self):
        self.env["edu.school.year"]._edu_check_keeper(self.sudo().company_id)

    # -- preparing -------------------------------------------------------------------------------

    @api.model
    def _edu_prepare(self, year):
        """Open the rollover of ``year`` with a line for each of its pupils.

        :raises UserError: while the next year is not there
        """
        self.env["edu.school.year"]._edu_check_keeper(year.company_id)
        target = year._edu_next()
        if not target:
            raise UserError(
                self.env._(
                    "%s has no next year yet: create it first, with the button New School Year.",
                    year.name,
                )
            )
        rollover = (
            self.sudo()
            ._edu_unguarded()
            .create(
                {
                    "source_year_id": year.id,
                    "target_year_id": target.id,
                    "leave_date": min(year.date_end, year.company_id._edu_today()),
                }
            )
            .with_env(self.env)
        )
        rollover._edu_refresh()
        return rollover

    def action_refresh(self):
        """Take in pupils who came since, and what became of those who left."""
        self.ensure_one()
        self._edu_check_keeper()
        self._edu_refresh()

    def _edu_refresh(self):
        """Bring classes and lines in step with the class lists of the year."""
        self.ensure_one()
        rollover = self.sudo()._edu_unguarded()
        rows = rollover._edu_rows()
        rollover._edu_refresh_classes(self.env["edu.enrollment"].union(*rows.values()).class_id)
        lines = {line.student_id: line for line in rollover.line_ids}
        fresh = rollover.line_ids.create(
            [
                {"rollover_id": self.id, "student_id": student.id, "enrollment_id": row.id}
                for student, row in rows.items()
                if student not in lines
            ]
        )
        pending = rollover.line_ids.filtered(lambda line: line.state != "done")
        here = pending.filtered(lambda line: line.student_id in rows)
        (pending - here).filtered(lambda line: line.state == "pending").write({"state": "gone"})
        here.filtered(lambda line: line.state == "gone").write({"state": "pending"})
        moved = here.filtered(lambda line: rows[line.student_id] != line.enrollment_id)
        for line in moved:
            line.write({"enrollment_id": rows[line.student_id].id, "confirmed": False})
        fresh._edu_propose()
        moved._edu_propose()

    def _edu_rows(self):
        """``{pupil: row of the class list}`` of the year's pupils: in a class, or suspended."""
        rows = self.env["edu.enrollment"].search(
            [
                ("school_year_id", "=", self.source_year_id.id),
                ("student_id.merged_into_id", "=", False),
                "|",
                ("state", "=", "active"),
                "&",
                ("student_id.status", "=", "suspended"),
                ("left_movement_id.kind", "=", "suspension"),
            ],
            order="id",
        )
        return {row.student_id: row for row in rows}

    def _edu_refresh_classes(self, classes):
        """Open the mapping of classes that have none, each with the targets its name suggests."""
        known = self.class_ids.class_id
        targets = self.target_year_id.class_ids
        self.class_ids.create(
            [
                {
                    "rollover_id": self.id,
                    "class_id": one.id,
                    "promote_to_id": targets._edu_successor_of(one, 1).id,
                    "repeat_to_id": targets._edu_successor_of(one, 0).id,
                }
                for one in classes - known
            ]
        )
        for line in self.class_ids:
            if not line.promote_to_id:
                line.promote_to_id = targets._edu_successor_of(line.class_id, 1)
            if not line.repeat_to_id:
                line.repeat_to_id = targets._edu_successor_of(line.class_id, 0)

    def _edu_rollover_proposal(self, lines):
        """Hook: ``{line: (decision, reason)}`` for lines that were just made.

        Without results nothing is known: promotion, or completion after a level's last grade, is a
        suggestion that a person confirms. Addons that know results propose from them, and leave
        undecided whose results are missing.
        """
        final = self._edu_final_grades()
        proposal = {}
        for line in lines:
            if line.student_id.status == "suspended":
                reason = self.env._("Suspended: to be decided when the pupil returns.")
                proposal[line] = ("undecided", reason)
            else:
                last = line.class_id.grade_id in final
                proposal[line] = ("completion" if last else "promotion", "")
        return proposal

    @api.model
    def _edu_final_grades(self):
        """The last grade of each level: 5, 9, 12, the oldest group of preschool."""
        grades = self.env["edu.grade"].sudo().search([("number", ">", 0)])
        last = [of.sorted("number")[-1] for of in grades.grouped("level_id").values()]
        return grades.browse().union(*last)

    # -- checking --------------------------------------------------------------------------------

    def action_confirm_all(self):
        """Confirm every proposal that is not undecided."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.state == "pending" and line.decision != "undecided"
        )
        lines.write({"confirmed": True})

    def _edu_due(self):
        """Lines that a run would carry out."""
        return self.line_ids.filtered(
            lambda line: line.state == "pending" and line.confirmed and line.decision in MOVES
        )

    def _edu_sets(self):
        """``{(kind, target class, other school): lines}``, one set of movements each."""
        return self._edu_due().grouped(
            lambda line: (
                line.decision,
                line.target_class_id if line.decision in INTO else line.target_class_id.browse(),
                (line.to_school or "").strip() if line.decision == "transfer_out" else "",
            )
        )

    def _edu_problems(self):
        """What stands in the way of a run, a sentence each: the dry run."""
        self.ensure_one()
        problems = self._edu_open_problems()
        incoming = defaultdict(int)
        for (kind, target, school), lines in self._edu_sets().items():
            if kind in INTO and not target:
                problems += [
                    self.env._(
                        "%(pupil)s (%(class)s): choose the class to go into.",
                        **{"pupil": line.student_id.name, "class": line.class_id.name},
                    )
                    for line in lines
                ]
                continue
            incoming[target] += len(lines) if target else 0
            found = self.env["edu.movement"]._edu_problems(
                kind, lines.student_id, self._edu_date(kind), target, self._edu_facts(school)
            )
            problems += [f"{target.name}: {text}" if target else text for text in found]
        problems += self._edu_final_problems() + self._edu_capacity_problems(incoming)
        return list(dict.fromkeys(problems))

    def _edu_open_problems(self):
        """Proposals nobody confirmed, and undecided pupils without a reason."""
        pending = self.line_ids.filtered(lambda line: line.state == "pending")
        open_lines = pending.filtered(
            lambda line: not line.confirmed and line.decision != "undecided"
        )
        mute = pending.filtered(
            lambda line: line.decision == "undecided" and not (line.reason or "").strip()
        )
        problems = []
        if open_lines:
            problems.append(
                self.env._(
                    "%(count)s proposals are not confirmed: %(classes)s. Confirm them, or set the"
                    " pupils to undecided with a reason.",
                    count=len(open_lines),
                    classes=", ".join(open_lines.class_id.sorted("name").mapped("name")),
                )
            )
        problems += [
            self.env._(
                "%(pupil)s (%(class)s) is undecided: write why.",
                **{"pupil": line.student_id.name, "class": line.class_id.name},
            )
            for line in mute
        ]
        return problems

    def _edu_final_problems(self):
        """Completion belongs to a level's last grade."""
        final = self._edu_final_grades()
        return [
            self.env._(
                "%(pupil)s (%(class)s): only the last grade of a level is completed.",
                **{"pupil": line.student_id.name, "class": line.class_id.name},
            )
            for line in self._edu_due()
            if line.decision == "completion" and line.class_id.grade_id not in final
        ]

    def _edu_capacity_problems(self, incoming):
        """Classes that all sets together would make too full."""
        limited = [one for one in incoming if one.max_students]
        present = dict(
            self.env["edu.enrollment"]._read_group(
                [("class_id", "in", [one.id for one in limited]), ("state", "=", "active")],
                ["class_id"],
                ["__count"],
            )
        )
        return [
            self.env._(
                "%(class)s takes %(most)s pupils at most, it would have %(number)s.",
                **{
                    "class": one.name,
                    "most": one.max_students,
                    "number": present.get(one, 0) + incoming[one],
                },
            )
            for one in limited
            if present.get(one, 0) + incoming[one] > one.max_students
        ]

    def _edu_date(self, kind):
        return self.target_year_id.date_start if kind in INTO else self.leave_date

    def _edu_facts(self, school):
        return {
            "to_school": school or False,
            "decision_number": self.decision_number,
            "decision_date": self.decision_date,
        }

    # -- carrying out ----------------------------------------------------------------------------

    def action_run(self):
        """Record the movements of all confirmed lines; all of them or none.

        The number of queries depends on the classes that pupils go into, not on the pupils.

        :raises AccessError: for whoever is not entrusted with the year's set-up
        :raises UserError: with everything that stands in the way
        """
        self.ensure_one()
        self._edu_check_keeper()
        Movement = self.env["edu.movement"]
        self._edu_chain()._edu_lock_heads()
        self._edu_refresh()
        rollover = self.sudo()
        due = rollover._edu_due()
        Movement.sudo()._edu_hold(due.student_id, due.target_class_id | due.class_id)
        Movement._edu_refuse_problems(rollover._edu_problems())
        if not due:
            raise UserError(self.env._("Nobody is to be rolled over: confirm the lines first."))
        for (kind, target, school), lines in rollover._edu_sets().items():
            movements = Movement._edu_move(
                kind, lines.student_id, rollover._edu_date(kind), target, **self._edu_facts(school)
            )
            lines._edu_settle(movements.sudo())
        rollover._edu_unguarded().write(
            {"state": "run", "run_at": fields.Datetime.now(), "run_by_id": self.env.uid}
        )
        self._edu_record("rollover", due)

    def _edu_chain(self):
        return self.sudo().company_id._edu_chain()

    def _edu_record(self, operation, lines, reason_digest=""):
        """One entry in the school's chain with the numbers; the movements have their own."""
        counts = defaultdict(int)
        for line in lines:
            counts[line.decision] += 1
        left = self.sudo().line_ids.filtered(lambda line: line.state == "pending")
        facts = {kind: str(count) for kind, count in counts.items()}
        facts |= {"waiting": str(len(left)), "from": self.source_year_id.name}
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(self.id),
            "slot": self.target_year_id.name,
            "new": canonical_json({**facts, "into": self.target_year_id.name}),
            "reason_digest": reason_digest,
        }
        self.env["edu.ledger.chain"].sudo()._edu_append([(self._edu_chain(), event)])

    # -- undoing ---------------------------------------------------------------------------------

    def action_ask_undo(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo the Rollover"),
            "res_model": "edu.rollover.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rollover_id": self.id},
        }

    def _edu_rollover_blockers(self):
        """Hook: sentences that say what rests on the rollover, so that it stays."""
        self.ensure_one()
        classes = self.line_ids.filtered(lambda line: line.state == "done").target_class_id
        return [
            self.env._(
                "%(class)s: the class list is locked since %(day)s; the principal can unlock it.",
                **{"class": one.name, "day": format_date(self.env, one.list_locked_at)},
            )
            for one in classes
            if one.list_locked
        ]

    def _edu_undo(self, reason):
        """Cancel the movements of the rollover by counter-movements; the lines wait again.

        :raises UserError: without a reason, or with everything that rests on the movements
        """
        self.ensure_one()
        self._edu_check_keeper()
        self._edu_chain()._edu_lock_heads()
        rollover = self.sudo()
        done = rollover.line_ids.filtered(lambda line: line.state == "done")
        if not done:
            raise UserError(self.env._("Nothing was carried out."))
        blockers = rollover._edu_rollover_blockers()
        if blockers:
            heading = self.env._("The rollover cannot be undone any more:")
            raise UserError("\n".join([heading, *blockers[:12]]))
        done.movement_id.with_env(self.env)._edu_cancel(reason)
        rollover._edu_unguarded().write({"state": "draft", "run_at": False, "run_by_id": False})
        digest = self.env["edu.ledger.reason"]._edu_file(reason.strip())
        self._edu_record("undo_rollover", done, digest)

    # -- the board -------------------------------------------------------------------------------

    @api.model
    def _edu_measure(self, year):
        """How far the pupils of the year before are in ``year``; nothing to do in the first."""
        before = year._edu_previous()
        if not before:
            return 1, 1, []
        rollover = self.search([("source_year_id", "=", before.id)])
        if not rollover:
            rows = self.env["edu.enrollment"]._read_group(
                [("school_year_id", "=", before.id), ("state", "=", "active")],
                ["class_id"],
                ["__count"],
            )
            names = [f"{one.name} ({count})" for one, count in rows]
            done = self.env["edu.enrollment"].search_count(
                [("school_year_id", "=", before.id), ("state", "=", "done")]
            )
            return done, done + sum(count for _one, count in rows), names
        waiting = self.env["edu.rollover.line"]._read_group(
            [("rollover_id", "=", rollover.id), ("state", "=", "pending")],
            ["class_id"],
            ["__count"],
        )
        names = [f"{one.name} ({count})" for one, count in waiting]
        return rollover.done_count, rollover.done_count + rollover.pending_count, names

    # -- screens ---------------------------------------------------------------------------------

    def action_lines(self):
        """The pupils of the rollover, class by class."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_rollover_line_action")
        action["domain"] = [("rollover_id", "=", self.id)]
        action["context"] = {"search_default_pending": 1, "search_default_by_class": 1}
        return action
