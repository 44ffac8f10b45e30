from odoo import api, fields, models
from odoo.tools import SQL

from edu_records.canonical import canonical_json

from .edu_chained_mixin import SLOT


class EduSealedLogMixin(models.AbstractModel):
    """A log: a row for each thing that somebody got, written together with its ledger entry,
    checked by the database at once, and never changed or removed."""

    _name = "edu.sealed.log.mixin"
    _inherit = ["edu.sealed.mixin", "edu.chained.mixin"]
    _description = "Sealed Log"
    _log_access = False

    _edu_append_only = True

    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    time = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", "By", required=True, readonly=True, index=True, ondelete="restrict"
    )
    chain_id = fields.Many2one(
        "edu.ledger.chain", required=True, readonly=True, index=True, ondelete="restrict"
    )
    entry_seq = fields.Integer("Ledger Entry", required=True, readonly=True, aggregator=None)

    _entry_uniq = models.Constraint("UNIQUE(chain_id, entry_seq)", "This is logged already.")

    @api.model
    def _edu_log(self, chain, operation, vals, **members):
        """Write a row about the current user and its entry in ``chain``.

        :param dict vals: columns of the row that ``_edu_chained`` names, but time and user
        :param members: what else the entry says, see ``edu.ledger.chain._edu_append``
        """
        row = {**vals, "time": fields.Datetime.now(), "user_id": self.env.uid}
        table = SQL.identifier(self._table)
        ((row["id"],),) = self.env.execute_query(
            SQL("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", self._table)
        )
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(row["id"]),
            "slot": SLOT,
            "new": self._edu_row_text(row),
            **members,
        }
        Chain = self.env["edu.ledger.chain"].sudo()
        ((row["chain_id"], row["entry_seq"], _hash),) = Chain._edu_append([(chain, event)])
        columns = SQL(", ").join(map(SQL.identifier, row))
        self.env.cr.execute(
            SQL("INSERT INTO %s (%s) VALUES %s", table, columns, tuple(row.values()))
        )
        self.invalidate_model(flush=False)

    @api.model
    def _edu_row_text(self, row):
        """What ``edu_facts`` says of the row once it is there."""
        texts = {**row, "time": row["time"].isoformat()}
        facts = {name: texts.get(name) for name in self._edu_chained_columns()}
        return canonical_json({name: str(one) for name, one in facts.items() if one})
