from odoo import api, models
from odoo.tools import SQL

from edu_records.canonical import canonical_json

from ..hooks import install_functions
from ..inheritance import concrete_models

SLOT = "facts"
CHUNK = 5000


class EduChainedMixin(models.AbstractModel):
    """A table with columns that are what their chain recorded last, whoever writes them.

    Whoever changes one of the columns ``_edu_chained`` appends an entry in the same transaction
    (``_edu_append_facts``, or ``_edu_chained_events`` among others). A trigger
    (``edu_core/sql/chained.sql``) compares both when the transaction ends, or at once in a table
    that takes new rows only, and refuses what no entry says. The verification replays the same
    columns, in Odoo and from an export.
    """

    _name = "edu.chained.mixin"
    _inherit = ["edu.kept.mixin"]
    _description = "Columns That the Ledger Records"

    _edu_chained = ()
    """The columns, without the key that names the chain."""
    _edu_chain_key = ("", "chain_id")
    """What the chain's name begins with and the column it ends with; "" and the chain's column."""
    _edu_unchained = None
    """``{column: text}`` of a row before its first entry; None where every row has one."""

    def init(self):
        """The functions are there before the first row of any such table."""
        if self._name == "edu.chained.mixin":
            install_functions(self.env.cr, "edu_core/sql/chained.sql", "edu_chained_check")

    @api.model
    def _edu_chained_models(self):
        """Names of the models with recorded columns."""
        return concrete_models(self.env, "edu.chained.mixin")

    @api.model
    def _edu_chained_columns(self):
        """All recorded columns, sorted; the key is one of them: no row changes its chain."""
        _prefix, key = self._edu_chain_key
        return sorted({*self._edu_chained, key} - {"id", "chain_id"})

    @api.model
    def _edu_unchained_text(self):
        """The facts of a row before its first entry, as an entry would have them; "" for none."""
        return "" if self._edu_unchained is None else canonical_json(self._edu_unchained)

    def _edu_facts(self):
        """``{id: text}``: the recorded columns as the database has them, as one entry has them."""
        columns = self._edu_chained_columns()
        self.flush_recordset(columns)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, edu_facts(to_jsonb(t), %s) FROM %s t WHERE id = ANY(%s)",
                columns,
                SQL.identifier(self._table),
                self.ids,
            )
        )
        return {id_: canonical_json(facts) for id_, facts in rows}

    def _edu_chain_of(self):
        """``{record: its chain}``; a hook."""
        return {record: record.chain_id for record in self}

    def _edu_append_facts(self, operation="set"):
        """Record what the rows are now."""
        events = self._edu_chained_events(self._edu_chain_of(), operation)
        self.env["edu.ledger.chain"].sudo()._edu_append(events)

    def _edu_chained_events(self, chain_of, operation="set", before=None):
        """Events for ``edu.ledger.chain._edu_append`` that say what the rows are now.

        :param chain_of: ``{record: chain}``
        :param before: what ``_edu_facts`` answered before the change, where it is known
        """
        facts = self._edu_facts()
        return [
            (
                chain_of[record],
                {
                    "operation": operation,
                    "model": self._name,
                    "record": str(record.id),
                    "slot": SLOT,
                    "old": (before or {}).get(record.id, ""),
                    "new": facts[record.id],
                },
            )
            for record in self
        ]

    @api.model
    def _edu_chained_values(self, company):
        """Yield what the verifier replays of the school's rows, read in chunks."""
        self.flush_model()
        prefix, key = self._edu_chain_key
        name = SQL("%s || t.%s", prefix, SQL.identifier(key))
        if not prefix:
            name = SQL("(SELECT name FROM edu_ledger_chain WHERE id = t.%s)", SQL.identifier(key))
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, %s, edu_facts(to_jsonb(t), %s) FROM %s t"
                    " WHERE company_id = %s AND id > %s ORDER BY id LIMIT %s",
                    name,
                    self._edu_chained_columns(),
                    SQL.identifier(self._table),
                    company.id,
                    last,
                    CHUNK,
                )
            )
            for last, chain, facts in rows:
                yield {
                    "chain": chain,
                    "model": self._name,
                    "record": str(last),
                    "slot": SLOT,
                    "value": canonical_json(facts),
                }
            if len(rows) < CHUNK:
                return

    # -- guards ----------------------------------------------------------------------------------

    @api.model
    def _edu_table_guards(self):
        columns = self._edu_chained_columns()
        events, when = "INSERT", "NOT DEFERRABLE INITIALLY IMMEDIATE"
        if not self._edu_append_only:
            events += f" OR UPDATE OF id, {', '.join(columns)}"
            when = "DEFERRABLE INITIALLY DEFERRED"
        listed = f"{{{','.join(columns)}}}"
        arguments = [self._name, *self._edu_chain_key, listed, self._edu_unchained_text()]
        words = ", ".join(f"'{one}'" for one in arguments)
        check = (
            f"CREATE CONSTRAINT TRIGGER edu_chained_check AFTER {events} ON {self._table} {when}"
            f" FOR EACH ROW EXECUTE FUNCTION edu_chained_check({words});"
        )
        return {**super()._edu_table_guards(), "edu_chained_check": check}
