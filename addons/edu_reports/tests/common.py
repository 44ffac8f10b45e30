import hashlib
import io

from PyPDF2 import PdfReader

from odoo.tests import TransactionCase

from edu_records.canonical import canonical_json

from .. import samples

GRADEBOOK = "class_gradebook_tt22_thcs"
TRANSCRIPT = "transcript_year_tt22_thcs"


def texts_of(pdf):
    """The text of each page, with single blanks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


class FormCase(TransactionCase):
    """Renders sample snapshots on the installed forms."""

    @classmethod
    def _render(cls, form_code, snapshot=None, **options):
        form = cls.env["edu.form"]._edu_get(form_code)
        snapshot = snapshot or form._edu_sample()
        digest = hashlib.sha256(canonical_json(snapshot).encode()).hexdigest()
        return form._edu_render(snapshot, digest, **options)

    @classmethod
    def _gradebook(cls, pupils=42):
        return cls._render(GRADEBOOK, samples.gradebook(pupils))
