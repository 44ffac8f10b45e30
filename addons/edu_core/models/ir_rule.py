from odoo import models


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _edu_inspected(self):
        """The schools an inspector inspects now; None for everybody else."""
        user = self.env.user
        return tuple(user._edu_inspected_ids()) if user._edu_is_inspector() else None

    def _eval_context(self):
        """For an inspector the schools of a rule are those whose inspection is running."""
        context = super()._eval_context()
        inspected = self._edu_inspected()
        if inspected is not None:
            context["company_ids"] = [id_ for id_ in context["company_ids"] if id_ in inspected]
        return context

    def _compute_domain_context_values(self):
        yield from super()._compute_domain_context_values()
        yield self._edu_inspected()
