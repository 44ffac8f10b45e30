from odoo import api, fields, models
from odoo.tools import SQL


class EduNumberSeries(models.Model):
    """The counter of one book: numbers are drawn in one step and never given twice.

    A number that was drawn is gone, whatever becomes of what it was drawn for; gaps are allowed.
    Two transactions that draw from one book take turns: the later one is tried again by the server.
    """

    _name = "edu.number.series"
    _inherit = ["edu.guarded.mixin"]
    _description = "Number Series"
    _order = "company_id, book, id"
    _rec_name = "book"

    _edu_guarded = frozenset({"book", "company_id", "last_number"})

    book = fields.Char(required=True, readonly=True, help="Which book the numbers belong to.")
    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    prefix = fields.Char(help="Written before each number drawn from now on.")
    padding = fields.Integer("Digits", default=4, required=True, aggregator=None)
    last_number = fields.Integer("Last Number Drawn", default=0, readonly=True, aggregator=None)

    _book_uniq = models.Constraint("UNIQUE(company_id, book)", "The book has its series already.")
    _padding_range = models.Constraint(
        "CHECK(padding BETWEEN 1 AND 12)", "A number has 1 to 12 digits."
    )

    @api.model
    def _edu_draw(self, company, book, count, prefix=""):
        """Draw ``count`` numbers of a book; ``prefix`` is that of a book not opened before.

        :rtype: list of str, ascending
        """
        if count < 1:
            return []
        self.flush_model()
        ((last, prefix, padding),) = self.env.execute_query(
            SQL(
                """
                INSERT INTO edu_number_series (company_id, book, prefix, padding, last_number,
                    create_uid, create_date, write_uid, write_date)
                VALUES (%(company)s, %(book)s, %(prefix)s, 4, %(count)s,
                    %(user)s, now() at time zone 'UTC', %(user)s, now() at time zone 'UTC')
                ON CONFLICT (company_id, book) DO UPDATE
                SET last_number = edu_number_series.last_number + EXCLUDED.last_number,
                    write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                RETURNING last_number, prefix, padding
                """,
                company=company.id,
                book=book,
                prefix=prefix or None,
                count=count,
                user=self.env.uid,
            )
        )
        self.invalidate_model(flush=False)
        first = last - count + 1
        return [f"{prefix or ''}{number:0{padding}d}" for number in range(first, last + 1)]
