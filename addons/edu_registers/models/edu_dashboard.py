from odoo import api, models


class EduDashboard(models.AbstractModel):
    _inherit = "edu.dashboard"

    @api.model
    def _edu_dashboard_tiles(self, years):
        tiles = super()._edu_dashboard_tiles(years)
        if self._edu_may("edu.transcript.year"):
            tiles += self._edu_transcript_tiles(years)
        return tiles

    def _edu_transcript_tiles(self, years):
        """Pages of the years' transcripts: signed of all, and those without a comment."""
        Year = self.env["edu.transcript.year"]
        domain = [("school_year_id", "in", years.ids)]
        counts = dict(Year._read_group(domain, ["state"], ["__count"]))
        total, signed = sum(counts.values()), counts.get("signed", 0)
        if not total:
            return []
        views = ("list", "kanban", "form")
        tiles = [
            self._edu_tile(
                "transcripts",
                "work",
                self.env._("Transcript pages signed"),
                f"{signed}/{total}",
                share=self._edu_share(signed, total),
                tone="good" if signed == total else "",
                action=self._edu_list(
                    self.env._("Transcript pages"), "edu.transcript.year", domain, views
                ),
            )
        ]
        silent = [
            *domain,
            ("state", "=", "draft"),
            ("homeroom_comment", "=", False),
            ("class_id.homeroom_user_id", "=", self.env.uid),
        ]
        missing = Year.search_count(silent)
        if missing:
            label = self.env._("Transcript pages without my comment")
            tiles.append(
                self._edu_tile(
                    "comments",
                    "work",
                    label,
                    missing,
                    tone="warning",
                    action=self._edu_list(label, "edu.transcript.year", silent, views),
                    step=self.env._("Write the homeroom teacher's comments: %s.", missing),
                )
            )
        return tiles
