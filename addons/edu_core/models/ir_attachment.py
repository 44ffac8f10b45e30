import base64

from odoo import api, models
from odoo.exceptions import UserError

BYTES = frozenset({"raw", "datas", "db_datas", "store_fname", "url", "type"})
PLACE = frozenset({"res_model", "res_id", "res_field"})


class IrAttachment(models.Model):
    """Files of official records are in a store that nobody replaces, whoever may write the record:
    neither the bytes nor the place, by no door and not with ``sudo`` either."""

    _inherit = "ir.attachment"

    def _edu_official(self):
        """Those of the attachments that hold the file of a guarded field."""
        mixin = self.env["edu.guarded.mixin"]
        if mixin._edu_is_unguarded():
            return self.browse()
        return self.sudo().filtered(
            lambda one: mixin._edu_is_official_file(one.res_model, one.res_field)
        )

    def _edu_refuse_files(self, attachments):
        if attachments:
            raise UserError(
                self.env._(
                    "%s is the file of an official record: it is never replaced or removed. File"
                    " another one instead.",
                    ", ".join(attachments.mapped(lambda one: one.name or "-")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        mixin = self.env["edu.guarded.mixin"]
        for vals in vals_list:
            place = (vals.get("res_model"), vals.get("res_field"))
            if mixin._edu_is_official_file(*place) and not mixin._edu_is_unguarded():
                raise UserError(
                    self.env._("Files of official records are filed by the records themselves.")
                )
        return super().create(vals_list)

    def write(self, vals):
        if PLACE & set(vals):
            mixin = self.env["edu.guarded.mixin"]
            place = (vals.get("res_model"), vals.get("res_field"))
            if mixin._edu_is_official_file(*place) and not mixin._edu_is_unguarded():
                self._edu_refuse_files(self)
            self._edu_refuse_files(self._edu_official())
        elif BYTES & set(vals):
            self._edu_refuse_files(
                self._edu_official().filtered(lambda one: not one._edu_is_same(vals))
            )
        return super().write(vals)

    def _edu_is_same(self, vals):
        """Whether ``vals`` only move the same bytes to another storage."""
        self.ensure_one()
        if set(vals) & (BYTES - {"raw", "datas"}):
            return False
        given = vals["raw"] if "raw" in vals else base64.b64decode(vals["datas"] or b"")
        return (given.encode() if isinstance(given, str) else given) == self.raw

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official_file(self):
        self._edu_refuse_files(self._edu_official())
