import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from edu_records.canonical import canonical_json

from .. import samples
from ..engine import EngineError, render
from ..wording import Wording

DRAFT = "BẢN NHÁP"
SAMPLES = {
    "edu.gradebook.period/1": samples.gradebook,
    "edu.transcript.year/1": samples.transcript,
    "edu.correction.month/1": samples.corrections,
}


class EduForm(models.Model):
    """An official form: a QWeb template that renders the RML of one kind of snapshot.

    Other addons change a form with ``inherit_id`` and xpath on its template, or add a form with
    a record of this model and, for a new kind of snapshot, ``_edu_sample``.
    """

    _name = "edu.form"
    _description = "Official Form"
    _order = "code"

    code = fields.Char(required=True, index=True, help="Named by snapshots and signing steps.")
    name = fields.Char(required=True)
    view_id = fields.Many2one(
        "ir.ui.view",
        "Template",
        required=True,
        ondelete="restrict",
        domain=[("type", "=", "qweb")],
        help="QWeb template that renders RML from the snapshot.",
    )
    orientation = fields.Selection(
        [("portrait", "Portrait"), ("landscape", "Landscape"), ("mixed", "Portrait and landscape")],
        required=True,
        default="portrait",
    )
    regulation_code = fields.Char("Regulation")
    record_schema = fields.Char("Snapshot Schema", required=True)
    date_from = fields.Date("In Force From")
    date_to = fields.Date("In Force Until")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another form has this code.")

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for form in self:
            if form.date_from and form.date_to and form.date_to < form.date_from:
                raise ValidationError(self.env._("%s ends before it begins.", form.name))

    @api.model
    def _edu_get(self, code):
        """The form with ``code``.

        :raises UserError: when no such form is installed
        """
        form = self.sudo().search([("code", "=", code)])
        if not form:
            raise UserError(self.env._("No form has the code %s.", code))
        return form

    def _edu_render(self, snapshot, sha256, code="", url="", watermark="", unfinished=False):
        """Render ``snapshot``; nothing else is read, so the same snapshot gives the same bytes.

        :param dict snapshot: of the form's ``record_schema``; its language and zone are used
        :param str sha256: hash of the snapshot, printed on every page
        :param str code: verification code of the document
        :param str url: what the QR code says; the code when empty
        :param str watermark: pale text across every page
        :param bool unfinished: print the red line of books that are not locked yet
        :return: ``engine.Rendered``
        :raises UserError: the snapshot is of another kind, or cannot be printed
        """
        self.ensure_one()
        if snapshot.get("schema") != self.record_schema:
            raise UserError(
                self.env._(
                    "The form %(form)s prints %(wanted)s, not %(given)s.",
                    form=self.code,
                    wanted=self.record_schema,
                    given=snapshot.get("schema"),
                )
            )
        info = {
            "code": code,
            "url": url,
            "sha256": sha256,
            "watermark": watermark,
            "unfinished": unfinished,
        }
        rml = self._edu_rml(snapshot, info)
        try:
            return render(rml, self._edu_images())
        except EngineError as error:
            raise UserError(
                self.env._("%(form)s cannot be printed: %(reason)s", form=self.name, reason=error)
            ) from error

    def _edu_rml(self, snapshot, info):
        """The form's RML for ``snapshot``, in the snapshot's language and zone, whoever asks."""
        language = snapshot["language"]
        known = self.env["res.lang"]._get_data(code=language)
        # the caller's context is dropped on purpose: rendering reads the snapshot and no more
        user_less = self.env(
            su=True, context={"lang": language if known else None, "tz": snapshot["timezone"]}
        )
        qweb = user_less["ir.qweb"]
        values = {"doc": snapshot, "w": Wording(snapshot), "info": info}
        return str(qweb._render(self.view_id.id, values, minimal_qcontext=True))

    def _edu_images(self):
        """Pictures that templates may name: ``{name: PNG or JPEG bytes}``. A hook; none here."""
        return {}

    def _edu_sample(self):
        """An invented snapshot for previews."""
        self.ensure_one()
        sample = SAMPLES.get(self.record_schema)
        if sample is None:
            raise UserError(self.env._("There is no sample for %s.", self.record_schema))
        return sample()

    def _edu_preview(self):
        """PDF bytes of the sample, marked as a draft."""
        snapshot = self._edu_sample()
        digest = hashlib.sha256(canonical_json(snapshot).encode()).hexdigest()
        return self._edu_render(snapshot, digest, watermark=DRAFT, unfinished=True).pdf

    def action_preview(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/edu/form/{self.id}/preview",
            "target": "new",
        }
