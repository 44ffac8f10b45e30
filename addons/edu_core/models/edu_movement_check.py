from odoo import api, models
from odoo.tools import format_date

NEEDS_FROM_SCHOOL = ("transfer_in",)
NEEDS_TO_SCHOOL = ("transfer_out",)
NEXT_YEAR = ("promotion", "repeat")


class EduMovementCheck(models.AbstractModel):
    """What is wrong with a wanted movement, before anything is written."""

    _name = "edu.movement.check"
    _description = "Check of a Movement"

    @api.model
    def _edu_problems(self, kind, students, date, to_class, facts):
        """What is wrong with the wanted movements, a sentence each; empty when nothing is."""
        step = self._edu_steps().get(kind)
        if not step:
            return [self.env._("%s is no kind of movement.", kind)]
        if not students:
            return [self.env._("Choose the pupils first.")]
        if not date:
            return [self.env._("The date is missing.")]
        problems = self._edu_general_problems(kind, step, students, date, to_class, facts)
        if problems:
            return problems
        last_dates = self._edu_last_dates(students)
        current = self._edu_current_lines(students)
        for student in students:
            line = current.get(student, self.env["edu.enrollment"])
            found = self._edu_pupil_problem(kind, step, student, line, date, to_class, last_dates)
            if found:
                problems.append(f"{student.name}: {found}")
        return problems

    @api.model
    def _edu_general_problems(self, kind, step, students, date, to_class, facts):
        """What is wrong for all pupils alike."""
        if step.into and not to_class:
            return [self.env._("Choose the class that the pupils go into.")]
        if to_class and not step.into:
            return [self.env._("A movement of this kind leads into no class.")]
        if len(students.company_id) > 1:
            return [self.env._("Choose pupils of one school.")]
        if to_class and to_class.company_id != students.company_id:
            return [
                self.env._(
                    "%(class)s is a class of %(school)s: the pupils are of another school.",
                    **{"class": to_class.name, "school": to_class.company_id.name},
                )
            ]
        if kind in NEEDS_TO_SCHOOL and not (facts.get("to_school") or "").strip():
            return [self.env._("Write the school that the pupils go to.")]
        if kind in NEEDS_FROM_SCHOOL and not (facts.get("from_school") or "").strip():
            return [self.env._("Write the school that the pupils come from.")]
        problem = self._edu_date_problem(students.company_id, date, to_class)
        problem = problem or self._edu_capacity_problem(to_class, students)
        return [problem] if problem else []

    @api.model
    def _edu_date_problem(self, company, date, to_class):
        """A day that has not come, unless it prepares the year's first; a day outside the year."""
        day = format_date(self.env, date)
        year = to_class.school_year_id
        if year and not year.date_start <= date <= year.date_end:
            return self.env._(
                "%(day)s is not in the school year %(year)s (%(start)s to %(end)s).",
                day=day,
                year=year.name,
                start=format_date(self.env, year.date_start),
                end=format_date(self.env, year.date_end),
            )
        today = company._edu_today()
        if date > max(today, year.date_start or today):
            return self.env._(
                "%s is still to come: record the movement on its day. Only the first day of a"
                " school year can be prepared.",
                day,
            )
        return ""

    @api.model
    def _edu_capacity_problem(self, to_class, students):
        if not to_class.max_students:
            return ""
        present = self.env["edu.enrollment"].search_count(
            [("class_id", "=", to_class.id), ("state", "=", "active")]
        )
        if present + len(students) <= to_class.max_students:
            return ""
        return self.env._(
            "%(class)s is full: it has %(present)s pupils and takes %(most)s at most. Choose"
            " another class or raise the class's limit.",
            **{"class": to_class.name, "present": present, "most": to_class.max_students},
        )

    @api.model
    def _edu_pupil_problem(self, kind, step, student, line, date, to_class, last_dates):
        """What stands in the way of one pupil's movement, "" for nothing."""
        if student.merged_into_id:
            return self.env._(
                "joined with %s; record the movement there.", student.merged_into_id.display_name
            )
        if not student.active:
            return self.env._("is archived; restore the pupil first.")
        if student.status not in step.before:
            labels = dict(self._edu_statuses())
            wanted = ", ".join(labels[s] for s in labels if s in step.before)
            return self.env._(
                "is “%(status)s”; this movement is for pupils who are: %(wanted)s.",
                status=labels[student.status],
                wanted=wanted,
            )
        last = last_dates.get(student)
        if last and date < last:
            return self.env._(
                "has a movement on %s already; a movement before it cannot be added.",
                format_date(self.env, last),
            )
        return self._edu_place_problem(kind, student, line, date, to_class)

    @api.model
    def _edu_place_problem(self, kind, student, line, date, to_class):
        """What the present place and the class to go into say against it."""
        if line and line.date_start and date <= line.date_start:
            return self.env._(
                "is in %(class)s only since %(day)s: choose a later date, or cancel that movement.",
                **{"class": line.class_id.name, "day": format_date(self.env, line.date_start)},
            )
        if not line:
            return ""
        year = line.class_id.school_year_id
        if not to_class:
            last_day = year.date_start.replace(year=year.date_start.year + 1)
            if not year.date_start <= date < last_day:
                return self.env._(
                    "%(day)s is not in the school year %(year)s of the class %(class)s.",
                    day=format_date(self.env, date),
                    year=year.name,
                    **{"class": line.class_id.name},
                )
            return ""
        if line.class_id == to_class:
            return self.env._("is in %s already.", to_class.name)
        return self._edu_year_problem(kind, line.class_id, to_class)

    @api.model
    def _edu_year_problem(self, kind, from_class, to_class):
        """A change of class stays in the year; promotion and repetition lead to a later one."""
        is_later = to_class.school_year_id.date_start > from_class.school_year_id.date_start
        same_grade = to_class.grade_number == from_class.grade_number
        words = {"class": to_class.name, "year": to_class.school_year_id.name}
        if kind == "class_change" and to_class.school_year_id != from_class.school_year_id:
            return self.env._(
                "%(class)s is a class of the school year %(year)s: for another year record a"
                " promotion or a repetition.",
                **words,
            )
        if kind in NEXT_YEAR and not is_later:
            return self.env._(
                "%(class)s is a class of the school year %(year)s, which is not a later one.",
                **words,
            )
        if kind == "promotion" and to_class.grade_number <= from_class.grade_number:
            return self.env._("%(class)s is of no higher grade.", **words)
        if kind == "repeat" and not same_grade:
            return self.env._("%(class)s is not of the grade that is repeated.", **words)
        return ""

    @api.model
    def _edu_last_dates(self, students):
        """``{student: day of the last movement that counts}``"""
        return dict(
            self._read_group(
                [
                    ("student_id", "in", students.ids),
                    ("kind", "!=", "cancel"),
                    ("cancelled_by_id", "=", False),
                ],
                ["student_id"],
                ["date:max"],
            )
        )

    @api.model
    def _edu_current_lines(self, students):
        """``{student: the row of the class list that the pupil has now}``"""
        lines = self.env["edu.enrollment"].search(
            [("student_id", "in", students.ids), ("state", "=", "active")]
        )
        return {line.student_id: line for line in lines}
