import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.canonical import canonical_json
from edu_records.remarks import check_remarks

from ..typed import typed_text

OPERATIONS = {True: "remark_clear", False: "remark"}


class EduRemarkEntry(models.AbstractModel):
    """How remarks are written: who may, when, and what is asked before it is saved."""

    _name = "edu.remark.entry"
    _description = "Entry of Remarks"

    @api.model
    def save_remarks(self, class_id, week_id, subject_id, remarks, acknowledged=None):
        """Save remarks of a class in a week; one refused remark does not hold up the others.

        :param int class_id: the class; ``week_id``: the ``edu.school.week``
        :param subject_id: the subject, falsy for the homeroom teacher's remarks
        :param remarks: ``[{"enrollment": id, 0 for the class; "text", "version": the version the
            client saw, 0 for none}]``
        :param str acknowledged: the token of findings that were answered, to save nevertheless
        :return: an answer for each, with ``enrollment`` and ``version`` and ``text``; or ``error``
            (a code) and ``message``; or ``findings`` (messages) and ``token``
        :raises AccessError: for whoever is not the teacher whom this is up to, ``sudo`` or not
        :raises UserError: when the week cannot be written
        """
        place = self._edu_place(class_id, week_id, subject_id)
        typed = self._edu_typed(remarks)
        self._edu_hold(place)
        self._edu_check_writer(place)
        closed = self._edu_closed(place)
        if closed:
            raise UserError(closed)
        stored = self._edu_stored(place)
        answers, changes = self._edu_judge(place, typed, stored)
        asked = self._edu_ask(place, changes, stored, acknowledged)
        answers.update(asked)
        saved = {key: text for key, text in changes.items() if key not in asked}
        answers.update(self._edu_write(place, saved, stored))
        return [answers[key] for key in typed]

    @api.model
    def _edu_place(self, class_id, week_id, subject_id):
        """``{"class", "week", "subject"}`` that the user may see and that belong together."""
        ids = class_id, week_id, subject_id or 0
        if any(type(one) is not int for one in ids):
            raise UserError(self.env._("Remarks name their class, week and subject."))
        school_class = self.env["edu.class"].browse(class_id)
        week = self.env["edu.school.week"].browse(week_id)
        subject = self.env["edu.subject"].browse(subject_id or [])
        school_class.check_access("read")
        week.check_access("read")
        known = school_class.sudo()
        if not (school_class.exists() and week.exists()) or len(subject.exists()) != len(subject):
            raise UserError(self.env._("Remarks name their class, week and subject."))
        if week.sudo().school_year_id != known.school_year_id:
            raise UserError(
                self.env._(
                    "%(week)s is not in the school year of %(class)s.",
                    week=week.sudo().display_name,
                    **{"class": known.display_name},
                )
            )
        return {"class": known, "week": week.sudo(), "subject": subject.sudo()}

    @api.model
    def _edu_typed(self, remarks):
        """``{enrolment id, 0 for the class: (text, version)}``"""
        typed = {}
        try:
            for remark in remarks:
                text = typed_text(remark.get("text"))
                key, version = remark.get("enrollment") or 0, remark.get("version") or 0
                if text is None or type(key) is not int or type(version) is not int:
                    raise TypeError(key)
                if key in typed:
                    raise ValueError(key)
                lines = (" ".join(line.split()) for line in text.splitlines())
                typed[key] = "\n".join(lines).strip(), version
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("Remarks are sent as a list of pupil, text and version, each once.")
            ) from error
        return typed

    @api.model
    def _edu_chain(self, place):
        subject, school_class = place["subject"], place["class"]
        name = f"remarks:{school_class.id}:{subject.id or 'homeroom'}"
        chains = self.env["edu.ledger.chain"].sudo()
        return chains._edu_open([(name, "remarks", school_class.company_id)])

    @api.model
    def _edu_book(self, place):
        """The period of the class's book that covers the week; empty without a book."""
        self.env.flush_all()
        self.env.cr.execute("SELECT edu_week_book(%s, %s)", [place["class"].id, place["week"].id])
        return self.env["edu.gradebook.period"].sudo().browse(self.env.cr.fetchone()[0] or [])

    @api.model
    def _edu_hold(self, place):
        """Hold the chain, and the one that a lock of the period goes through, before reading."""
        place["chain"] = self._edu_chain(place)
        place["book"] = self._edu_book(place)
        chains = place["chain"] | place["book"]._edu_own_chains()
        chains._edu_lock_heads()
        place["class"].school_year_id._edu_hold_windows()
        place["book"].invalidate_recordset(["state", "unlock_until"])

    @api.model
    def _edu_writers(self, place):
        """Users whom the remarks are up to today: asked by the server, never by ``sudo``."""
        if place["subject"]:
            return place["class"]._edu_teachers(place["subject"])
        return place["class"].homeroom_user_id

    @api.model
    def _edu_check_writer(self, place):
        writers = self._edu_writers(place)
        if self.env.user in writers:
            return
        names = ", ".join(writers.sudo().mapped("name")) or "-"
        if place["subject"]:
            raise AccessError(
                self.env._(
                    "%(subject)s, %(class)s: only the assigned teacher remarks (%(teachers)s).",
                    subject=place["subject"].name,
                    teachers=names,
                    **{"class": place["class"].name},
                )
            )
        raise AccessError(
            self.env._(
                "%(class)s: only the homeroom teacher (%(teachers)s) remarks on the week.",
                teachers=names,
                **{"class": place["class"].name},
            )
        )

    @api.model
    def _edu_closed(self, place):
        """Why nothing can be written in the week now; "" when it is open."""
        week, book, school = place["week"], place["book"], place["class"].company_id
        if not week.number:
            return self.env._("%s is a break: there is nothing to remark.", week.display_name)
        if week.date_start > school._edu_today():
            return self.env._("%s has not begun yet.", week.display_name)
        if book and book._edu_effective_state() != "draft":
            return self.env._(
                "%(week)s belongs to %(name)s, which is %(state)s. The principal (%(principals)s)"
                " can open it.",
                week=week.display_name,
                name=book.display_name,
                state=book._edu_state_label(),
                principals=book._edu_names(book._edu_role_users("principal")),
            )
        close = book._edu_close() if book else None
        if close:
            return self.env._(
                "%(name)s: %(reason)s The principal (%(principals)s) can reopen it.",
                name=book.display_name,
                reason=close._edu_told("CLOSED"),
                principals=book._edu_names(book._edu_role_users("principal")),
            )
        return ""

    @api.model
    def _edu_stored(self, place):
        """``{enrolment id, 0 for the class: remark}`` of the place."""
        remarks = (
            self.env["edu.remark"]
            .sudo()
            .search(
                [
                    ("class_id", "=", place["class"].id),
                    ("week_id", "=", place["week"].id),
                    ("subject_id", "=", place["subject"].id),
                ]
            )
        )
        return {remark.enrollment_id.id or 0: remark for remark in remarks}

    @api.model
    def _edu_lines(self, place):
        """Enrolments of the pupils who were in the class in the week, in the list's order."""
        week = place["week"]
        lines = place["class"].enrollment_ids.filtered(
            lambda line: (
                (not line.date_start or line.date_start <= week.date_end)
                and (not line.date_end or line.date_end >= week.date_start)
            )
        )
        return lines.sorted(lambda line: (line.number, line.id))

    @api.model
    def _edu_longest(self, place, key):
        school = place["class"].company_id
        return school.edu_remark_pupil_length if key else school.edu_remark_class_length

    @api.model
    def _edu_judge(self, place, typed, stored):
        """``(answers, changes)``: what cannot be saved or is there already, and what changes."""
        answers, changes = {}, {}
        lines = {line.id for line in self._edu_lines(place)} | {0}
        for key, (text, version) in typed.items():
            remark = stored.get(key)
            there = remark.text or "" if remark else ""
            longest = self._edu_longest(place, key)
            refused = None
            if key not in lines:
                refused = "NO_PUPIL", self.env._("The pupil was not in the class in this week.")
            elif len(text) > longest:
                refused = (
                    "TOO_LONG",
                    self.env._(
                        "%(length)s characters: at most %(longest)s are possible.",
                        length=len(text),
                        longest=longest,
                    ),
                )
            elif text == there:
                answers[key] = self._edu_answer(key, remark)
                continue
            elif version != (remark.version if remark else 0):
                refused = (
                    "CONFLICT",
                    self.env._(
                        "%(author)s wrote meanwhile: %(text)s",
                        author=remark.author_id.name if remark else "-",
                        text=there or "-",
                    ),
                )
            if refused:
                answers[key] = {
                    **self._edu_answer(key, remark),
                    "error": refused[0],
                    "message": refused[1],
                }
            else:
                changes[key] = text
        return answers, changes

    @api.model
    def _edu_answer(self, key, remark):
        return {
            "enrollment": key,
            "version": remark.version if remark else 0,
            "text": remark.text or "" if remark else "",
        }

    # -- what is asked ---------------------------------------------------------------------------

    @api.model
    def _edu_ask(self, place, changes, stored, acknowledged):
        """Answers for those of the changes that look like mistakes and were not answered for."""
        if not changes:
            return {}
        names = {line.id: line.student_id.name for line in self._edu_lines(place)}
        texts = {key: remark.text or "" for key, remark in stored.items() if key}
        texts.update(changes)
        told = self._edu_findings(place["class"].company_id, texts, names, changes)
        token = hashlib.sha256(
            canonical_json([[str(key), changes[key], *told[key]] for key in sorted(told)]).encode()
        ).hexdigest()
        if acknowledged == token:
            return {}
        return {
            key: {
                **self._edu_answer(key, stored.get(key)),
                "error": "ASKED",
                "message": " ".join(messages),
                "findings": messages,
                "token": token,
            }
            for key, messages in told.items()
        }

    @api.model
    def _edu_findings(self, school, texts, names, keys=None):
        """``{key: [messages]}`` of texts that look like mistakes; other comments ask it too.

        :param dict texts: ``{key: text}`` of one class; ``names``: ``{key: full name}``
        """
        messages = {
            "NO_WORDS": self.env._("The remark says nothing."),
            "OTHER_NAME": self.env._("Another pupil is named: %s."),
            "REPEATED": self.env._("“%(word)s” stands for %(count)s pupils of the class."),
        }
        told = {}
        for finding in check_remarks(texts, names, school.edu_remark_repeats, keys):
            message = messages[finding.code]
            if finding.code == "OTHER_NAME":
                message = message % finding.word
            elif finding.code == "REPEATED":
                message = message % {"word": finding.word, "count": finding.count}
            told.setdefault(finding.key, []).append(message)
        return told

    # -- writing ---------------------------------------------------------------------------------

    @api.model
    def _edu_write(self, place, changes, stored):
        """Texts, rows and entries at once; queries do not grow with remarks."""
        if not changes:
            return {}
        Remark = self.env["edu.remark"].sudo()._edu_unguarded()
        acting_for = self.env["res.users"]
        if place["subject"]:
            acting_for = place["class"]._edu_acting_for(place["subject"], self.env.user)
        digests = self.env["edu.ledger.reason"]._edu_file_all(list(changes.values()))
        common = {
            "author_id": self.env.uid,
            "acting_for_id": acting_for.id,
            "written_at": fields.Datetime.now(),
        }
        given = {
            key: {**common, "text": text or False, "text_digest": digest or False}
            for (key, text), digest in zip(changes.items(), digests, strict=True)
        }
        written = {key: stored[key] for key in given if key in stored}
        before = Remark.browse([remark.id for remark in written.values()])._edu_facts()
        for key, remark in written.items():
            remark._edu_unguarded().write({**given[key], "version": remark.version + 1})
        fresh = [key for key in given if key not in stored]
        made = Remark.create(
            [
                {
                    **given[key],
                    "chain_id": place["chain"].id,
                    "class_id": place["class"].id,
                    "week_id": place["week"].id,
                    "subject_id": place["subject"].id,
                    "enrollment_id": key or False,
                }
                for key in fresh
            ]
        )
        written.update(zip(fresh, made, strict=True))
        self._edu_record(place, written, before, acting_for)
        return {key: self._edu_answer(key, remark) for key, remark in written.items()}

    @api.model
    def _edu_record(self, place, written, before, acting_for):
        """Entries that say what the rows are now, with the digests of their texts."""
        remarks = self.env["edu.remark"].sudo().browse([one.id for one in written.values()])
        chain_of = dict.fromkeys(remarks, place["chain"])
        events = remarks._edu_chained_events(chain_of, before=before)
        for remark, (_chain, event) in zip(remarks, events, strict=True):
            event["operation"] = OPERATIONS[not remark.text]
            event["reason_digest"] = remark.text_digest or ""
            event["acting_for"] = str(acting_for.id or "")
            event["origin"] = "grid"
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
