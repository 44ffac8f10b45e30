from odoo import models
from odoo.exceptions import UserError

from .edu_curriculum_line import CHOSEN_KINDS, SUBJECT_KINDS

# what the regulation was resolved from, and the regulation
SETTLED = frozenset({"school_year_id", "grade_id", "programme", "regulation_id"})


class EduClassCurriculum(models.AbstractModel):
    """What a class is assessed by and what it studies, and what keeps both from changing."""

    _name = "edu.class.curriculum"
    _description = "Curriculum of a Class"

    # -- regulation ------------------------------------------------------------------------------

    def _edu_resettles(self, vals):
        """Whether ``vals`` change what the class's regulation follows from."""
        self.ensure_one()
        for name in SETTLED & set(vals):
            value = self._fields[name].convert_to_cache(vals[name], self, validate=False)
            if self[name] != self._fields[name].convert_to_record(value, self):
                return True
        return False

    def _edu_resolve_regulation(self):
        """Store the regulations: they follow from programme, year and grade, never from today."""
        Regulation = self.env["edu.regulation"]
        for school_class in self:
            regulation = Regulation._edu_resolve(
                school_class.programme, school_class.school_year_id, school_class.grade_id
            )
            if school_class.regulation_id != regulation:
                school_class.regulation_id = regulation

    def _edu_refuse_used(self):
        used = self._edu_used()
        if used:
            raise UserError(
                self.env._(
                    "%s: the class has pupils or books already, so its year, grade, programme and"
                    " regulation stay. Create another class and move the pupils there.",
                    ", ".join(used.mapped("name")),
                )
            )

    def _edu_refuse_kept(self):
        kept = self._edu_used()
        if kept:
            raise UserError(
                self.env._(
                    "%s: the class has pupils or books, so it is not archived.",
                    ", ".join(kept.mapped("name")),
                )
            )

    def _edu_refuse_booked(self):
        booked = self._edu_with_books()
        if booked:
            raise UserError(
                self.env._(
                    "%s: the class keeps its books by the chosen subjects already.",
                    ", ".join(booked.mapped("name")),
                )
            )

    def _edu_used(self):
        """Those of the classes that have pupils or official books."""
        groups = (
            self.env["edu.enrollment"]
            .sudo()
            ._read_group([("class_id", "in", self.ids)], ["class_id"])
        )
        with_pupils = self.browse(school_class.id for (school_class,) in groups)
        return with_pupils | self._edu_with_books()

    def _edu_with_books(self):
        """Those of the classes whose official books rest on their curriculum. A hook; none here."""
        return self.browse()

    # -- curriculum ------------------------------------------------------------------------------

    def _edu_curriculum(self):
        """Subjects and activities that the class studies, in the order of the official form.

        Those chosen are among them, parts of subjects and topic clusters are not: see
        :meth:`_edu_curriculum_parts`.
        """
        self.ensure_one()
        chosen = self.elective_ids
        return self._edu_curriculum_set().filtered(
            lambda line: (
                line.kind in SUBJECT_KINDS and (line.kind == "compulsory" or line in chosen)
            )
        )

    def _edu_curriculum_parts(self):
        """Parts of the class's subjects, and its topic clusters."""
        self.ensure_one()
        subjects, chosen = self._edu_curriculum(), self.elective_ids
        return self._edu_curriculum_set().filtered(
            lambda line: line.parent_id in subjects and (line.kind == "component" or line in chosen)
        )

    def _edu_curriculum_set(self):
        """All lines of the curriculum that holds for the class, chosen by it or not."""
        self.ensure_one()
        return self.env["edu.curriculum.line"]._edu_set(
            self.regulation_id, self.grade_id, self.company_id, self.school_year_id
        )

    def _edu_follow(self, lines):
        """Replace the chosen lines by those of ``lines`` for the same subjects."""
        by_key = {(line.subject_id, line.kind): line for line in lines}
        for school_class in self.filtered("elective_ids"):
            keys = [(line.subject_id, line.kind) for line in school_class.elective_ids]
            school_class.elective_ids = lines.browse().union(
                *(by_key[key] for key in keys if key in by_key)
            )

    def _edu_wrong_electives(self):
        """What is wrong with the choice; "" for a right one, or none at all yet."""
        self.ensure_one()
        chosen = self.elective_ids
        if not chosen:
            return ""
        available = self._edu_curriculum_set().filtered(lambda line: line.kind in CHOSEN_KINDS)
        if chosen - available:
            return self.env._(
                "not to be chosen in its curriculum: %s",
                ", ".join((chosen - available).mapped("display_name")),
            )
        orphans = chosen.filtered(
            lambda line: (
                line.kind == "cluster"
                and line.parent_id not in chosen
                and line.parent_id.kind != "compulsory"
            )
        )
        if orphans:
            return self.env._(
                "a topic cluster belongs to a subject that the class studies: %s",
                ", ".join(orphans.mapped("display_name")),
            )
        return self._edu_wrong_number(chosen)

    def _edu_wrong_number(self, chosen):
        for group, lines in chosen.grouped("group_id").items():
            if group and len(lines) != group.choose:
                return self.env._(
                    "%(group)s: %(choose)s are to be chosen, not %(number)s.",
                    group=group.name,
                    choose=group.choose,
                    number=len(lines),
                )
        return ""

    def _edu_missing_choice(self):
        """Choice groups of the curriculum in which the class has not chosen yet."""
        self.ensure_one()
        groups = self._edu_curriculum_set().group_id
        return groups - self.elective_ids.group_id
