"""Issue a PDF: make every signature field, attach the data, certify."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from .errors import UnreadablePdf

ISSUER = "issuer"
SCHOOL = "school"
ATTACHMENT = "snapshot.json"


@dataclass(frozen=True)
class SignatureBox:
    """A signature field to be made.

    name: stable field name ("homeroom", "principal", "school"). page: index from 0, negative
    from the end. rect: (left, bottom, right, top) in points from the lower left corner, None for
    an invisible field. closes: after this signature nothing may change (FieldMDP ALL, P=1); the
    school's field always closes, because the seal is the last step.
    """

    name: str
    page: int = 0
    rect: tuple[float, float, float, float] | None = None
    closes: bool = False


def issue(pdf: bytes, fields, attachment: bytes | None, certifier=None, timestamper=None) -> bytes:
    """Return the PDF with its fields, its data attached, certified by the school's issuer key.

    fields: `SignatureBox` list (the invisible field "issuer" is added). attachment: canonical
    JSON, attached as snapshot.json, /AF relationship Source. certifier: a `Pkcs12Key` or anything
    with `identity` and `sign`; None leaves the certification to the first signer. The input bytes
    stay the beginning of the output. Raises UnreadablePdf, TimestampUnavailable.
    """
    from .signing import sign_all

    prepared = _with_fields(pdf, fields, attachment)
    if certifier is None:
        return prepared
    (result,) = sign_all([prepared], ISSUER, certifier, timestamper=timestamper)
    if isinstance(result, Exception):
        raise result
    return result


def _with_fields(pdf: bytes, fields, attachment: bytes | None) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.fields import append_signature_field

    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        for box in (SignatureBox(ISSUER), *fields):
            append_signature_field(writer, _specification(box))
        if attachment is not None:
            _attach(writer, attachment)
        out = BytesIO()
        writer.write(out)
    except (PdfError, ValueError) as error:
        raise UnreadablePdf(str(error)) from error
    return out.getvalue()


def _specification(box: SignatureBox):
    from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec

    closing = {}
    if box.closes or box.name == SCHOOL:
        closing = {
            "field_mdp_spec": FieldMDPSpec(FieldMDPAction.ALL),
            "doc_mdp_update_value": MDPPerm.NO_CHANGES,
        }
    return SigFieldSpec(box.name, on_page=box.page, box=box.rect, **closing)


def _attach(writer, data: bytes) -> None:
    """Embed the JSON and name it in the catalogue's /AF (PDF/A-3), without raising the version."""
    from pyhanko.pdf_utils import embed, generic

    name = generic.NameObject
    stream = embed.EmbeddedFileObject.from_file_data(writer, data, mime_type="application/json")
    specification = embed.FileSpec(
        file_spec_string=ATTACHMENT,
        file_name=ATTACHMENT,
        embedded_data=stream,
        description="Dữ liệu gốc của hồ sơ",
    )
    embed.embed_file(writer, specification)
    tree = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    reference = tree.raw_get(len(tree) - 1)
    entry = reference.get_object()
    entry[name("/AFRelationship")] = name("/Source")
    if "/AF" in writer.root:
        associated = writer.root["/AF"]
        writer.update_container(associated)
    else:
        associated = generic.ArrayObject()
        writer.root[name("/AF")] = writer.add_object(associated)
        writer.update_root()
    associated.append(reference)
