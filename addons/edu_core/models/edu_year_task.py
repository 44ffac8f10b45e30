from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .edu_curriculum_line import CHOSEN_KINDS, SUBJECT_KINDS

SHOWN_NAMES = 6
SHOWN_SUBJECTS = 3  # of a class; more are counted


class EduYearTask(models.Model):
    """A step of the start of year in one school year: how far it is, who does it, until when.

    What can be counted is counted from the data whenever it is read; what cannot is ticked by
    whoever the principal entrusted, with a note, and leaves an entry in the school's chain.
    """

    _name = "edu.year.task"
    _inherit = ["edu.guarded.mixin"]
    _description = "Task of the School Year"
    _order = "school_year_id desc, sequence, id"

    _edu_guarded = frozenset(
        {"school_year_id", "step_id", "ticked", "ticked_by_id", "ticked_at", "note_digest"}
    )

    school_year_id = fields.Many2one(
        "edu.school.year", required=True, index=True, ondelete="restrict", readonly=True
    )
    step_id = fields.Many2one(
        "edu.year.step", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        related="school_year_id.company_id", store=True, index=True, string="School"
    )
    sequence = fields.Integer(related="step_id.sequence", store=True, aggregator=None)
    code = fields.Char(related="step_id.code")
    writes = fields.Boolean(related="step_id.writes")
    due_date = fields.Date("Due on")
    ticked = fields.Boolean("Marked as Done", readonly=True)
    ticked_by_id = fields.Many2one("res.users", "By", readonly=True, ondelete="restrict")
    ticked_at = fields.Datetime("On", readonly=True)
    note_digest = fields.Char(readonly=True)
    note = fields.Char(compute="_compute_note")
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("progress", "In progress"),
            ("done", "Done"),
            ("unavailable", "Not available"),
        ],
        compute="_compute_state",
    )
    is_counted = fields.Boolean(compute="_compute_state")
    done_count = fields.Integer("Done", compute="_compute_state", aggregator=None)
    total_count = fields.Integer("Of", compute="_compute_state", aggregator=None)
    missing_text = fields.Char("Missing", compute="_compute_state")
    is_overdue = fields.Boolean("Overdue", compute="_compute_state")
    in_charge_ids = fields.Many2many("res.users", compute="_compute_in_charge")

    _step_uniq = models.Constraint(
        "UNIQUE(school_year_id, step_id)", "The year has this step already."
    )

    @api.depends("step_id.code", "school_year_id.name")
    def _compute_display_name(self):
        for task in self:
            task.display_name = f"{task.step_id.code} - {task.school_year_id.name}"

    @api.depends("note_digest")
    def _compute_note(self):
        texts = self.env["edu.ledger.reason"].sudo()._edu_texts(self.mapped("note_digest"))
        for task in self:
            task.note = texts.get(task.note_digest, False)

    def _compute_in_charge(self):
        for company, tasks in self.grouped("company_id").items():
            tasks.in_charge_ids = self.env["edu.school.year"]._edu_keepers(company)

    @api.depends("ticked", "due_date")
    def _compute_state(self):
        for year, tasks in self.grouped("school_year_id").items():
            measures = self.sudo()._edu_measures(year.sudo()) if year else {}
            today = year.company_id._edu_today() if year else False
            for task in tasks:
                task._edu_set_state(measures.get(task.step_id.code), today)

    def _edu_set_state(self, measure, today):
        available = self.step_id._edu_is_available()
        self.is_counted = bool(measure) and available
        done, total, missing = measure if self.is_counted else (0, 0, [])
        self.done_count, self.total_count = done, total
        self.missing_text = ""
        if not available:
            self.state = "unavailable"
            self.missing_text = self._edu_unavailable_text()
        elif not measure:
            self.state = "done" if self.ticked else "todo"
        else:
            finished = total and done >= total
            self.state = "done" if finished else "progress" if done else "todo"
            self.missing_text = self._edu_shorten(missing)
        due = self.due_date and today and self.due_date < today
        self.is_overdue = bool(due) and self.state in ("todo", "progress")

    def _edu_unavailable_text(self):
        self.ensure_one()
        return self.env._(
            "Not available: %s is not installed, or this part of it is not built yet.",
            self.step_id.addon or "edu_core",
        )

    @api.model
    def _edu_shorten(self, names):
        shown = "; ".join(names[:SHOWN_NAMES])
        if len(names) > SHOWN_NAMES:
            shown = self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - SHOWN_NAMES
            )
        return shown

    # -- counting --------------------------------------------------------------------------------

    @api.model
    def _edu_measures(self, year):
        """Hook: ``{code of a step: (done, total, [names of what is missing])}``.

        Only steps that can be counted; the others are ticked by hand. As many queries for forty
        classes as for one.

        :param year: ``edu.school.year``, with ``sudo``
        """
        sets = self._edu_curricula(year)
        return {
            "R5.5": self._edu_measure_entrusted(year),
            "R5.5.1": self._edu_measure_accounts(year),
            "R5.5.2": self._edu_measure_frame(year),
            "R5.5.3": self._edu_measure_subjects(year, sets),
            "R5.5.4": self.env["edu.rollover"]._edu_measure(year),
            "R5.5.5": self._edu_measure_intake(year),
            "R5.5.6": self._edu_measure_lists(year),
            "R5.5.7": self._edu_measure_assignments(year, sets),
        }

    @api.model
    def _edu_measure(self, wanted):
        """A measure of ``[(whether it is there, name)]``: done, total, missing names."""
        missing = [name for there, name in wanted if not there]
        return len(wanted) - len(missing), len(wanted), missing

    @api.model
    def _edu_measure_entrusted(self, year):
        keepers = self.env["edu.school.year"]._edu_keepers(year.company_id)
        nobody = self.env._("the principal's duty that entrusts somebody with the year's set-up")
        return self._edu_measure([(bool(keepers), nobody)])

    @api.model
    def _edu_measure_accounts(self, year):
        staff = self.env["hr.employee"].search_fetch(
            [("company_id", "=", year.company_id.id), ("edu_staff_status", "!=", "left")],
            ["name", "user_id"],
        )
        return self._edu_measure([(bool(one.user_id), one.name) for one in staff])

    @api.model
    def _edu_measure_frame(self, year):
        """Periods with their days, classes and subject departments."""
        wanted = [
            (bool(period.date_start and period.date_end), period.name) for period in year.period_ids
        ]
        departments = self.env["hr.department"].search_count(
            [("company_id", "=", year.company_id.id), ("edu_kind", "=", "subject")], limit=1
        )
        wanted.append((bool(year.class_ids), self.env._("classes")))
        wanted.append((bool(departments), self.env._("subject departments")))
        return self._edu_measure(wanted)

    @api.model
    def _edu_curricula(self, year):
        """``{(regulation, grade): curriculum lines}`` of the year's classes, a search for each."""
        Line = self.env["edu.curriculum.line"]
        places = {(one.regulation_id, one.grade_id) for one in year.class_ids}
        return {
            place: Line._edu_set(*place, year.company_id, year)
            for place in sorted(places, key=lambda place: (place[0].id, place[1].id))
        }

    @api.model
    def _edu_measure_subjects(self, year, sets):
        """Classes whose subjects are complete: periods a year filled in, choices made."""
        wanted = []
        for school_class in year.class_ids:
            lines = sets[school_class.regulation_id, school_class.grade_id]
            chosen = school_class.elective_ids
            empty = lines.filtered(
                lambda line, chosen=chosen: (
                    line.kind in SUBJECT_KINDS
                    and line.assess == "score"
                    and not line.periods
                    and (line.kind not in CHOSEN_KINDS or line in chosen)
                )
            )
            ready = lines and not empty and not lines.group_id - chosen.group_id
            wanted.append((bool(ready), school_class.name))
        return self._edu_measure(wanted)

    @api.model
    def _edu_measure_intake(self, year):
        came = self.env["edu.movement"].search_count(
            [
                ("school_year_id", "=", year.id),
                ("kind", "in", ("admission", "transfer_in")),
                ("cancelled_by_id", "=", False),
            ]
        )
        waiting = self.env["edu.student"].search_fetch(
            [("company_id", "=", year.company_id.id), ("status", "=", "waiting")], ["name"]
        )
        return came, came + len(waiting), waiting.mapped("name")

    @api.model
    def _edu_measure_lists(self, year):
        return self._edu_measure([(one.list_locked, one.name) for one in year.class_ids])

    @api.model
    def _edu_measure_assignments(self, year, sets):
        """Homeroom teachers of the classes, and a teacher for each of their subjects."""
        day = max(year.company_id._edu_today(), year.date_start)
        taught = {
            (line.class_id, line.subject_id)
            for line in year.class_ids.assignment_ids
            if line._edu_is_active(day)
        }
        done, total, missing = 0, 0, []
        for school_class in year.class_ids:
            subjects = self._edu_studied(school_class, sets)
            open_subjects = [one for one in subjects if (school_class, one) not in taught]
            homeroom = school_class.homeroom_user_id
            total += len(subjects) + 1
            done += len(subjects) - len(open_subjects) + bool(homeroom)
            names = [] if homeroom else [self.env._("homeroom teacher")]
            if len(open_subjects) > SHOWN_SUBJECTS:
                names.append(self.env._("%s subjects", len(open_subjects)))
            else:
                names += [subject.name for subject in open_subjects]
            if names:
                missing.append(f"{school_class.name}: {', '.join(names)}")
        return done, total, missing

    @api.model
    def _edu_studied(self, school_class, sets):
        """Subjects that the class studies and that are assessed."""
        chosen = school_class.elective_ids
        lines = sets[school_class.regulation_id, school_class.grade_id].filtered(
            lambda line: (
                line.kind in SUBJECT_KINDS
                and line.assess in ("score", "comment")
                and (line.kind == "compulsory" or line in chosen)
            )
        )
        return lines.subject_id

    # -- writing ---------------------------------------------------------------------------------

    def write(self, vals):
        if self and not self._edu_is_unguarded():
            self.env["edu.school.year"]._edu_check_keeper(self.sudo().company_id)
        return super().write(vals)

    @api.model
    def _edu_open_tasks(self, years):
        """The tasks of ``years``; those that are missing are made, with their default due date."""
        steps = self.env["edu.year.step"].sudo().search([("code", "!=", False)])
        known = self.sudo().search([("school_year_id", "in", years.ids)])
        have = {(task.school_year_id, task.step_id) for task in known}
        fresh = (
            self.sudo()
            ._edu_unguarded()
            .create(
                [
                    {
                        "school_year_id": year.id,
                        "step_id": step.id,
                        "due_date": (year.date_end if step.due_from == "end" else year.date_start)
                        + timedelta(days=step.due_days),
                    }
                    for year in years.sudo()
                    for step in steps
                    if (year, step) not in have
                ]
            )
        )
        return (known | fresh.with_env(known.env)).with_env(self.env)

    def action_ask_tick(self):
        """Ask for the note with which a step that cannot be counted is marked as done."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as Done"),
            "res_model": "edu.year.task.tick",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_id": self.id},
        }

    def _edu_tick(self, ticked, note):
        """Mark a step as done, or take that back; the school's chain records it.

        :raises AccessError: for whoever is not entrusted with the year's set-up
        :raises UserError: for a step that is counted or not available, or without a note
        """
        self.ensure_one()
        self.check_access("read")
        company = self.sudo().company_id
        self.env["edu.school.year"]._edu_check_keeper(company)
        if self.state == "unavailable":
            raise UserError(self._edu_unavailable_text())
        if self.is_counted:
            raise UserError(
                self.env._("%s is counted from the data: do what is missing instead.", self.code)
            )
        if not (note or "").strip():
            raise UserError(self.env._("Write what was done, by whom and where it is kept."))
        chain = company.sudo()._edu_chain()
        chain._edu_lock_heads()
        digest = self.env["edu.ledger.reason"]._edu_file(note.strip())
        event = {
            "operation": "tick" if ticked else "untick",
            "model": self._name,
            "record": str(self.id),
            "slot": self.code,
            "old": "yes" if self.ticked else "no",
            "new": "yes" if ticked else "no",
            "reason_digest": digest,
        }
        self.sudo()._edu_unguarded().write(
            {
                "ticked": ticked,
                "ticked_by_id": self.env.uid if ticked else False,
                "ticked_at": fields.Datetime.now() if ticked else False,
                "note_digest": digest,
            }
        )
        self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])

    # -- opening ---------------------------------------------------------------------------------

    def action_open(self):
        """Open the screen of the step, narrowed to the year where that is possible.

        :raises UserError: when the step is not available
        :raises AccessError: for an IT administrator who is not entrusted, where it changes data
        """
        self.ensure_one()
        self.check_access("read")
        step, year = self.step_id, self.school_year_id
        if not step._edu_is_available():
            raise UserError(self._edu_unavailable_text())
        if step.writes:
            self._edu_check_opener()
        if step._edu_is_method():
            return getattr(year, step.opens)()
        action = self.env["ir.actions.act_window"]._for_xml_id(step.opens)
        for path in ("school_year_id", "class_id.school_year_id"):
            field = self.env[action["res_model"]]._fields.get(path.split(".")[0])
            if field and (field.required or field.related):
                action["domain"] = [(path, "=", year.id)]
                break
        return action

    def _edu_check_opener(self):
        """
        :raises AccessError: for an IT administrator whom the principal has not entrusted
        """
        company = self.sudo().company_id
        Users, user = self.env["res.users"], self.env.user
        others = ("principal", "vice_principal", "school")
        if any(user in Users._edu_holders(role, company) for role in others):
            return
        if user not in Users._edu_holders("it_admin", company):
            raise AccessError(
                self.env._(
                    "The set-up of the school year is done by the management and the office."
                )
            )
        self.env["edu.school.year"]._edu_check_keeper(company)
