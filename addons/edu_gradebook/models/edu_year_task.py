from odoo import api, models


class EduYearTask(models.Model):
    _inherit = "edu.year.task"

    @api.model
    def _edu_measures(self, year):
        return {
            **super()._edu_measures(year),
            "R4.5a": self._edu_measure_windows(year),
            "R5.5.9": self._edu_measure_sheets(year),
            "R5.5.12": self._edu_measure_books(year),
        }

    @api.model
    def _edu_measure_windows(self, year):
        """Periods with marks whose time of entering is decided."""
        windows = year.window_ids.filtered(lambda one: one.in_force and one.kind == "entry")
        every = any(not window.period_id for window in windows)
        periods = year.period_ids.filtered(
            lambda one: (
                one.code in one.regulation_id.period_ids.filtered("has_marks").mapped("code")
            )
        )
        return self._edu_measure([(every or one in windows.period_id, one.name) for one in periods])

    @api.model
    def _edu_measure_sheets(self, year):
        """Gradesheets whose teachers confirmed that every mark is there."""
        return self._edu_measure_groups(
            self.env["edu.gradesheet"]._read_group(
                [("class_id.school_year_id", "=", year.id)],
                ["class_id", "confirmed"],
                ["__count"],
            )
        )

    @api.model
    def _edu_measure_books(self, year):
        """Periods of gradebooks that are locked, or further."""
        groups = self.env["edu.gradebook.period"]._read_group(
            [("school_year_id", "=", year.id)], ["class_id", "state"], ["__count"]
        )
        return self._edu_measure_groups(
            (school_class, state != "draft", count) for school_class, state, count in groups
        )

    @api.model
    def _edu_measure_groups(self, groups):
        """A measure of ``(class, whether it is done, count)``; what is missing by class."""
        done, missing = 0, {}
        for school_class, finished, count in groups:
            if finished:
                done += count
            else:
                missing[school_class] = missing.get(school_class, 0) + count
        names = [f"{one.name} ({count})" for one, count in missing.items()]
        return done, done + sum(missing.values()), names
