from odoo import models
from odoo.exceptions import UserError


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        ours = self.filtered(lambda module: module.name.startswith("edu_"))
        if ours and self.env["edu.ledger.entry"].sudo().search_count([], limit=1):
            raise UserError(
                self.env._(
                    "%s cannot be uninstalled: official records would be lost. Their ledger has"
                    " entries. Archive the database instead.",
                    ", ".join(ours.mapped("shortdesc")),
                )
            )
        return super().button_uninstall()
