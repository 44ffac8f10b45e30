from odoo import fields, models


class EduYearStep(models.Model):
    """One of the sixteen tasks of a new school year (seed R5.5), as the regulation words it.

    What it opens, which addon it needs and when it is due are data. Whether it is done is asked of
    ``edu.year.task._edu_measures``.
    """

    _name = "edu.year.step"
    _description = "Step of the Start of Year"
    _order = "sequence, id"

    name = fields.Char(required=True, help="As the regulation words it, in Vietnamese.")
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    addon = fields.Char(help="Technical name of the addon that the step belongs to.")
    model_name = fields.Char(help="The step is not available while this model is not there.")
    opens = fields.Char(
        help="External id of the window action, or the name of an action of the school year;"
        " empty: the step is not available yet."
    )
    writes = fields.Boolean(
        "Changes Data",
        help="An IT administrator opens it only with the principal's duty for the year's set-up.",
    )
    due_from = fields.Selection(
        [("start", "First day of the year"), ("end", "Last day of the year")],
        required=True,
        default="start",
    )
    due_days = fields.Integer("Days after It", aggregator=None, help="Negative: days before.")

    _code_uniq = models.Constraint("UNIQUE(code)", "A step has this code already.")

    def _edu_is_available(self):
        """Whether what the step needs is installed and built."""
        self.ensure_one()
        if not self.opens or (self.model_name and self.model_name not in self.env):
            return False
        if self._edu_is_method():
            return True
        return bool(self.env.ref(self.opens, raise_if_not_found=False))

    def _edu_is_method(self):
        return self.opens.startswith("action_")
