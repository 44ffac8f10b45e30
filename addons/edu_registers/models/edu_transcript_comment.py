import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.remarks import fill_phrase

SHORTCUT = re.compile(r"(?<!\S)/([^\s/]+)")


class EduTranscriptComment(models.AbstractModel):
    """The comment of a page is written with the bank of phrases and looked at like every remark."""

    _name = "edu.transcript.comment"
    _description = "Comment of a Transcript Page"

    comment_findings = fields.Text("Please Look Again", compute="_compute_comment_findings")
    phrase_id = fields.Many2one(
        "edu.comment.phrase", "From the Comment Bank", store=False, help="Added to the comment."
    )

    @api.depends("homeroom_comment")
    def _compute_comment_findings(self):
        """What looks like a mistake among the class's comments; it keeps nobody from saving."""
        pages = self.env["edu.transcript.year"].search(
            [("gradebook_period_id", "in", self.gradebook_period_id.ids)]
        )
        pages.fetch(["homeroom_comment", "gradebook_period_id", "student_id"])
        of_book = pages.grouped("gradebook_period_id")
        for book, years in self.grouped("gradebook_period_id").items():
            others = of_book.get(book, pages.browse())
            texts = {page.id: page.homeroom_comment or "" for page in others}
            texts.update({year._origin.id: year.homeroom_comment or "" for year in years})
            names = {page.id: page.student_id.name for page in others}
            told = self.env["edu.remark"]._edu_findings(book.company_id, texts, names)
            for year in years:
                year.comment_findings = "\n".join(told.get(year._origin.id, [])) or False

    @api.onchange("phrase_id")
    def _onchange_phrase_id(self):
        if self.phrase_id:
            filled = fill_phrase(self.phrase_id.text, self.student_id.name or "")
            self.homeroom_comment = " ".join(filter(None, (self.homeroom_comment, filled)))
            self.phrase_id = False

    @api.onchange("homeroom_comment")
    def _onchange_homeroom_comment(self):
        """A typed shortcut becomes its phrase."""
        if not SHORTCUT.search(self.homeroom_comment or ""):
            return
        Phrase = self.env["edu.comment.phrase"]
        domain = Phrase._edu_domain(self.class_id, self.env["edu.subject"], ["any", "period"])
        texts = {phrase.name.lower(): phrase.text for phrase in Phrase.search(domain)}

        def put(match):
            text = texts.get(match[1].lower())
            return fill_phrase(text, self.student_id.name or "") if text else match[0]

        self.homeroom_comment = SHORTCUT.sub(put, self.homeroom_comment)

    def _edu_check_length(self, text):
        """Refuse a comment that is longer than the school wants it."""
        for year in self.sudo():
            longest = year.company_id.edu_comment_length
            if len(text or "") > longest:
                raise UserError(
                    self.env._(
                        "%(name)s: %(length)s characters, at most %(longest)s are possible.",
                        name=year.display_name,
                        length=len(text),
                        longest=longest,
                    )
                )
