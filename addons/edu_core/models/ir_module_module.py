from odoo import models
from odoo.exceptions import UserError


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Refuse what would take official records along, be it a module that ours rest on.

        Uninstalling a module uninstalls all that depend on it: Employees would take Edu Core.
        """
        lost = (self | self.downstream_dependencies()).filtered(
            lambda module: module.name.startswith("edu_") and module.state != "uninstalled"
        )
        if lost and self.env["edu.ledger.entry"].sudo().search_count([], limit=1):
            raise UserError(
                self.env._(
                    "%(modules)s cannot be uninstalled: official records would be lost with"
                    " %(lost)s. Their ledger has entries. Archive the database instead.",
                    modules=", ".join(self.mapped("shortdesc")),
                    lost=", ".join(lost.mapped("shortdesc")),
                )
            )
        return super().button_uninstall()
