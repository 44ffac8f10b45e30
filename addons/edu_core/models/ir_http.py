from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user.has_group("edu_core.group_edu_user"):
            info["edu_maintenance"] = self.env["edu.maintenance"].edu_announced()
        return info
