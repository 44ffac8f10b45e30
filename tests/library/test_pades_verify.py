"""Attacks on signed files, and what the verifier says to each."""

import functools
import hashlib
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest
from pades_kit import BOXES, SNAPSHOT, base_pdf, chain, codes, issued, key, p12, roots, sign
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from edu_records import pades
from edu_records.testing import seed


def update(change):
    """An incremental update of the fully signed file."""
    writer = IncrementalPdfFileWriter(BytesIO(chain()[-1]))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def byte_flip():
    pdf = bytearray(chain()[-1])
    place = pdf.index(b"endstream") - 20
    pdf[place] ^= 1
    return bytes(pdf)


def content_replaced():
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        stream = generic.StreamObject(stream_data=b"BT ET")
        page[NameObject("/Contents")] = writer.add_object(stream)
        writer.update_container(page)

    return update(change)


def mark_overlaid():
    from forge_pdf import overlay

    return overlay(chain()[-1], 0, (300, 698, 325, 714), "9,9")


def page_added():
    def change(writer):
        from pyhanko.pdf_utils.writer import PageObject

        stream = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
        writer.insert_page(PageObject(contents=stream, media_box=(0, 0, 595, 842)))

    return update(change)


def note_added():
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        note = generic.DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/FreeText"),
                NameObject("/Rect"): generic.ArrayObject(
                    generic.NumberObject(one) for one in (300, 690, 340, 715)
                ),
                NameObject("/Contents"): generic.TextStringObject("9,9"),
                NameObject("/DA"): generic.TextStringObject("/Helv 12 Tf 0 g"),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])

    return update(change)


def data_replaced():
    def change(writer):
        entry = writer.root["/AF"][0]
        stream = generic.StreamObject(stream_data=b'{"mark":"9.9"}')
        entry["/EF"][NameObject("/F")] = writer.add_object(stream)
        writer.update_container(entry["/EF"])

    return update(change)


def signature_value_removed():
    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        del field["/V"]
        writer.update_container(field)

    return update(change)


def script_added():
    def change(writer):
        action = generic.DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): generic.TextStringObject("app.alert(1)"),
            }
        )
        writer.root[NameObject("/OpenAction")] = action
        writer.update_root()

    return update(change)


def byte_range_emptied():
    pdf = chain()[-1]
    place = pdf.rindex(b"/ByteRange")
    return pdf[:place] + b"/XyteRange" + pdf[place + 10 :]


ATTACKS = (
    byte_flip,
    content_replaced,
    mark_overlaid,
    page_added,
    note_added,
    data_replaced,
    signature_value_removed,
    script_added,
    byte_range_emptied,
)


@seed("P2.2.3c")
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_a_tampered_file_is_refused(attack):
    forged = attack()
    assert forged != chain()[-1]
    verdict = pades.verify(forged, roots())
    assert verdict.status == pades.REFUSED
    assert verdict.reasons
    assert all(reason.vi and reason.en for reason in verdict.reasons)


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_what_a_weak_verifier_calls_valid_is_refused(tmp_path):
    from forge_pdf import forge

    path = tmp_path / "forged.pdf"
    path.write_bytes(forge(chain()[-1]))
    told = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False)
    assert told.stdout.count("Signature is Valid") == 4
    verdict = pades.verify(path.read_bytes(), roots())
    assert codes(verdict) == {"CHANGED_AFTER"}


def test_a_truncated_file_is_valid_but_not_the_filed_one():
    hashes = [hashlib.sha256(one).hexdigest() for one in chain()]
    judge = functools.partial(pades.verify, trust_roots=roots())
    assert judge(chain()[-1], filed_hashes=hashes).status == pades.AUTHENTIC
    assert judge(chain()[2], filed_hashes=hashes).status == pades.SUPERSEDED
    unfiled = judge(chain()[2], filed_hashes=hashes[-1:])
    assert unfiled.status == pades.VALID
    assert "NOT_FILED" in {one.code for one in unfiled.warnings}
    missing = judge(chain()[2], filed_hashes=hashes, required=("school",))
    assert missing.status == pades.REFUSED
    assert codes(missing) == {"MISSING_SIGNATURE"}


@seed("P3.2.5.2")
def test_a_teachers_certificate_in_the_principals_field_is_refused():
    signed = sign(issued(), "principal", "subject_teacher")
    assert pades.verify(signed, roots()).accepted  # every signature as such is right
    verdict = pades.verify(signed, roots(), expected_roles={"principal": "CCCD:001000000001"})
    assert codes(verdict) == {"WRONG_PERSON"}


@seed("P3.1.3.3")
def test_a_revoked_certificate_is_refused_when_it_can_be_known():
    signed = sign(issued(), "principal", "revoked")
    offline = pades.verify(signed, roots())
    assert {one.field for one in offline.warnings if one.code == "REVOCATION_UNKNOWN"} >= {
        "principal"
    }
    online = pades.verify(signed, roots(), allow_fetching=True)
    assert codes(online) == {"REVOKED"}
    assert [one.revocation for one in online.signers] == ["good", "revoked"]


def test_a_certificate_of_another_authority_is_refused(tmp_path):
    import demo_ca

    demo_ca.make_ca(tmp_path, port=9321)
    stranger = (tmp_path / "root.pem").read_bytes()
    assert codes(pades.verify(chain()[-1], [stranger])) >= {"UNTRUSTED", "BAD_TIMESTAMP"}


@seed("P3.1.3.3")
def test_a_certificate_counts_at_the_time_of_its_stamp_not_at_the_time_of_the_check():
    from freezegun import freeze_time

    stamped = sign(issued(), "homeroom", "short")
    (bare,) = pades.sign_all([issued()], "homeroom", key("short"))
    later = datetime.now(timezone.utc) + timedelta(days=365)
    with freeze_time(later):
        assert pades.verify(stamped, roots()).status == pades.VALID
        assert codes(pades.verify(bare, roots())) == {"EXPIRED"}
    with freeze_time(later + timedelta(days=20 * 365)):  # the authority's own time is over
        assert codes(pades.verify(stamped, roots())) == {"BAD_TIMESTAMP"}


def test_a_signature_in_a_field_that_was_never_issued_is_refused():
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    writer = IncrementalPdfFileWriter(BytesIO(issued()))
    append_signature_field(writer, SigFieldSpec("extra", box=(300, 690, 340, 715)))
    out = BytesIO()
    writer.write(out)
    signed = sign(out.getvalue(), "extra", "subject_teacher")
    assert codes(pades.verify(signed, roots())) >= {"UNKNOWN_FIELD"}


def test_a_form_with_fill_in_fields_is_refused():
    writer = IncrementalPdfFileWriter(BytesIO(pades.issue(base_pdf(), BOXES, SNAPSHOT)))
    text = generic.DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): generic.TextStringObject("mark"),
            NameObject("/V"): generic.TextStringObject("8,5"),
        }
    )
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(writer.add_object(text))
    writer.update_container(fields)
    out = BytesIO()
    writer.write(out)
    signed = sign(out.getvalue(), "principal", "principal")
    assert codes(pades.verify(signed, roots())) == {"FORM_FIELDS"}


def test_unsigned_foreign_and_hostile_files_are_refused():
    assert codes(pades.verify(base_pdf(), roots())) == {"NO_SIGNATURE"}
    assert codes(pades.verify(b"hello", roots())) == {"NOT_A_PDF"}
    assert codes(pades.verify(b"%PDF-1.7\nhello", roots())) == {"UNREADABLE"}
    assert codes(pades.verify(chain()[-1][:-200], roots())) == {"UNREADABLE"}


def test_a_signature_that_does_not_certify_is_refused():
    """The same attack as on approval-only files: nothing forbids changes before the next one."""
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko.sign.fields import SigSeedSubFilter

    data, password = p12("homeroom")
    signer = SimpleSigner.load_pkcs12_data(data, [], password.encode())
    meta = PdfSignatureMetadata("homeroom", subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(BytesIO(pades.issue(base_pdf(), BOXES, SNAPSHOT)))
    signed = PdfSigner(meta, signer).sign_pdf(writer).getvalue()
    assert codes(pades.verify(signed, roots())) == {"NOT_CERTIFIED"}


def test_the_data_are_read_from_the_certified_revision():
    verdict = pades.verify(data_replaced(), roots())
    assert not verdict.accepted
    assert verdict.attachment == SNAPSHOT
    assert key("issuer").identity.info.fingerprint == verdict.signers[0].fingerprint
