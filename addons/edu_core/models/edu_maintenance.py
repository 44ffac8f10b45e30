from datetime import timedelta

from odoo import api, fields, models

AHEAD = timedelta(hours=24)


class EduMaintenance(models.Model):
    """A time at which the system will stand still, announced to everybody at work in it (R3.2)."""

    _name = "edu.maintenance"
    _inherit = ["edu.settled.mixin", "edu.logged.mixin"]
    _description = "Maintenance"
    _order = "date_from desc, id desc"
    _rec_name = "date_from"

    _edu_logged = frozenset({"date_from", "date_to", "note", "active"})

    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("Until", required=True)
    note = fields.Char("What is Done", required=True, size=200)
    active = fields.Boolean("Announced", default=True)

    _ends_after_beginning = models.Constraint(
        "CHECK(date_to > date_from)", "Maintenance ends after it begins."
    )

    @api.model
    @api.readonly
    def edu_announced(self):
        """What the user's schools are told now: maintenance of the next 24 hours, or going on.

        :returns: ``[{"id", "date_from", "date_to", "note"}]``, times in UTC; the first one first
        """
        now = fields.Datetime.now()
        coming = [("date_from", "<=", now + AHEAD), ("date_to", ">", now)]
        domain = [*coming, ("company_id", "in", self.env.companies.ids)]
        return [
            {
                "id": found.id,
                "date_from": fields.Datetime.to_string(found.date_from),
                "date_to": fields.Datetime.to_string(found.date_to),
                "note": found.note,
            }
            for found in self.search(domain, order="date_from, id")
        ]
