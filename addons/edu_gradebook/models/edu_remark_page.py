from odoo import api, models
from odoo.exceptions import UserError

from edu_records.names import split_name


class EduRemarkPage(models.AbstractModel):
    """What the weekly page shows: one call, and the queries do not grow with pupils."""

    _name = "edu.remark.page"
    _description = "Weekly Page of Remarks"

    @api.model
    def load_remarks(self, class_id=None, subject_id=None, week_id=None):
        """One call gives the page of a class, a subject and a week.

        :param class_id: the class, by default the first of the user's places; ``subject_id``:
            falsy for the homeroom teacher's remarks; ``week_id``: by default the last begun week
        :return: ``{"places": [{"class_id", "subject_id", "name"}], "place": {...} or None,
            "weeks": [{"id", "number", "name", "begun", "written", "missing"}], "week": id,
            "rows": [{"enrollment", "no", "name", "given", "text", "version", "author",
            "before"}], the first of the class itself; "phrases": [...], "closed": text or ""}``
        """
        places = self._edu_places()
        try:
            class_id, subject_id, week_id = (
                int(one or 0) for one in (class_id, subject_id, week_id)
            )
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("Remarks name their class, week and subject.")) from error
        if class_id:
            at = {"class_id": class_id, "subject_id": subject_id}
        elif places:
            at = places[0]
        else:
            return {"places": [], "place": None}
        school_class = self.env["edu.class"].browse(at["class_id"])
        school_class.check_access("read")
        year = school_class.sudo().school_year_id
        weeks = self.env["edu.school.week"]._edu_of(year).sudo().filtered("number")
        begun = weeks._edu_begun(school_class.sudo().company_id._edu_today())
        week = weeks.filtered(lambda one: one.id == week_id) or begun[-1:] or weeks[:1]
        if not week:
            return {"places": places, "place": None}
        return self._edu_page(places, at, weeks, week)

    @api.model
    def _edu_page(self, places, at, weeks, week):
        place = self._edu_place(at["class_id"], week.id, at["subject_id"])
        place["book"] = self._edu_book(place)
        closed = self._edu_reading(place) or self._edu_closed(place)
        return {
            "places": places,
            "place": {
                **at,
                "name": self._edu_place_name(place["class"], place["subject"]),
                "hint": self.env._("The discipline of learning in the subject, of the whole class")
                if place["subject"]
                else self.env._("The training of the class as a whole"),
                "longest": [self._edu_longest(place, key) for key in (0, 1)],
            },
            "weeks": self._edu_week_rows(place, weeks),
            "week": week.id,
            "rows": self._edu_rows(place, weeks),
            "phrases": self.env["edu.comment.phrase"]._edu_offered(
                place["class"], place["subject"]
            ),
            "closed": closed,
        }

    @api.model
    def _edu_reading(self, place):
        """Why the user only reads here; "" for whoever writes."""
        writers = self._edu_writers(place)
        if self.env.user in writers:
            return ""
        return self.env._(
            "Written by %s; you read it.", ", ".join(writers.sudo().mapped("name")) or "-"
        )

    @api.model
    def _edu_place_name(self, school_class, subject):
        return f"{school_class.name} · {subject.name or self.env._('Homeroom')}"

    @api.model
    def _edu_places(self):
        """Classes and subjects that the user writes for today, homeroom classes first."""
        user, today = self.env.user, self.env.company._edu_today()
        year = self.env["edu.school.year"]._edu_on(self.env.company, today)
        Class = self.env["edu.class"].sudo()
        own = Class.search([("school_year_id", "=", year.id), ("homeroom_user_id", "=", user.id)])
        places = [(school_class, self.env["edu.subject"]) for school_class in own]
        lines = (
            self.env["edu.teaching.assignment"]
            .sudo()
            .search([("class_id.school_year_id", "=", year.id), ("user_id", "=", user.id)])
        )
        taught = [(line.class_id, line.subject_id) for line in lines if line._edu_is_active(today)]
        delegations = (
            self.env["edu.entry.delegation"]
            .sudo()
            .search([("class_id.school_year_id", "=", year.id), ("delegate_id", "=", user.id)])
        )
        taught += [(line.class_id, line.subject_id) for line in delegations if line.is_open]
        taught.sort(key=lambda pair: (pair[0].grade_number, pair[0].name, pair[1].name or ""))
        return [
            {
                "class_id": school_class.id,
                "subject_id": subject.id or 0,
                "name": self._edu_place_name(school_class, subject),
            }
            for school_class, subject in dict.fromkeys(places + taught)
        ]

    @api.model
    def _edu_week_rows(self, place, weeks):
        """The weeks with whether the class's remark is written; those that are over and are not
        are missing."""
        today = place["class"].company_id._edu_today()
        domain = [
            ("class_id", "=", place["class"].id),
            ("subject_id", "=", place["subject"].id),
            ("enrollment_id", "=", False),
            ("text_digest", "!=", False),
        ]
        written = self.env["edu.remark"].search(domain).week_id.ids
        since = self._edu_since(place)
        return [
            {
                "id": week.id,
                "number": week.number,
                "name": week.display_name,
                "begun": week.date_start <= today,
                "written": week.id in written,
                "missing": week.id not in written
                and week.date_end < today
                and (not since or since <= week.date_end),
            }
            for week in weeks.with_env(self.env)
        ]

    @api.model
    def _edu_since(self, place):
        """From when on remarks are due in the place: the first day of its assignments."""
        lines = place["class"].assignment_ids.filtered(
            lambda line: line.subject_id == place["subject"]
        )
        days = [line.date_from for line in lines]
        return min(days) if days and all(days) and place["subject"] else None

    @api.model
    def _edu_rows(self, place, weeks):
        """The class, then its pupils: this week's remark, and that of the week before."""
        week = place["week"]
        earlier = weeks.filtered(lambda one: one.date_start < week.date_start)[-1:]
        texts = self._edu_texts_of(place, week | earlier)
        seen = self.env["edu.enrollment"].search([("class_id", "=", place["class"].id)])
        lines = self._edu_lines(place).filtered(lambda line: line.id in seen.ids)
        rows = [(0, 0, place["class"].name)]
        rows += [(line.id, line.number, line.student_id.name) for line in lines]
        return [
            {
                "enrollment": key,
                "no": number,
                "name": name,
                "given": split_name(name)[2] if key else "",
                "text": "",
                "version": 0,
                "author": "",
                **texts.get((week.id, key), {}),
                "before": texts.get((earlier.id, key), {}).get("text", ""),
            }
            for key, number, name in rows
        ]

    @api.model
    def _edu_texts_of(self, place, weeks):
        """``{(week id, enrolment id): {"text", "version", "author"}}`` that the user may read."""
        remarks = self.env["edu.remark"].search_fetch(
            [
                ("class_id", "=", place["class"].id),
                ("subject_id", "=", place["subject"].id),
                ("week_id", "in", weeks.ids),
            ],
            ["week_id", "enrollment_id", "text", "version", "author_id"],
        )
        remarks._edu_log_read("read", ["text"])
        return {
            (remark.week_id.id, remark.enrollment_id.id or 0): {
                "text": remark.text or "",
                "version": remark.version,
                "author": remark.author_id.sudo().name,
            }
            for remark in remarks
        }
