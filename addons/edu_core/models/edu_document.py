import base64
import hashlib
import json
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

# Crockford's alphabet without the letters that are read as digits
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
VALID = ("complete", "archived")


class EduDocument(models.Model):
    """An issued official document: made from a snapshot once, then only signatures are added."""

    _name = "edu.document"
    _inherit = ["edu.inspected.mixin", "edu.guarded.mixin", "mail.thread"]
    _description = "Official Document"
    _order = "id desc"

    _edu_guarded = frozenset({"*"})

    name = fields.Char(required=True)
    code = fields.Char("Verification Code", required=True, index=True)
    form_code = fields.Char("Form", required=True)
    res_model = fields.Char("Model", required=True, index=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, index=True)
    class_id = fields.Many2one("edu.class", index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    chain_id = fields.Many2one("edu.ledger.chain", required=True, index=True, ondelete="restrict")
    snapshot_id = fields.Many2one(
        "edu.record.snapshot", required=True, index=True, ondelete="restrict"
    )
    version = fields.Integer(required=True, default=1, aggregator=None)
    supersedes_id = fields.Many2one("edu.document", index=True, ondelete="restrict")
    superseded_by_ids = fields.One2many("edu.document", "supersedes_id", "Superseded by")
    state = fields.Selection(
        [
            ("rendering", "Being made"),
            ("issued", "Issued"),
            ("signing", "Being signed"),
            ("complete", "Complete"),
            ("archived", "Archived"),
            ("superseded", "Superseded"),
            ("void", "Void"),
        ],
        required=True,
        default="rendering",
        index=True,
        tracking=True,
        group_expand=True,
    )
    field_boxes = fields.Text(help="Signature fields as the report placed them, JSON.")
    revision_ids = fields.One2many("edu.document.revision", "document_id", "Revisions")
    signature_ids = fields.One2many("edu.signature", "document_id", "Signatures")
    progress = fields.Char("Signatures Given", compute="_compute_progress")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another document has this code.")

    @api.depends("signature_ids.state")
    def _compute_progress(self):
        for document in self:
            lines = document.signature_ids
            done = lines.filtered(lambda line: line.state != "waiting")
            document.progress = f"{len(done)}/{len(lines)}" if lines else ""

    # -- issue -----------------------------------------------------------------------------------

    @api.model
    def _edu_make(self, records):
        """Make the documents of approved ``records``; bytes come later, by the outbox.

        :raises UserError: one of them is not approved, so that its facts may still change
        """
        for record in records.filtered(lambda record: record.state not in ("approved", "signed")):
            raise UserError(
                self.env._(
                    "%s is not approved: official forms are made of approved records only.",
                    record.display_name,
                )
            )
        records = records.filtered(lambda record: record._edu_form_code())
        superseded = self._edu_predecessors(records)
        wanted = []
        for record in records:
            name = f"document:{record._name}:{record.id}:{record.snapshot_id.id}"
            wanted.append((name, "document", record.company_id))
        chains = self.env["edu.ledger.chain"]._edu_open(wanted)
        return self._edu_unguarded().create(
            [
                {
                    "name": record.display_name,
                    "code": self._edu_new_code(),
                    "form_code": record._edu_form_code(),
                    "res_model": record._name,
                    "res_id": record.id,
                    "class_id": record._edu_class().id,
                    "company_id": record.company_id.id,
                    "chain_id": chain.id,
                    "snapshot_id": record.snapshot_id.id,
                    "version": record.version,
                    "supersedes_id": superseded.get(record, self).id,
                }
                for record, chain in zip(records, chains, strict=True)
            ]
        )

    @api.model
    def _edu_predecessors(self, records):
        """``{record: document}`` that the next document of each record supersedes.

        It is the valid document of an earlier version or, where there is none, one that somebody
        had signed before it became void. First versions have none.
        """
        later = {record.id: record for record in records if record.version > 1}
        if not later:
            return {}
        documents = self.search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", list(later)),
                ("signature_ids.state", "!=", "waiting"),
            ],
        )
        earlier = documents.filtered(lambda doc: doc.version < later[doc.res_id].version)
        ranked = earlier.sorted(
            lambda doc: (doc.state in (*VALID, "superseded"), doc.version, doc.id)
        )
        return {later[document.res_id]: document for document in ranked}

    @api.model
    def _edu_new_code(self):
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))

    def _edu_issue(self):
        """Render, certify and file the document, and open its signatures. Done once."""
        for document in self:
            if document.state != "rendering":
                continue
            pdf, boxes = document._edu_render_pdf()
            document._edu_unguarded().write({"field_boxes": json.dumps(boxes, sort_keys=True)})
            document._edu_store_revision(document._edu_certify(pdf), "issued")
            document._edu_open_signatures()
            document._edu_unguarded().write({"state": "issued"})
            document._edu_finish()

    def _edu_render_pdf(self):
        """Render the snapshot.

        :return: ``(pdf bytes, boxes)``; a box is ``{"name", "page" (from 0), "rect": [x1, y1, x2,
            y2] in points}``
        """
        raise UserError(
            self.env._("No form is installed that prints %s. Install Edu Reports.", self.form_code)
        )

    def _edu_certify(self, pdf):
        """Give the fresh PDF its signature fields and certify it, where there is cryptography."""
        return pdf

    def _edu_open_signatures(self):
        self.ensure_one()
        steps = self.env["edu.signing.step"].search([("form_code", "=", self.form_code)])
        self.env["edu.signature"]._edu_unguarded().create(
            [
                {
                    "document_id": self.id,
                    "role": step.role,
                    "sequence": step.sequence,
                    "required": step.required,
                    "ink_allowed": step.ink_allowed,
                    "field_name": step.field_name,
                }
                for step in steps
            ]
        )

    # -- revisions -------------------------------------------------------------------------------

    def _edu_current_revision(self):
        self.ensure_one()
        return self.revision_ids.sorted("seq")[-1:]

    def _edu_bytes(self):
        """The document's newest filed bytes."""
        return self._edu_current_revision()._edu_bytes()

    def _edu_store_revision(self, pdf, kind):
        """File ``pdf`` as the next revision; its SHA-256 enters the document's chain.

        :raises UserError: when the new bytes do not begin with the filed ones
        """
        self.ensure_one()
        self.chain_id._edu_lock_heads()
        before = self._edu_current_revision()
        if before and not pdf.startswith(before._edu_bytes()):
            raise UserError(
                self.env._("%s: the new file does not continue the filed one.", self.name)
            )
        digest = hashlib.sha256(pdf).hexdigest()
        revision = (
            self.env["edu.document.revision"]
            ._edu_unguarded()
            .create(
                {
                    "document_id": self.id,
                    "seq": before.seq + 1,
                    "kind": kind,
                    "content": base64.b64encode(pdf),
                    "sha256": digest,
                    "size": len(pdf),
                }
            )
        )
        self._edu_log(kind, slot=str(revision.seq), new=digest)
        return revision

    def _edu_log(self, operation, **members):
        event = {"operation": operation, "model": self._name, "record": str(self.id), **members}
        return self.env["edu.ledger.chain"]._edu_append([(self.chain_id, event)])

    # -- signatures ------------------------------------------------------------------------------

    def _edu_next_signature(self):
        """The signature that the document waits for; empty when none is due."""
        self.ensure_one()
        if self.state not in ("issued", "signing"):
            return self.env["edu.signature"]
        return self.signature_ids.filtered(lambda line: line.state == "waiting").sorted("sequence")[
            :1
        ]

    def _edu_record_signature(self, signature, mode, revision=None, note=""):
        """Record that ``signature`` was given by the current user.

        :param str mode: ``signed`` (electronically, ``revision`` has it) or ``ink``
        """
        self.ensure_one()
        self.chain_id._edu_lock_heads()
        signature._edu_unguarded().write(
            {
                "state": mode,
                "user_id": self.env.uid,
                "signer_name": self.env.user.name,
                "signed_at": fields.Datetime.now(),
                "revision_id": revision.id if revision else False,
                "note": note,
            }
        )
        self._edu_log("sign", slot=signature.role, old="waiting", new=mode)
        self._edu_unguarded().write({"state": "signing"})
        self._edu_finish()

    def _edu_finish(self):
        self.ensure_one()
        waiting = self.signature_ids.filtered(lambda s: s.required and s.state == "waiting")
        if waiting:
            return
        self._edu_unguarded().write({"state": "complete"})
        self._edu_log("complete", slot="state", new="complete")
        self._edu_supersede_earlier()
        self._edu_record()._edu_documents_completed()

    def _edu_supersede_earlier(self):
        """The document is complete: what was valid for its record until now is superseded."""
        earlier = self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("version", "<", self.version),
                ("state", "in", VALID),
            ]
        )
        for document in earlier:
            document._edu_log(
                "supersede",
                slot="state",
                old=document.state,
                new="superseded",
                evidence_sha256=self._edu_current_revision().sha256,
            )
        earlier._edu_unguarded().write({"state": "superseded"})

    def _edu_void(self):
        for document in self.filtered(lambda doc: doc.state in ("rendering", "issued", "signing")):
            document._edu_log("void", slot="state", old=document.state, new="void")
            document._edu_unguarded().write({"state": "void"})

    def _edu_record(self):
        """The official record that the document was made from."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _edu_filename(self):
        """The name of a downloaded file; it says when another document is valid in its place."""
        self.ensure_one()
        name = f"{self.name} {self.code}".replace("/", "-")
        if self.state in ("superseded", "void"):
            return f"{name} ({self._edu_said()['state']})"
        return name

    def _edu_said(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {"name": self.name, "state": states[self.state]}

    # -- buttons ---------------------------------------------------------------------------------

    def action_open_pdf(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/edu/document/{self.id}", "target": "new"}

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
