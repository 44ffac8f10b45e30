from odoo import api, models
from odoo.exceptions import UserError


class EduSealedMixin(models.AbstractModel):
    """A table that the ORM only reads, whoever asks: form, import, RPC or ``sudo``.

    Its own model writes it by SQL, in sets and together with the ledger; a trigger checks what is
    written. Nothing in it is ever deleted.
    """

    _name = "edu.sealed.mixin"
    _description = "Sealed Table"

    @api.model
    def _edu_refusal(self):
        """What whoever tries to write is told: how it is done instead."""
        return self.env._("This is written by the records it belongs to, never directly.")

    def _edu_refuse(self):
        raise UserError(self._edu_refusal())

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            self._edu_refuse()
        return self.browse()

    def write(self, vals):
        if self and vals:
            self._edu_refuse()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        self._edu_refuse()
