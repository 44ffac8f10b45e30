"""Lists of calls that clients may make and that are all refused, and how they are tried."""

from typing import NamedTuple

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import SQL, mute_logger

QUIET = (
    "odoo.sql_db",
    "odoo.models",
    "odoo.orm.models",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_actions",
    "odoo.addons.base.models.ir_rule",
)


class Attempt(NamedTuple):
    """A call as clients make it: ``call(test)`` gives ``(model, method, *args)``; a context may
    be such a function too."""

    name: str
    user: str
    call: object
    context: dict = {}


def write(model, record, **vals):
    return lambda t: (model, "write", [getattr(t, record).id], vals)


def unlink(model, record):
    return lambda t: (model, "unlink", [getattr(t, record).id])


def refusal_of(answer):
    """The text with which an answer refuses: messages of an import, or of cells that were sent."""
    if isinstance(answer, dict):
        answer = answer.get("messages") or answer.get("cells") or []
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        return ""
    return " ".join(one.get("message") or "" for one in answer).strip()


class BadInput:
    """Makes each call of a list; ``tables`` stay as they are."""

    tables = ()

    # -- what attempts are made of ---------------------------------------------------------------

    def value(self, given):
        """A value as clients send it: a function's, a record's id."""
        given = given(self) if callable(given) else given
        return given.id if isinstance(given, models.BaseModel) else given

    def action(self, code):
        """A server action of an administrator that the IT administrator may run."""
        return self.env["ir.actions.server"].create(
            {
                "name": "Helpful",
                "model_id": self.env["ir.model"]._get("edu.day.off").id,
                "state": "code",
                "code": code.format(t=self),
            }
        )

    # -- trying ----------------------------------------------------------------------------------

    def state(self):
        self.env.flush_all()
        found = {}
        for table in self.tables:
            self.env.cr.execute(
                SQL(
                    "SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM %s t",
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchone()
        return found

    def attempt(self, one):
        """Make the call as the server does, and take back whatever it did. Constraints of the
        database are refusals too, which the server tells as such; other errors are failures.

        :return: the refusal's text, "" when it was answered; what the tables were then
        """
        context = one.context(self) if callable(one.context) else one.context
        model, method, *args = one.call(self)
        records = self.env(user=getattr(self, one.user))[model]
        savepoint = self.env.cr.savepoint()
        try:
            answer = call_kw(records, method, args, {"context": dict(context)})
            self.env.flush_all()
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            refusal, after = refusal_of(answer), self.state()
        except (UserError, psycopg2.IntegrityError) as refused:
            refusal, after = str(refused) or type(refused).__name__, None
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
            self.env.invalidate_all(flush=False)
        return refusal, after or self.state()

    def refuse_all(self, attempts):
        """Every one of ``attempts`` is refused, and nothing has changed."""
        before = self.state()
        for one in attempts:
            with self.subTest(one.name, user=one.user), mute_logger(*QUIET):
                refusal, after = self.attempt(one)
                self.assertTrue(refusal, "nobody refused it")
                self.assertEqual(after, before)
