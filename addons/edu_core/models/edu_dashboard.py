from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

MOST_CLASSES = 200  # in the table of classes; the classes' own list shows all
OPEN_DOCUMENTS = ("issued", "signing")
WHOLE_SCHOOL = (
    "edu_core.group_edu_principal,edu_core.group_edu_vice_principal,edu_core.group_edu_clerk,"
    "edu_core.group_edu_it_admin,edu_core.group_edu_inspector"
)


class EduDashboard(models.AbstractModel):
    """Tổng quan: what is done, what is missing and what to do next, for whoever looks.

    Every figure is counted with the rights of the user, so that a teacher sees the own classes and
    nobody more than by the lists that the tiles open. Addons add tiles and columns with the two
    hooks; the number of queries does not depend on classes or pupils.
    """

    _name = "edu.dashboard"
    _description = "Overview"

    # -- RPC -------------------------------------------------------------------------------------

    @api.model
    @api.readonly
    def load(self):
        """All that the screen shows, in one call.

        :return: ``{"school", "year", "today": texts, "steps": [{"text", "action"}], "sections":
            [{"code", "title", "tiles": [tile]}], "columns": [{"code", "label"}], "classes": [{"id",
            "name", "school", "cells": [cell]}], "more": number of classes not shown}``; a tile is
            what :meth:`_edu_tile` answers, a cell ``{"text", "share": 0-100 or None, "tone"}``
        :raises AccessError: for users who are not of a school's staff
        """
        if not self.env.user.has_group("edu_core.group_edu_user"):
            raise AccessError(self.env._("The overview is for the staff of a school."))
        years = self._edu_years()
        tiles = self._edu_dashboard_tiles(years)
        return {
            "school": ", ".join(self.env.companies.sudo().mapped("name")),
            "year": ", ".join(dict.fromkeys(years.mapped("name"))),
            "today": format_date(
                self.env, self.env.company._edu_today(), date_format="EEEE, d/M/y"
            ),
            "steps": [
                {"text": tile["step"], "action": tile["action"]} for tile in tiles if tile["step"]
            ],
            "sections": self._edu_by_section(tiles),
            **self._edu_class_table(years),
        }

    # -- hooks -----------------------------------------------------------------------------------

    @api.model
    def _edu_sections(self):
        """``{code: title}`` of the sections, in their order. Hook: add your own."""
        return {
            "work": self.env._("Records"),
            "people": self.env._("Pupils and Classes"),
            "system": self.env._("Safety of the Data"),
        }

    @api.model
    def _edu_dashboard_tiles(self, years):
        """The tiles that concern the user. Hook: add what :meth:`_edu_tile` answers.

        Count with the user's own rights, in queries whose number does not grow, and leave out a
        tile whose model the user may not read.

        :param years: the ``edu.school.year`` at work, one for each chosen school
        """
        return [
            *self._edu_set_up_tiles(years),
            *self._edu_start_tiles(years),
            *self._edu_pupil_tiles(),
            *self._edu_class_tiles(years),
            *self._edu_document_tiles(),
            *self._edu_safety_tiles(),
        ]

    @api.model
    def _edu_dashboard_columns(self, classes):
        """Columns of the table of classes. Hook: add ``{"code", "label", "cells": {class: cell}}``
        with the cells of :meth:`_edu_cell`."""
        pupils, teachers, none = {}, {}, self.env._("none yet")
        for school_class in classes:
            count, teacher = school_class.student_count, school_class.homeroom_user_id
            pupils[school_class] = self._edu_cell(str(count), tone="" if count else "warning")
            teachers[school_class] = self._edu_cell(
                teacher.name or none, tone="" if teacher else "warning"
            )
        return [
            {"code": "pupils", "label": self.env._("Pupils"), "cells": pupils},
            {"code": "homeroom", "label": self.env._("Homeroom Teacher"), "cells": teachers},
        ]

    # -- parts -----------------------------------------------------------------------------------

    @api.model
    def _edu_tile(self, code, section, label, value, **more):
        """A tile: a number or text, its meaning, and the list behind it.

        :param more: ``note`` (a line below), ``tone`` ("good", "warning", "bad" or ""), ``share``
            (0 to 100, drawn as a bar), ``action`` (what a click opens), ``step`` (a sentence that
            says what to do; shown on top)
        """
        return {
            "code": code,
            "section": section,
            "label": label,
            "value": formatLang(self.env, value, digits=0) if isinstance(value, int) else value,
            "note": "",
            "tone": "",
            "share": None,
            "action": False,
            "step": "",
            **more,
        }

    @api.model
    def _edu_cell(self, text, share=None, tone=""):
        return {"text": text, "share": share, "tone": tone}

    @api.model
    def _edu_share(self, part, whole):
        """Percent, 100 only when nothing is missing; None of nothing."""
        return part * 100 // whole if whole else None

    @api.model
    def _edu_list(self, name, model, domain, views=("list", "form"), **context):
        """The action of a filtered list."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, view] for view in views],
            "domain": domain,
            "context": context,
            "target": "current",
        }

    @api.model
    def _edu_may(self, model, operation="read"):
        return self.env[model].has_access(operation)

    @api.model
    def _edu_years(self):
        """The school year at work of each chosen school: running, or the next where none is."""
        found = self.env["edu.school.year"]
        years = found.search([("company_id", "in", self.env.companies.ids)], order="date_start")
        for school, lines in years.grouped("company_id").items():
            today = school._edu_today()
            begun = lines.filtered(lambda year, today=today: year.date_start <= today)
            found |= begun[-1:] or lines[:1]
        return found

    @api.model
    def _edu_class_domain(self, years):
        """The classes of the years that concern the user: a teacher's own, otherwise all."""
        domain = Domain("school_year_id", "in", years.ids)
        if self.env.user.has_groups(WHOLE_SCHOOL):
            return list(domain)
        user = self.env.user.ids
        own = Domain("homeroom_user_id", "in", user) | Domain("assignment_ids.user_id", "in", user)
        return list(domain & (own | Domain("delegate_ids", "in", user)))

    @api.model
    def _edu_by_section(self, tiles):
        sections = [
            {
                "code": code,
                "title": title,
                "tiles": [tile for tile in tiles if tile["section"] == code],
            }
            for code, title in self._edu_sections().items()
        ]
        return [section for section in sections if section["tiles"]]

    @api.model
    def _edu_class_table(self, years):
        found = self.env["edu.class"].search(
            self._edu_class_domain(years), order="company_id, grade_number, name, id"
        )
        classes = found[:MOST_CLASSES]
        columns = self._edu_dashboard_columns(classes) if classes else []
        several = len(self.env.companies) > 1
        nothing = self._edu_cell("")
        return {
            "columns": [{"code": one["code"], "label": one["label"]} for one in columns],
            "classes": [
                {
                    "id": one.id,
                    "name": one.name,
                    "school": one.company_id.sudo().name if several else "",
                    "cells": [column["cells"].get(one, nothing) for column in columns],
                }
                for one in classes
            ],
            "more": len(found) - len(classes),
        }

    # -- the tiles of the core -------------------------------------------------------------------

    def _edu_set_up_tiles(self, years):
        """What a school has to do first; nothing once it is done."""
        schools = self.env.companies.sudo()
        nameless = schools.filtered(lambda school: not (school.edu_code and school.edu_level_ids))
        tiles = []
        if nameless and self._edu_may("edu.school.year", "create"):
            tiles.append(
                self._edu_tile(
                    "school",
                    "people",
                    self.env._("Schools without code or levels"),
                    len(nameless),
                    tone="warning",
                    action="edu_core.edu_school_open_action",
                    step=self.env._("Enter the school's code, levels and superior body."),
                )
            )
        missing = schools - years.company_id
        if missing and self._edu_may("edu.school.year", "create"):
            tiles.append(
                self._edu_tile(
                    "year",
                    "people",
                    self.env._("Schools without a school year"),
                    len(missing),
                    tone="warning",
                    action="edu_core.edu_school_year_action",
                    step=self.env._("Create the school year with its first and last day."),
                )
            )
        return tiles

    def _edu_start_tiles(self, years):
        """The tasks of the start of year, once the school keeps them and until they are done."""
        if not self._edu_may("edu.year.task"):
            return []
        tasks = self.env["edu.year.task"].search([("school_year_id", "in", years.ids)])
        due = tasks.filtered(lambda task: task.state != "unavailable")
        done = due.filtered(lambda task: task.state == "done")
        late = len(due.filtered("is_overdue"))
        if done == due:
            return []
        return [
            self._edu_tile(
                "start_of_year",
                "people",
                self.env._("Tasks of the start of year done"),
                f"{len(done)}/{len(due)}",
                tone="warning" if late else "",
                share=self._edu_share(len(done), len(due)),
                action="edu_core.edu_year_board_action",
                step=self.env._("Finish the tasks of the start of year that are overdue: %s.", late)
                if late
                else "",
            )
        ]

    def _edu_pupil_tiles(self):
        if not self._edu_may("edu.student"):
            return []
        domain = [("company_id", "in", self.env.companies.ids), ("merged_into_id", "=", False)]
        groups = self.env["edu.student"]._read_group(domain, ["status"], ["__count"])
        counts = dict(groups)
        labels = dict(self.env["edu.student"]._fields["status"]._description_selection(self.env))
        others = ", ".join(
            f"{labels[status]}: {count}"
            for status, count in groups
            if status not in ("studying", "waiting")
        )
        moves = self._edu_may("edu.movement.wizard", "create")
        waiting = counts.get("waiting", 0)
        studying = counts.get("studying", 0)
        tiles = [
            self._edu_tile(
                "studying",
                "people",
                self.env._("Pupils studying"),
                studying,
                note=others,
                action=self._edu_list(
                    self.env._("Pupils studying"),
                    "edu.student",
                    [*domain, ("status", "=", "studying")],
                    ("list", "kanban", "form"),
                ),
                step=self._edu_first_pupils_text() if not counts else "",
            )
        ]
        if waiting and moves:
            tiles.append(
                self._edu_tile(
                    "waiting",
                    "people",
                    self.env._("Pupils waiting for a class"),
                    waiting,
                    tone="warning",
                    action=self._edu_list(
                        self.env._("Pupils waiting for a class"),
                        "edu.student",
                        [*domain, ("status", "=", "waiting")],
                    ),
                    step=self.env._("Admit the pupils who wait for a class: %s.", waiting),
                )
            )
        return tiles

    def _edu_first_pupils_text(self):
        if not self._edu_may("edu.student", "create"):
            return ""
        return self.env._("Bring the list of pupils: School, Pupils, Import Pupils.")

    def _edu_class_tiles(self, years):
        domain = self._edu_class_domain(years)
        Class = self.env["edu.class"]
        total = Class.search_count(domain)
        headless = Class.search_count([*domain, ("homeroom_user_id", "=", False)])
        untaught = Class.search_count([*domain, ("assignment_ids", "=", False)])
        manages = self._edu_may("edu.class", "create")
        tiles = [
            self._edu_tile(
                "classes",
                "people",
                self.env._("Classes"),
                total,
                action=self._edu_list(
                    self.env._("Classes"), "edu.class", domain, ("kanban", "list", "form")
                ),
                step=self.env._("Create the classes of the year.")
                if years and not total and manages
                else "",
            )
        ]
        if headless and manages:
            tiles.append(
                self._edu_tile(
                    "headless",
                    "people",
                    self.env._("Classes without homeroom teacher"),
                    headless,
                    tone="warning",
                    action=self._edu_list(
                        self.env._("Classes without homeroom teacher"),
                        "edu.class",
                        [*domain, ("homeroom_user_id", "=", False)],
                    ),
                    step=self.env._(
                        "Name a homeroom teacher for classes without one: %s.", headless
                    ),
                )
            )
        if untaught and manages:
            tiles.append(
                self._edu_tile(
                    "untaught",
                    "people",
                    self.env._("Classes without teaching assignments"),
                    untaught,
                    tone="warning",
                    action=self._edu_list(
                        self.env._("Classes without teaching assignments"),
                        "edu.class",
                        [*domain, ("assignment_ids", "=", False)],
                    ),
                    step=self.env._("Assign teachers to the classes that have none: %s.", untaught),
                )
            )
        return tiles

    def _edu_document_tiles(self):
        if not self._edu_may("edu.document"):
            return []
        companies = ("company_id", "in", self.env.companies.ids)
        Document = self.env["edu.document"]
        counts = dict(Document._read_group([companies], ["state"], ["__count"]))
        waiting = sum(counts.get(state, 0) for state in OPEN_DOCUMENTS)
        done = counts.get("complete", 0) + counts.get("archived", 0)
        views = ("list", "kanban", "form")
        return [
            self._edu_tile(
                "signatures",
                "work",
                self.env._("Documents waiting for signatures"),
                waiting,
                tone="warning" if waiting else "",
                action=self._edu_list(
                    self.env._("Documents waiting for signatures"),
                    "edu.document",
                    [companies, ("state", "in", list(OPEN_DOCUMENTS))],
                    views,
                ),
            ),
            self._edu_tile(
                "documents",
                "work",
                self.env._("Documents complete"),
                done,
                tone="good" if done else "",
                action=self._edu_list(
                    self.env._("Documents complete"),
                    "edu.document",
                    [companies, ("state", "in", ["complete", "archived"])],
                    views,
                ),
            ),
        ]

    # -- safety of the data ----------------------------------------------------------------------

    def _edu_safety_tiles(self):
        tiles = []
        if self._edu_may("edu.ledger.verification"):
            tiles.append(self._edu_ledger_tile())
        if self._edu_may("edu.backup"):
            tiles.append(self._edu_backup_tile())
        if self._edu_may("edu.outbox"):
            tiles += self._edu_outbox_tiles()
        return tiles

    def _edu_ledger_tile(self):
        """The last verification of each chosen school; the worst of them counts."""
        companies = self.env.companies
        groups = self.env["edu.ledger.verification"]._read_group(
            [("company_id", "in", companies.ids)], ["company_id"], ["id:max"]
        )
        last = self.env["edu.ledger.verification"].browse(number for _school, number in groups)
        wrong = last.filtered(lambda one: one.state == "findings")
        unverified = len(companies) - len(last)
        if wrong:
            value, tone = self.env._("%s findings", sum(wrong.mapped("finding_count"))), "bad"
        elif unverified:
            value, tone = self.env._("Not verified yet"), "warning"
        else:
            value, tone = self.env._("Intact"), "good"
        times = [one.time for one in last]
        return self._edu_tile(
            "ledger",
            "system",
            self.env._("Ledger"),
            value,
            tone=tone,
            note=self.env._("Verified on %s", self._edu_moment(min(times))) if times else "",
            action="edu_core.edu_ledger_verification_action",
            step=self.env._("The ledger has findings: read the report before anything is approved.")
            if wrong
            else "",
        )

    def _edu_backup_tile(self):
        """The oldest of the schools' last backups."""
        companies = self.env.companies
        groups = self.env["edu.backup"]._read_group(
            [("company_id", "in", companies.ids)], ["company_id"], ["time:max"]
        )
        last, now = dict(groups), fields.Datetime.now()
        late = companies.filtered(
            lambda school: (
                school.edu_backup_days
                and last.get(school, now - timedelta(days=9999))
                <= now - timedelta(days=school.edu_backup_days)
            )
        )
        times = [last[school] for school in companies if school in last]
        none = self.env._("none yet")
        return self._edu_tile(
            "backup",
            "system",
            self.env._("Last backup"),
            self._edu_moment(min(times)) if len(times) == len(companies) else none,
            tone="warning" if late else "good",
            action="edu_core.edu_backup_action",
            step=self.env._("Take a backup and record where it is kept.")
            if late and self._edu_may("edu.backup", "create")
            else "",
        )

    def _edu_outbox_tiles(self):
        """Work that was promised and could not be done."""
        domain = [("state", "=", "failed"), ("company_id", "in", self.env.companies.ids)]
        failed = self.env["edu.outbox"].search_count(domain)
        if not failed:
            return []
        return [
            self._edu_tile(
                "outbox",
                "system",
                self.env._("Documents that could not be made"),
                failed,
                tone="bad",
                action=self._edu_list(
                    self.env._("Documents that could not be made"), "edu.outbox", domain
                ),
                step=self.env._("Look why documents could not be made and try again."),
            )
        ]

    def _edu_moment(self, moment):
        local = fields.Datetime.context_timestamp(self, moment)
        return format_date(self.env, local.date())
