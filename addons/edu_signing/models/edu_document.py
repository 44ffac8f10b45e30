import hashlib
import json
import logging
from dataclasses import replace

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from edu_records import pades

from .server_key import server_key

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

VERDICTS = {
    pades.AUTHENTIC: _lt("Authentic: this is the filed copy, all signatures are valid."),
    pades.VALID: _lt("All signatures are valid, but this is not the filed copy."),
    pades.SUPERSEDED: _lt("The signatures are valid, but a later copy has been filed."),
    pades.REFUSED: _lt("NOT VALID."),
}


class EduDocument(models.Model):
    _inherit = "edu.document"

    # -- issue -----------------------------------------------------------------------------------

    def _edu_certify(self, pdf):
        """Make the signature fields, attach the snapshot, certify with the issuer's key.

        A school without an issuer certificate leaves the certification to the first signer.
        """
        pdf = super()._edu_certify(pdf)
        try:
            return pades.issue(
                pdf,
                self._edu_signature_boxes(),
                self.snapshot_id.content.encode(),
                self._edu_issuer_key(),
                self.company_id._edu_timestamper(),
            )
        except pades.PadesError as error:
            raise UserError(self.env["edu.certificate"]._edu_say(error)) from error

    def _edu_signature_boxes(self):
        """A box for every signing step, where the report placed it or else invisible.

        The last step closes the document.
        """
        steps = self.env["edu.signing.step"].search([("form_code", "=", self.form_code)])
        placed = {box["name"]: box for box in json.loads(self.field_boxes or "[]")}
        boxes = []
        for step in steps:
            box = placed.get(step.field_name, {})
            rect = tuple(box["rect"]) if box.get("rect") else None
            boxes.append(
                pades.SignatureBox(
                    step.field_name, box.get("page", 0), rect, closes=step == steps[-1]
                )
            )
        return boxes

    def _edu_issuer_key(self):
        certificates = self.env["edu.certificate"].sudo()
        certificate = certificates.search(
            [("purpose", "=", "issuer"), ("company_id", "=", self.company_id.id)]
        ).filtered(lambda one: one.state == "usable")[:1]
        if not certificate:
            return None
        binding = certificate._edu_binding(
            certificate.fingerprint, certificate.user_id, certificate.company_id
        )
        p12 = pades.unseal_p12(certificate.sealed or "", None, server_key(self.env), binding)
        return pades.Pkcs12Key.load(p12, None)

    # -- signing ---------------------------------------------------------------------------------

    def _edu_sign(self, role, certificate, key, revocation):
        """Sign every document of ``self`` that waits for ``role``, with one key.

        :param revocation: state of the certificate as checked just before, ``good`` or ``unknown``
        :return: ``{document: problem}``, "" for a document that is signed
        """
        self.sudo().chain_id._edu_lock_heads()
        self.invalidate_recordset()
        said, due = {}, {}
        for document in self:
            signature = document._edu_next_signature()
            try:
                document._edu_check_role(signature, role)
                due.setdefault(signature.field_name, []).append(signature)
            except (AccessError, UserError) as error:
                said[document] = str(error)
        for field, signatures in due.items():
            said.update(self._edu_sign_field(field, signatures, certificate, key, revocation))
        return said

    def _edu_check_role(self, signature, role):
        if not signature:
            raise UserError(self.env._("It waits for no signature."))
        signature._edu_check_turn(self.env.user)
        if signature.role != role:
            raise UserError(
                self.env._("%s is what the document waits for.", signature.display_name)
            )

    @api.model
    def _edu_sign_field(self, field, signatures, certificate, key, revocation):
        company = signatures[0].document_id.company_id.sudo()
        before = [signature.document_id.sudo()._edu_bytes() for signature in signatures]
        signed = pades.sign_all(
            before,
            field,
            key,
            timestamper=company._edu_timestamper(),
            location=company.edu_place or None,
        )
        said = {}
        for signature, old, new in zip(signatures, before, signed, strict=True):
            document = signature.document_id
            said[document] = ""
            try:
                if isinstance(new, pades.PadesError):
                    raise new
                with self.env.cr.savepoint():
                    document._edu_file_signature(signature, old, new, certificate, revocation)
            except pades.PadesError as error:
                said[document] = certificate._edu_say(error)
            except UserError as error:
                said[document] = str(error)
        return said

    def _edu_file_signature(self, signature, old, new, certificate, revocation):
        """Check the new revision in every respect, then file it and record the signature."""
        roots = self.env["edu.trust.anchor"]._edu_roots()
        verdict = pades.check_new_revision(
            old, new, signature.field_name, certificate._edu_identity(), roots
        )
        document, signature = self.sudo(), signature.sudo()
        revision = document._edu_store_revision(new, "signed")
        report = verdict.signers[-1]
        signature._edu_unguarded().write(
            {
                "certificate_id": certificate.id,
                "algorithm": report.algorithm,
                "stamped_at": report.timestamp and report.timestamp.replace(tzinfo=None),
                "revocation": revocation,
                "verification": json.dumps(verdict.as_dict(), ensure_ascii=False),
            }
        )
        document._edu_record_signature(signature, "signed", revision)

    # -- verification ----------------------------------------------------------------------------

    def _edu_verify(self, pdf=None):
        """Judge the filed bytes, or any ``pdf`` that claims to be this document.

        :return: :class:`edu_records.pades.Verdict`; every electronic signature must be there and
            belong to the person recorded; a superseded document is at most SUPERSEDED
        """
        document = self.sudo()
        signed = document.signature_ids.filtered(lambda line: line.state == "signed")
        verdict = pades.verify(
            document._edu_bytes() if pdf is None else pdf,
            self.env["edu.trust.anchor"]._edu_roots(),
            expected_roles={
                line.field_name: line.certificate_id.owner_number
                for line in signed
                if line.certificate_id
            },
            filed_hashes=document.revision_ids.sorted("seq").mapped("sha256"),
        )
        if verdict.status == pades.AUTHENTIC and self.state in ("superseded", "void"):
            return replace(verdict, status=pades.SUPERSEDED)
        return verdict

    def _edu_superseded_lines(self):
        """Which document is valid in this one's place, by its code."""
        self.ensure_one()
        newer = self.sudo().superseded_by_ids.filtered(
            lambda doc: doc.state in ("complete", "archived")
        )
        return [
            self.env._(
                "Superseded by version %(version)s, verification code %(code)s.",
                version=document.version,
                code=document.code,
            )
            for document in newer
            if self.state == "superseded"
        ]

    @api.model
    def _edu_find_by_bytes(self, pdf):
        """The document that some bytes were filed for, or none."""
        digest = hashlib.sha256(pdf).hexdigest()
        revisions = self.env["edu.document.revision"].sudo()
        return revisions.search([("sha256", "=", digest)], limit=1).document_id

    # -- archive ---------------------------------------------------------------------------------

    def _edu_archive(self):
        """Add what a later verifier needs: revocation answers and an archive time stamp."""
        for document in self.filtered(lambda doc: doc.state == "complete"):
            company = document.company_id
            try:
                pdf = pades.archive(
                    document._edu_bytes(),
                    self.env["edu.trust.anchor"]._edu_roots(),
                    company._edu_timestamper(),
                )
            except pades.PadesError as error:
                raise UserError(self.env["edu.certificate"]._edu_say(error)) from error
            document._edu_store_revision(pdf, "archived")
            document._edu_log("archive", slot="state", old=document.state, new="archived")
            document._edu_unguarded().write({"state": "archived"})

    @api.model
    def _edu_archive_due(self):
        """Cron: archive complete documents of schools that have a time stamping service."""
        documents = self.search(
            [
                ("state", "=", "complete"),
                ("company_id.edu_tsa_url", "!=", False),
                ("signature_ids.state", "=", "signed"),
            ],
            limit=200,
        )
        for done, document in enumerate(documents, 1):
            try:
                with self.env.cr.savepoint():
                    document._edu_archive()
            except UserError as error:
                _logger.warning("document %s could not be archived: %s", document.id, error)
            remaining = len(documents) - done
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    # -- buttons ---------------------------------------------------------------------------------

    def action_sign(self):
        """Open the signing dialog for these documents."""
        return {
            "type": "ir.actions.client",
            "tag": "edu_signing.sign",
            "name": self.env._("Sign"),
            "target": "new",
            "params": {"document_ids": self.ids},
        }

    def action_verify(self):
        """Say whether the filed bytes are what they should be."""
        self.ensure_one()
        self.check_access("read")
        verdict = self._edu_verify()
        vietnamese = (self.env.lang or "").startswith("vi")
        lines = [str(VERDICTS[verdict.status])]
        for one in (*verdict.reasons, *verdict.warnings):
            text = one.vi if vietnamese else one.en
            lines.append(f"{one.field}: {text}" if one.field else text)
        lines += self._edu_superseded_lines()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if verdict.accepted else "danger",
                "title": self.name,
                "message": "\n".join(lines),
                "sticky": True,
            },
        }
