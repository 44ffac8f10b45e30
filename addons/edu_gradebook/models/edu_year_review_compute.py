import hashlib
import json
import operator

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from edu_records.canonical import canonical_json
from edu_records.rules import Result, Trace, explain


class EduYearReviewCompute(models.AbstractModel):
    """Results of the year are computed for whole schools at once: read once, judged by the rules,
    written where they differ."""

    _name = "edu.year.review.compute"
    _description = "Computing of a Review"

    def action_compute(self):
        """Compute the results again, until the principal approves them."""
        for review in self:
            review._edu_check_computer()
            if review.state not in ("draft", "locked"):
                raise UserError(
                    self.env._("%s: results can be computed until approval.", review.display_name)
                )
        self._edu_lock_rows()
        self.sudo()._edu_compute()

    def _edu_check_computer(self):
        review = self.sudo()
        users = review._edu_role_users("homeroom") | review._edu_role_users("principal")
        users |= review._edu_role_users("vice_principal")
        if self.env.user not in users:
            raise AccessError(
                self.env._(
                    "%(name)s: the homeroom teacher or the management computes it (%(people)s).",
                    name=review.display_name,
                    people=self._edu_names(users),
                )
            )

    def _edu_expected(self):
        """What the regulation makes of the inputs as they stand: ``(subject rows, pupil rows)``."""
        self.env.flush_all()
        return self.env["edu.year.judge"]._edu_judge(self, self._edu_lines(), self._edu_entered())

    def _edu_entered(self):
        """What people entered and the results rest on; see ``edu.year.judge._edu_judge``."""
        self.env.cr.execute(
            "SELECT review_id, enrollment_id, absent, conduct_after, merit FROM edu_year_result"
            " WHERE review_id = ANY(%s)",
            [self.ids],
        )
        entered = {
            row[:2]: {"absent": row[2], "conduct_after": row[3], "merit": row[4], "retests": {}}
            for row in self.env.cr.fetchall()
        }
        self.env.cr.execute(
            "SELECT review_id, enrollment_id, subject_id, retest FROM edu_year_subject"
            " WHERE review_id = ANY(%s) AND retest IS NOT NULL",
            [self.ids],
        )
        for review_id, line, subject_id, token in self.env.cr.fetchall():
            given = entered.setdefault((review_id, line), {"retests": {}})
            given["retests"][subject_id] = token
        return entered

    def _edu_compute(self):
        """Read once, apply the rules, write what changed once; the chains record that.

        The number of queries does not depend on pupils.
        """
        subject_rows, pupil_rows = self._edu_expected()
        changed = self.env["edu.year.subject"]._edu_store(subject_rows)
        changed |= self.env["edu.year.result"]._edu_store(pupil_rows)
        self.invalidate_recordset(["result_ids", "subject_ids"], flush=False)
        hashes = {}
        for row in pupil_rows:
            pair = [row["enrollment_id"], row["input_hash"]]
            hashes.setdefault(row["review_id"], []).append(pair)
        reviews = self.filtered(lambda review: review.id in changed)
        events = [
            {
                "operation": "compute",
                "model": "edu.year.result",
                "record": str(review.id),
                "slot": "results",
                "new": _digest(sorted(hashes.get(review.id, []))),
            }
            for review in reviews
        ]
        chains = reviews._edu_own_chains()
        self.env["edu.ledger.chain"]._edu_append(list(zip(chains, events, strict=True)))

    @api.model
    def _edu_upsert(self, table, key, columns, rows):
        """Write those of ``rows`` that differ from what ``table`` has.

        :param key: columns that name a row; ``columns``: ``{computed column: SQL type}``
        :return: ids of the reviews in which something changed
        """
        reviews = {row["review_id"] for row in rows}
        compared = ("input_hash", "rule_version", *(["due"] if "due" in columns else []))
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE review_id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, (*key, *compared))),
                SQL.identifier(table),
                list(reviews),
            )
        )
        width = len(key)
        stored = {row[:width]: row[width:] for row in self.env.cr.fetchall()}
        named, content = operator.itemgetter(*key), operator.itemgetter(*compared)
        fresh = [row for row in rows if stored.get(named(row)) != content(row)]
        if fresh:
            self._edu_write_rows(table, key, columns, fresh)
        return {row["review_id"] for row in fresh}

    @api.model
    def _edu_write_rows(self, table, key, columns, rows):
        """Write with one statement. Ids go with each row; the rest, which is the same in many rows,
        is sent once."""
        types = {**dict.fromkeys(key, "int4"), **columns}
        own = [name for name, kind in types.items() if kind == "int4"]
        shared = [name for name in types if name not in own]
        contents = {}
        places = [
            contents.setdefault(content, len(contents) + 1)
            for content in map(operator.itemgetter(*shared), rows)
        ]
        ids = [[row[name] for row in rows] for name in own]
        sent = [
            SQL("%s::%s[]", list(values), SQL.identifier(types[name]))
            for name, values in zip(shared, zip(*contents, strict=True), strict=True)
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(own)s, %(shared)s) SELECT %(own)s, %(shared)s"
                " FROM unnest(%(ids)s) AS line (%(own)s, place)"
                " JOIN unnest(%(sent)s) WITH ORDINALITY AS content (%(shared)s, place)"
                " USING (place) ON CONFLICT (%(key)s) DO UPDATE SET %(updates)s",
                table=SQL.identifier(table),
                own=_names(own),
                shared=_names(shared),
                ids=SQL(", ").join(SQL("%s::int4[]", _array(values)) for values in (*ids, places)),
                sent=SQL(", ").join(sent),
                key=_names(key),
                updates=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in columns
                ),
            )
        )
        self.env[table.replace("_", ".")].invalidate_model(flush=False)

    def _edu_explain(self, trace):
        """The traces of a row in the words of the circular; "" for none."""
        names = {sheet.subject_id.code: sheet.subject_id.name for sheet in self._edu_sheets()}
        sentences = []
        for item in json.loads(trace or "[]"):
            result = Result(item["value"], Trace(**item["trace"]))
            sentences += [*explain(result, names), ""]
        return "\n".join(sentences).strip()

    def _edu_sheets(self):
        return self.sudo().class_id.gradebook_ids.period_ids._edu_sheets()


def _digest(value):
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _names(columns):
    return SQL(", ").join(map(SQL.identifier, columns))


def _array(numbers):
    """Ids as PostgreSQL reads them from one text: thousands of constants take it longer."""
    listed = ",".join("NULL" if one is None else str(one) for one in numbers)
    return f"{{{listed}}}"
