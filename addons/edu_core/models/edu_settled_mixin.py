from odoo import models
from odoo.exceptions import UserError


class EduSettledMixin(models.AbstractModel):
    """A record of one school that stays there, whoever writes it.

    Record rules ask where a record is before it is written, not where it goes.
    """

    _name = "edu.settled.mixin"
    _description = "Record That Stays in Its School"

    def write(self, vals):
        """:raises UserError: for another school than the record has"""
        if "company_id" in vals:
            for record in self.sudo():
                if record.company_id and record.company_id.id != vals["company_id"]:
                    raise UserError(
                        self.env._(
                            "%(name)s stays in its school (%(school)s): enter it in the other"
                            " school anew.",
                            name=record.display_name,
                            school=record.company_id.name,
                        )
                    )
        return super().write(vals)
