from odoo import api, models
from odoo.exceptions import AccessError, UserError

from edu_records import pades

from .edu_certificate import MOST_WRONG_PINS

MOST_DOCUMENTS = 50


class EduSigningWizard(models.AbstractModel):
    """Signing of one or many documents with one PIN.

    It has no table on purpose: the PIN is an argument, lives for one request and is written
    nowhere. The dialog of the web client sends it to a route instead of calling these methods,
    because a server that logs at debug level logs the arguments of method calls.
    """

    _name = "edu.signing.wizard"
    _description = "Signing"

    @api.model
    def plan(self, document_ids):
        """What the current user could sign.

        :return: list by role of ``{"role", "label", "certificate", "documents": [{"id", "name",
            "problem"}]}``; ``certificate`` is its owner's name or "" when none is usable
        """
        documents = self._edu_documents(document_ids)
        labels = dict(self.env["edu.signature"]._fields["role"]._description_selection(self.env))
        plan = {}
        for document in documents:
            role = document._edu_next_signature().role or ""
            if role not in plan:
                certificate = self.env["edu.certificate"]._edu_for(role, document.company_id)
                plan[role] = {
                    "role": role,
                    "label": labels.get(role, ""),
                    "certificate": certificate.name or "",
                    "documents": [],
                }
            plan[role]["documents"].append(
                {
                    "id": document.id,
                    "name": document.name,
                    "problem": self._edu_problem(document, role),
                }
            )
        return list(plan.values())

    @api.model
    def sign(self, document_ids, role, pin):
        """Sign the documents, each in the field of its next signature, as ``role``.

        A wrong PIN is an answer and not an exception, so that it stays counted. Each document
        succeeds or fails for itself.

        :return: ``{"error": {"code", "message"} or None, "warning": text, "results":
            [{"document_id", "name", "ok", "message"}]}``
        """
        documents = self._edu_documents(document_ids)
        company = documents.company_id
        if len(company) > 1:
            raise UserError(self.env._("Sign the documents of one school at a time."))
        refused = {document: self._edu_problem(document, role) for document in documents}
        due = documents.filtered(lambda document: not refused[document])
        results = [self._edu_result(one, refused[one]) for one in documents - due]
        if not due:  # and so nobody tries PINs of a certificate of a role not one's own
            return {"error": None, "warning": "", "results": results}
        answer = self._edu_sign_due(due, company, role, pin)
        return {**answer, "results": results + answer["results"]}

    def _edu_sign_due(self, documents, company, role, pin):
        certificate = self.env["edu.certificate"]._edu_for(role, company)
        if not certificate:
            return self._edu_refusal("NO_CERTIFICATE", self._edu_no_certificate(role))
        try:
            key = certificate._edu_open(pin)
        except pades.WrongPin as error:
            return self._edu_wrong_pin(certificate, error)
        except pades.PadesError as error:
            return self._edu_refusal(error.code, certificate._edu_say(error))
        state = self._edu_certificate_state(key.identity, company)
        if state not in ("good", "unknown") or self._edu_is_too_unsure(state, role, company):
            return self._edu_refusal(state.upper(), certificate._edu_state_text(state))
        said = documents._edu_sign(role, certificate, key, state)
        return {
            "error": None,
            "warning": certificate._edu_state_text(state) if state == "unknown" else "",
            "results": [self._edu_result(one, said[one]) for one in documents],
        }

    def _edu_result(self, document, problem):
        return {
            "document_id": document.id,
            "name": document.name,
            "ok": not problem,
            "message": problem or self.env._("Signed"),
        }

    def _edu_documents(self, document_ids):
        if len(document_ids) > MOST_DOCUMENTS:
            raise UserError(self.env._("At most %s documents are signed at once.", MOST_DOCUMENTS))
        documents = self.env["edu.document"].browse(document_ids).exists()
        documents.check_access("read")
        return documents

    def _edu_problem(self, document, role):
        """Why the current user cannot sign the document as ``role`` now; "" when he can."""
        try:
            document._edu_check_role(document._edu_next_signature(), role)
        except (AccessError, UserError) as error:
            return str(error)
        return ""

    def _edu_certificate_state(self, identity, company):
        roots = self.env["edu.trust.anchor"]._edu_roots()
        return pades.check_certificate(
            identity, roots, allow_fetching=company.sudo().edu_check_online
        )

    def _edu_is_too_unsure(self, state, role, company):
        """The head and the seal do not sign while their certificate cannot be checked online."""
        online = company.sudo().edu_check_online
        return state == "unknown" and online and role in ("principal", "school")

    def _edu_no_certificate(self, role):
        if role == "school":
            return self.env._("The school has no usable seal certificate.")
        return self.env._("You have no usable certificate. Upload one, or sign in ink.")

    def _edu_wrong_pin(self, certificate, error):
        left = MOST_WRONG_PINS - certificate.wrong_pins
        if left > 0:
            message = self.env._(
                "%(error)s Attempts left: %(left)s.", error=certificate._edu_say(error), left=left
            )
        else:
            message = self.env._(
                "The certificate is blocked after too many wrong PINs. Upload it again."
            )
        return self._edu_refusal(error.code, message)

    def _edu_refusal(self, code, message):
        return {"error": {"code": code, "message": message}, "warning": "", "results": []}
