"""Issue, prepare, sign elsewhere, complete: what is made and what is refused while making it."""

import json
from io import BytesIO

import pytest
from pades_kit import BOXES, SNAPSHOT, base_pdf, chain, issued, key, p12, roots, sign, tsa
from pyhanko.pdf_utils.reader import PdfFileReader

from edu_records import pades
from edu_records.pades.signing import embed
from edu_records.testing import seed


def reader(pdf):
    return PdfFileReader(BytesIO(pdf))


@seed("P3.2.5.2", "P3.2.6.3", "R9.1")
def test_homeroom_principal_and_seal_sign_one_after_the_other():
    revisions = chain()
    assert all(new.startswith(old) for old, new in zip(revisions, revisions[1:], strict=False))
    verdict = pades.verify(
        revisions[-1],
        roots(),
        required=("homeroom", "principal", "school"),
        expected_roles={
            "homeroom": "CCCD:001000000002",
            "principal": "001000000001",
            "school": "MST:0100000000",
        },
    )
    assert verdict.status == pades.VALID, verdict.reasons
    assert [one.field for one in verdict.signers] == ["issuer", "homeroom", "principal", "school"]
    assert all(one.timestamp and one.ok for one in verdict.signers)
    algorithms = {one.field: one.algorithm.split(",")[0] for one in verdict.signers}
    assert algorithms["homeroom"] == "rsassa_pss"
    assert algorithms["principal"] == "sha256_ecdsa"
    assert verdict.attachment == SNAPSHOT


def test_an_issued_document_is_certified_and_carries_its_data():
    pdf = issued()
    assert pdf.startswith(base_pdf())
    root = reader(pdf).root
    entry = root["/AF"][0]
    assert entry["/AFRelationship"] == "/Source"
    assert entry["/EF"]["/F"].data == SNAPSHOT
    assert "/DocMDP" in root["/Perms"]
    assert pades.verify(pdf, roots()).status == pades.VALID


def test_without_an_issuer_key_the_first_signer_certifies():
    bare = pades.issue(base_pdf(), BOXES, SNAPSHOT)
    assert not reader(bare).embedded_signatures
    signed = sign(bare, "principal", "principal")
    signed = sign(signed, "school", "school")
    verdict = pades.verify(signed, roots())
    assert verdict.status == pades.VALID
    assert verdict.attachment == SNAPSHOT


@seed("P3.2.6.3")
def test_after_the_seal_nobody_signs():
    (result,) = pades.prepare([sign(issued(), "school", "school")], "homeroom", _id("homeroom"))
    assert isinstance(result, pades.DocumentLocked)


def test_a_filled_or_unknown_field_and_a_broken_file_are_refused_one_by_one():
    results = pades.prepare(
        [chain()[1], issued(), b"%PDF-1.7 nothing"], "homeroom", _id("homeroom")
    )
    assert isinstance(results[0], pades.FieldUnavailable)
    assert isinstance(results[1], pades.Prepared)
    assert isinstance(results[2], pades.UnreadablePdf)
    (unknown,) = pades.prepare([issued()], "nobody", _id("homeroom"))
    assert isinstance(unknown, pades.FieldUnavailable)


def test_a_prepared_document_survives_a_store_between_the_steps():
    (prepared,) = pades.prepare([issued()], "homeroom", _id("homeroom"))
    state = json.loads(json.dumps(prepared.state()))
    restored = pades.Prepared.restore(prepared.document, state)
    assert restored == prepared
    assert len(restored.digest) == 32
    signature = key("homeroom").sign([restored.to_sign])
    (done,) = pades.complete([restored], signature, tsa())
    verdict = pades.check_new_revision(issued(), done, "homeroom", _id("homeroom"), roots())
    assert verdict.status == pades.VALID


def test_a_token_that_cannot_do_pss_signs_in_the_old_way():
    old_style = pades.Pkcs12Key.load(*p12("homeroom"), pss=False)
    (done,) = pades.sign_all([issued()], "homeroom", old_style, timestamper=tsa())
    verdict = pades.verify(done, roots())
    assert verdict.status == pades.VALID
    assert verdict.signers[-1].algorithm.startswith("sha256_rsa")


def test_swapped_answers_are_found_before_and_after_they_are_put_in():
    other = pades.issue(base_pdf(), BOXES, b'{"other":"1"}', key("issuer"), tsa())
    prepared = pades.prepare([issued(), other], "homeroom", _id("homeroom"))
    signatures = key("homeroom").sign([one.to_sign for one in prepared])
    results = pades.complete(prepared, signatures[::-1])
    assert all(isinstance(one, pades.SignatureMismatch) for one in results)
    right = pades.complete(prepared, signatures)
    swapped = embed(prepared[0], _container(right[1]))
    with pytest.raises(pades.SignatureMismatch, match="CHANGED_BYTES"):
        pades.check_new_revision(issued(), swapped, "homeroom", _id("homeroom"), roots())


def test_only_the_announced_key_field_and_continuation_are_stored():
    signed = chain()[1]
    check = pades.check_new_revision
    assert check(issued(), signed, "homeroom", _id("homeroom"), roots()).accepted
    with pytest.raises(pades.SignatureMismatch, match="signed by"):
        check(issued(), signed, "homeroom", _id("subject_teacher"), roots())
    with pytest.raises(pades.SignatureMismatch, match="instead of principal"):
        check(issued(), signed, "principal", _id("homeroom"), roots())
    with pytest.raises(pades.SignatureMismatch, match="continue"):
        check(chain()[2], signed, "homeroom", _id("homeroom"), roots())
    with pytest.raises(pades.SignatureMismatch, match="continue"):
        check(signed, signed, "homeroom", _id("homeroom"), roots())
    with pytest.raises(pades.SignatureMismatch, match="more than one"):
        check(issued(), chain()[2], "principal", _id("principal"), roots())


def test_no_time_stamp_means_no_signature():
    nowhere = pades.timestamper("http://127.0.0.1:9/nothing", timeout=2)
    (result,) = pades.sign_all([issued()], "homeroom", key("homeroom"), timestamper=nowhere)
    assert isinstance(result, pades.TimestampUnavailable)


def test_a_batch_uses_the_key_once_and_keeps_the_order():
    documents = [issued()] * 6
    results = pades.sign_all(documents, "homeroom", key("homeroom"), timestamper=tsa())
    assert all(isinstance(one, bytes) and one.startswith(issued()) for one in results)


def test_the_archive_step_proves_the_state_of_every_certificate():
    archived = pades.archive(chain()[-1], roots(), tsa())
    assert archived.startswith(chain()[-1])
    verdict = pades.verify(archived, roots())
    assert verdict.status == pades.VALID, verdict.reasons
    assert {one.revocation for one in verdict.signers} == {"good"}
    assert not verdict.warnings


def _id(name):
    return key(name).identity


def _container(pdf):
    return reader(pdf).embedded_signatures[-1].pkcs7_content
