from datetime import timedelta

from odoo import api, fields, models

EXPIRES_SOON = timedelta(days=60)


class EduDashboard(models.AbstractModel):
    _inherit = "edu.dashboard"

    @api.model
    def _edu_dashboard_tiles(self, years):
        tiles = super()._edu_dashboard_tiles(years)
        if self._edu_may("edu.certificate"):
            tiles += self._edu_certificate_tiles()
        if self._edu_may("edu.trust.anchor", "create"):
            tiles += self._edu_root_tiles()
        return tiles

    def _edu_certificate_tiles(self):
        """Certificates that cannot be signed with for long, or not at all any more."""
        soon = fields.Datetime.to_string(fields.Datetime.now() + EXPIRES_SOON)
        domain = [("company_id", "in", self.env.companies.ids), ("valid_to", "<", soon)]
        count = self.env["edu.certificate"].search_count(domain)
        if not count:
            return []
        return [
            self._edu_tile(
                "certificates",
                "system",
                self.env._("Certificates expired or ending within 60 days"),
                count,
                tone="warning",
                action=self._edu_list(
                    self.env._("Certificates expired or ending within 60 days"),
                    "edu.certificate",
                    domain,
                ),
                step=self.env._("Renew certificates before they end: %s.", count),
            )
        ]

    def _edu_root_tiles(self):
        """Without a trusted root no signature can be checked."""
        if self.env["edu.trust.anchor"].search_count([], limit=1):
            return []
        return [
            self._edu_tile(
                "roots",
                "system",
                self.env._("Trusted roots"),
                0,
                tone="warning",
                action="edu_signing.edu_trust_anchor_action",
                step=self.env._(
                    "Upload the root certificate of the school's certification authority."
                ),
            )
        ]
