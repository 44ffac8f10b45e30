from odoo import fields, models


class EduLedgerFinding(models.Model):
    """Something that a verification of the ledger found wrong."""

    _name = "edu.ledger.finding"
    _inherit = ["edu.guarded.mixin"]
    _description = "Finding in the Ledger"
    _order = "verification_id desc, id"
    _rec_name = "message"

    _edu_guarded = frozenset({"*"})

    verification_id = fields.Many2one(
        "edu.ledger.verification", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="verification_id.company_id", store=True, index=True)
    code = fields.Selection(
        [
            ("ANCHOR_MISMATCH", "The ledger is not the one that was anchored"),
            ("BAD_TIMESTAMP", "A timestamp is missing or of something else"),
            ("BROKEN_HASH", "An entry was changed or exchanged"),
            ("COLUMN_MISMATCH", "A column says something else than its entry"),
            ("DATA_MISMATCH", "The data is not what the ledger recorded"),
            ("GAP", "An entry is missing, doubled or out of order"),
            ("HEAD_MISMATCH", "The end of a chain was changed or cut off"),
            ("MISSING_CHAIN", "A whole chain is missing"),
            ("MOVED", "The database was restored, moved or copied without a new epoch"),
            ("UNGUARDED", "A guard in the database is missing, off or changed"),
            ("UNREADABLE", "Something cannot be read"),
        ],
        "What Is Wrong",
        required=True,
    )
    chain = fields.Char()
    seq = fields.Integer("Entry", aggregator=None)
    message = fields.Char("Detail", required=True)
