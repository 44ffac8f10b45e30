from odoo import api, models


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    @api.model
    def _edu_is_inspected(self, model):
        """Whether an inspector reads ``model`` only on the days of the inspection; a hook."""
        return model.startswith("edu.") or model in ("hr.employee", "hr.version")

    @api.model
    def _get_allowed_models(self, mode="read"):
        """An inspector has the models of the school on the days of the duty, to read.

        Asked at every access: it holds whatever the cron has done, and a role that was given by
        hand, without a duty, opens nothing. Dialogs are transient: an inspector may print.
        """
        allowed = super()._get_allowed_models(mode)
        user = self.env.user
        if not user._edu_is_inspector():
            return allowed
        inspecting = bool(user._edu_inspected_ids())
        return frozenset(
            model
            for model in allowed
            if not self._edu_is_inspected(model)
            or (inspecting and (mode == "read" or self.env[model]._transient))
        )
