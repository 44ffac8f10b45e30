from odoo import api, models
from odoo.tools import formatLang

from .edu_year_judge import SUMMER

TONES = {"draft": "", "locked": "warning", "approved": "good", "signed": "good"}


class EduDashboard(models.AbstractModel):
    _inherit = "edu.dashboard"

    @api.model
    def _edu_dashboard_tiles(self, years):
        tiles = super()._edu_dashboard_tiles(years)
        if not self._edu_may("edu.gradebook.period"):
            return tiles
        classes = self.env["edu.class"].search(self._edu_class_domain(years))
        progress = self.env["edu.gradebook"]._edu_progress(classes)
        fresh = self._edu_own_tiles(progress) + self._edu_review_tiles(classes)
        fresh += self._edu_remark_tiles(years)
        if progress:
            fresh += self._edu_progress_tiles(progress)
        return [*fresh, *self._edu_book_tiles(classes), *self._edu_bookless_tiles(classes), *tiles]

    @api.model
    def _edu_dashboard_columns(self, classes):
        progress = self.env["edu.gradebook"]._edu_progress(classes)
        if not progress:
            return super()._edu_dashboard_columns(classes)
        labels = self._edu_state_labels()
        periods, sheets, marks = {}, {}, {}
        for school_class, line in progress.items():
            state = line.book.effective_state
            periods[school_class] = self._edu_cell(
                f"{line.book.period_id.name}: {labels[state]}", tone=TONES[state]
            )
            sheets[school_class] = self._edu_cell(
                f"{line.confirmed}/{line.sheets}", self._edu_share(line.confirmed, line.sheets)
            )
            share = self._edu_share(line.marks, line.due)
            marks[school_class] = self._edu_cell(f"{share or 0}%", share)
        return [
            *super()._edu_dashboard_columns(classes),
            {"code": "period", "label": self.env._("Period at Work"), "cells": periods},
            {"code": "marks", "label": self.env._("Marks Entered"), "cells": marks},
            {"code": "sheets", "label": self.env._("Sheets Confirmed"), "cells": sheets},
        ]

    # -- parts -----------------------------------------------------------------------------------

    def _edu_state_labels(self):
        Book = self.env["edu.gradebook.period"]
        return dict(Book._fields["effective_state"]._description_selection(self.env))

    def _edu_own_tiles(self, progress):
        """What waits for the user as a teacher: own sheets, and sheets that others brought."""
        if not self.env.user.has_group("edu_core.group_edu_teacher"):
            return []
        books = [line.book.id for line in progress.values()]
        mine = [
            ("gradebook_period_id", "in", books),
            ("teacher_ids", "in", self.env.user.ids),
            ("confirmed", "=", False),
        ]
        waiting = self.env["edu.gradesheet"].search_count(mine)
        tiles = []
        if waiting:
            tiles.append(
                self._edu_tile(
                    "my_sheets",
                    "work",
                    self.env._("My sheets to complete"),
                    waiting,
                    tone="warning",
                    action=self._edu_list(
                        self.env._("My sheets to complete"), "edu.gradesheet", mine
                    ),
                    step=self.env._(
                        "Enter the marks of your sheets and confirm them: %s.", waiting
                    ),
                )
            )
        return tiles + self._edu_staged_tiles()

    def _edu_review_tiles(self, classes):
        """What waits for the user in the results of the year: to propose, approve, re-assess."""
        of_classes = [("class_id", "in", classes.ids)]
        retests = [
            ("due", "=", True),
            ("retest", "=", False),
            ("review_id.state", "=", "draft"),
            ("review_id.class_id", "in", classes.ids),
            ("review_id.period_id.code", "=", SUMMER),
            ("gradesheet_id.teacher_ids", "in", self.env.user.ids),
        ]
        tiles = self._edu_waiting_tile(
            "reviews_mine",
            self.env._("Results of the year to propose"),
            self.env._("Complete and propose the results of the year: %s."),
            "edu.year.review",
            [*of_classes, ("state", "=", "draft"), ("homeroom_user_id", "=", self.env.uid)],
        )
        tiles += self._edu_waiting_tile(
            "retests_mine",
            self.env._("Re-assessments to enter"),
            self.env._("Enter the re-assessments of your subjects: %s."),
            "edu.year.subject",
            retests,
        )
        if self.env.user.has_group("edu_core.group_edu_principal"):
            tiles += self._edu_waiting_tile(
                "reviews_proposed",
                self.env._("Results of the year to approve"),
                self.env._("Decide the results of the year that were proposed: %s."),
                "edu.year.review",
                [*of_classes, ("state", "=", "locked")],
            )
        return tiles

    def _edu_remark_tiles(self, years):
        """The weeks for which the user owes remarks."""
        missing = [
            ("state", "=", "missing"),
            ("user_id", "=", self.env.uid),
            ("school_year_id", "in", years.ids),
        ]
        return self._edu_waiting_tile(
            "remarks_missing",
            self.env._("Weekly remarks missing"),
            self.env._("Write the weekly remarks that are missing: %s."),
            "edu.remark.due",
            missing,
        )

    def _edu_waiting_tile(self, code, label, step, model, domain):
        """One tile with its step, or nothing where nothing waits."""
        count = self.env[model].search_count(domain)
        if not count:
            return []
        views = ("list", "form") if model == "edu.year.review" else ("list",)
        action = self._edu_list(label, model, domain, views)
        return [
            self._edu_tile(
                code, "work", label, count, tone="warning", action=action, step=step % count
            )
        ]

    def _edu_staged_tiles(self):
        Staged = self.env["edu.mark.import.sheet"]
        domain = [
            ("state", "=", "staged"),
            ("company_id", "in", self.env.companies.ids),
            "|",
            ("gradesheet_id.teacher_ids", "in", self.env.user.ids),
            "&",
            ("gradesheet_id", "=", False),
            ("class_id.homeroom_user_id", "=", self.env.uid),
        ]
        staged = Staged.search_count(domain)
        if not staged:
            return []
        return [
            self._edu_tile(
                "staged",
                "work",
                self.env._("Marks to accept"),
                staged,
                tone="warning",
                action=self._edu_list(
                    self.env._("Marks to accept"), "edu.mark.import.sheet", domain, ("list",)
                ),
                step=self.env._("Look at the marks that were brought for you: %s.", staged),
            )
        ]

    def _edu_progress_tiles(self, progress):
        lines = list(progress.values())
        sheets, confirmed = sum(x.sheets for x in lines), sum(x.confirmed for x in lines)
        marks, due = sum(x.marks for x in lines), sum(x.due for x in lines)
        at_work = [("gradebook_period_id", "in", [line.book.id for line in lines])]
        unconfirmed = [*at_work, ("confirmed", "=", False)]
        share = self._edu_share(marks, due)
        return [
            self._edu_tile(
                "marks",
                "work",
                self.env._("Marks entered"),
                f"{share or 0}%",
                note=self.env._(
                    "%(number)s of %(due)s",
                    number=formatLang(self.env, marks, digits=0),
                    due=formatLang(self.env, due, digits=0),
                ),
                share=share,
                action=self._edu_list(
                    self.env._("Gradesheets of the periods at work"),
                    "edu.gradesheet",
                    at_work,
                    ("list", "kanban", "form"),
                ),
            ),
            self._edu_tile(
                "confirmed",
                "work",
                self.env._("Sheets confirmed"),
                f"{confirmed}/{sheets}",
                share=self._edu_share(confirmed, sheets),
                tone="good" if sheets and confirmed == sheets else "",
                action=self._edu_list(
                    self.env._("Sheets not confirmed"),
                    "edu.gradesheet",
                    unconfirmed,
                    ("list", "kanban", "form"),
                ),
            ),
            *self._edu_decision_tiles(lines),
        ]

    def _edu_decision_tiles(self, lines):
        """Books that wait for the management's decision."""
        user = self.env.user
        ready = [
            line.book.id
            for line in lines
            if line.book.effective_state == "draft" and 0 < line.sheets == line.confirmed
        ]
        locked = [line.book.id for line in lines if line.book.effective_state == "locked"]
        principal = user.has_group("edu_core.group_edu_principal")
        heads = principal or user.has_group("edu_core.group_edu_vice_principal")
        tiles = []
        if ready and heads:
            tiles.append(
                self._edu_decision_tile(
                    "to_lock",
                    self.env._("Books to lock"),
                    ready,
                    self.env._("Lock the books in which every sheet is confirmed: %s.", len(ready)),
                )
            )
        if locked and principal:
            tiles.append(
                self._edu_decision_tile(
                    "to_approve",
                    self.env._("Books to approve"),
                    locked,
                    self.env._("Approve the books that are locked: %s.", len(locked)),
                )
            )
        return tiles

    def _edu_decision_tile(self, code, label, books, step):
        action = self._edu_list(
            label, "edu.gradebook.period", [("id", "in", books)], ("list", "kanban", "form")
        )
        return self._edu_tile(
            code, "work", label, len(books), tone="warning", action=action, step=step
        )

    def _edu_book_tiles(self, classes):
        """All periods of the classes' books, by state."""
        domain = [("class_id", "in", classes.ids)]
        Book = self.env["edu.gradebook.period"]
        counts = dict.fromkeys(TONES, 0)
        for state in counts:
            counts[state] = Book.search_count([*domain, ("effective_state", "=", state)])
        labels = self._edu_state_labels()
        return [
            self._edu_tile(
                f"books_{state}",
                "work",
                self.env._("Periods of books: %s", labels[state].lower()),
                count,
                action=self._edu_list(
                    self.env._("Periods of books: %s", labels[state].lower()),
                    "edu.gradebook.period",
                    [*domain, ("effective_state", "=", state)],
                    ("list", "kanban", "form"),
                ),
            )
            for state, count in counts.items()
            if count
        ]

    def _edu_bookless_tiles(self, classes):
        """Classes that could have a book and have none, for whoever opens books."""
        if not self._edu_may("edu.class", "create"):
            return []
        with_columns = self.env["edu.mark.column"]._read_group([], ["regulation_id"])
        domain = [
            ("id", "in", classes.ids),
            ("gradebook_ids", "=", False),
            ("regulation_id", "in", [regulation.id for (regulation,) in with_columns]),
        ]
        count = self.env["edu.class"].search_count(domain)
        if not count:
            return []
        return [
            self._edu_tile(
                "bookless",
                "work",
                self.env._("Classes without a gradebook"),
                count,
                tone="warning",
                action=self._edu_list(
                    self.env._("Classes without a gradebook"), "edu.class", domain
                ),
                step=self.env._(
                    "Open the gradebooks of classes without one (button Gradebook on the class):"
                    " %s.",
                    count,
                ),
            )
        ]
