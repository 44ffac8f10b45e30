import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL

from edu_records.ledger import decode

from .edu_chained_mixin import SLOT

CHUNK = 5000
FILES = 50  # read at a time when the filed bytes are hashed again
FINAL_STATES = ("complete", "archived", "superseded", "void")

REASON_READERS = "edu_core.group_edu_principal,edu_core.group_edu_inspector"


class EduLedgerEntry(models.Model):
    """An entry of the ledger: written once, by ``edu.ledger.chain._edu_append`` only."""

    _name = "edu.ledger.entry"
    _inherit = ["edu.sealed.mixin"]
    _description = "Ledger Entry"
    _order = "id desc"
    _log_access = False
    _rec_name = "seq"

    chain_id = fields.Many2one(
        "edu.ledger.chain", required=True, readonly=True, index=True, ondelete="restrict"
    )
    seq = fields.Integer("No.", required=True, readonly=True, aggregator=None)
    payload = fields.Text(required=True, readonly=True)
    prev = fields.Char("Hash of the Entry Before", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    model = fields.Char(readonly=True)
    record = fields.Char(readonly=True)
    slot = fields.Char(readonly=True)
    time = fields.Datetime(compute="_compute_members", search="_search_time")
    user_id = fields.Many2one("res.users", compute="_compute_members", search="_search_user_id")
    operation = fields.Char(compute="_compute_members", search="_search_operation")
    operation_label = fields.Char("What Happened", compute="_compute_members")
    model_label = fields.Char("Kind of Record", compute="_compute_members")
    old_value = fields.Char("Before", compute="_compute_members")
    new_value = fields.Char("After", compute="_compute_members")
    reason = fields.Text(compute="_compute_reason")

    _seq_uniq = models.Constraint("UNIQUE(chain_id, seq)", "The chain has this entry already.")
    _slot_idx = models.Index("(model, record, slot)")

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_members(self):
        labels = self._edu_operation_labels()
        for entry in self:
            _chain, _seq, event = decode(entry.payload)
            entry.time = fields.Datetime.to_datetime(event.time[:19].replace("T", " "))
            entry.user_id = int(event.user) if event.user.isdigit() else False
            entry.operation = event.operation
            entry.operation_label = labels.get(event.operation, event.operation)
            entry.model_label = self.env["ir.model"]._get(event.model).name or event.model
            entry.old_value = event.old
            entry.new_value = event.new

    @api.depends_context("uid")
    @api.depends("payload")
    def _compute_reason(self):
        digests = {entry: json.loads(entry.payload)[13] for entry in self}
        allowed = self.env.su or self.env.user.has_groups(REASON_READERS)
        texts = self.env["edu.ledger.reason"].sudo()._edu_texts(digests.values()) if allowed else {}
        for entry in self:
            entry.reason = texts.get(digests[entry], False)

    @api.model
    def _search_member(self, position, operator, values):
        """Entries whose payload has one of ``values`` at ``position``."""
        if operator != "in":
            return NotImplemented
        wanted = [str(value) for value in values]
        return self._edu_where(SQL("payload::jsonb ->> %s = ANY(%s)", position, wanted))

    @api.model
    def _search_user_id(self, operator, value):
        if operator == "ilike":
            value = self.env["res.users"].search([("name", "ilike", value)]).ids
            operator = "in"
        return self._search_member(4, operator, value)

    @api.model
    def _search_operation(self, operator, value):
        return self._search_member(7, operator, value)

    @api.model
    def _search_time(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        moment = fields.Datetime.to_datetime(value).strftime("%Y-%m-%dT%H:%M:%S")
        compare = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}[operator]
        return self._edu_where(SQL("payload::jsonb ->> 3 %s %s", compare, moment))

    @api.model
    def _edu_where(self, condition):
        return [("id", "in", SQL("(SELECT id FROM edu_ledger_entry WHERE %s)", condition))]

    @api.model
    def _edu_operation_labels(self):
        """``{operation: what a person calls it}``; a hook for operations of other addons."""
        return {
            "set": self.env._("set"),
            "lock": self.env._("locked"),
            "relock": self.env._("locked itself: the time was over"),
            "unlock": self.env._("opened again"),
            "approve": self.env._("approved"),
            "return": self.env._("returned"),
            "supersede": self.env._("superseded"),
            "sign": self.env._("signed"),
            "issued": self.env._("file issued"),
            "signed": self.env._("signed file filed"),
            "archived": self.env._("archived file filed"),
            "archive": self.env._("archived"),
            "complete": self.env._("all signatures given"),
            "void": self.env._("made void"),
            "anchor": self.env._("ledger anchored"),
            "stamp": self.env._("anchor timestamped"),
            "epoch": self.env._("new epoch of the ledger"),
            "export": self.env._("exported"),
            "print": self.env._("printed or downloaded"),
            "access": self.env._("read by an inspector"),
            "backup": self.env._("backup recorded"),
            "change_backup": self.env._("record of a backup changed"),
            "erase": self.env._("text erased"),
            "configure": self.env._("setting changed"),
            "import": self.env._("list imported"),
            "undo": self.env._("import taken back"),
            "tick": self.env._("marked as done"),
            "untick": self.env._("no longer marked as done"),
            "new_year": self.env._("school year created"),
            "rollover": self.env._("pupils rolled over"),
            "undo_rollover": self.env._("rollover undone"),
        }

    @api.model
    def _edu_refusal(self):
        return self.env._("The records write the ledger themselves; nobody changes it.")

    # -- export ----------------------------------------------------------------------------------

    @api.model
    def _edu_export(self, company, chains=None):
        """The ledger as ``edu-ledger verify`` reads it, as JSON text; see :meth:`_edu_export_rows`.

        For a long ledger write :meth:`_edu_export_text` to a file instead.
        """
        return "".join(self._edu_export_text(company, chains))

    @api.model
    def _edu_export_text(self, company, chains=None):
        """Pieces of the export's JSON, a row each: nothing but a row is ever in memory."""
        open_list, in_data, first = None, False, True
        for section, row in self._edu_export_rows(company, chains):
            if section == "header":
                yield "{" + json.dumps(row, ensure_ascii=False)[1:-1]
                continue
            name = section.removeprefix("data.")
            if section != open_list:
                yield "]" if open_list else ""
                if name != section and not in_data:
                    yield ', "data": {'
                    in_data, first = True, True
                else:
                    yield ", "
                yield f'"{name}": ['
                open_list, first = section, True
            if row is not None:
                yield ("\n" if first else ",\n") + json.dumps(row, ensure_ascii=False)
                first = False
        yield "]}}"

    @api.model
    def _edu_export_rows(self, company, chains=None):
        """Yield ``(section, row)`` as :func:`edu_records.ledger.verify_rows` takes them; a row of
        None opens its section.

        Everything is read in the present transaction, so all of it is of one moment.

        :param chains: only these chains; None for the school's whole ledger
        """
        whole = chains is None
        self.env.flush_all()
        if whole:
            chains = self.env["edu.ledger.chain"].search([("company_id", "=", company.id)])
        header = {
            "schema": "edu.ledger.export/1",
            "school": company.edu_code or company.name,
            "made_at": self.env["edu.ledger.chain"]._edu_now(),
        }
        if not whole:
            header["scope"] = chains.mapped("name")
        yield "header", header
        yield "chains", None
        for row in chains.read(["name", "kind", "head_seq", "head_hash"]):
            yield "chains", row
        yield "entries", None
        yield from (("entries", row) for row in self._edu_entry_rows(chains))
        yield "anchors", None
        yield from (("anchors", row) for row in self._edu_anchor_rows(company))
        sections = {"marks": [], "values": [], **self._edu_export_data(company)}
        names = set(chains.mapped("name"))
        for name, rows in sections.items():
            yield f"data.{name}", None
            about_all = whole or name == "replayed"
            kept = (row for row in rows if about_all or row.get("chain") in names)
            yield from ((f"data.{name}", row) for row in kept)

    @api.model
    def _edu_entry_rows(self, chains):
        """Entries of ``chains`` in the order of the chains, read in chunks."""
        last = (0, 0)
        while True:
            self.env.cr.execute(
                "SELECT e.chain_id, c.name AS chain, e.seq, e.payload, e.prev, e.hash,"
                " coalesce(e.model, '') AS model, coalesce(e.record, '') AS record,"
                " coalesce(e.slot, '') AS slot"
                " FROM edu_ledger_entry e JOIN edu_ledger_chain c ON c.id = e.chain_id"
                " WHERE e.chain_id = ANY(%s) AND (e.chain_id, e.seq) > %s"
                " ORDER BY e.chain_id, e.seq LIMIT %s",
                [chains.ids, last, CHUNK],
            )
            rows = self.env.cr.dictfetchall()
            for row in rows:
                last = (row.pop("chain_id"), row["seq"])
                yield row
            if len(rows) < CHUNK:
                return

    @api.model
    def _edu_anchor_rows(self, company):
        anchors = self.env["edu.ledger.anchor"].search(
            [("company_id", "=", company.id)], order="seq"
        )
        for anchor_id in anchors.ids:  # one at a time: each has all heads in it
            anchor = self.env["edu.ledger.anchor"].browse(anchor_id)
            yield anchor._edu_export_vals()
            anchor.invalidate_recordset(flush=False)

    @api.model
    def _edu_export_data(self, company):
        """Base data that the verifier replays; addons add their tables.

        :return: ``{section: iterable of rows}``. Rows of ``values`` are ``{"chain", "model",
            "record", "slot", "value"}``, all strings: the verifier compares the value with what the
            last entry of that chain, model, record and slot calls new. Rows of ``replayed`` are
            ``{"model", "slot"}``: of those every recorded value has to be in the data; ``initial``
            is the value of a row that no entry is about yet.
        """
        replayed = []
        for name in self.env["edu.chained.mixin"]._edu_chained_models():
            row = {"model": name, "slot": SLOT}
            initial = self.env[name]._edu_unchained_text()
            replayed.append({**row, "initial": initial} if initial else row)
        return {"values": self._edu_values(company), "replayed": replayed}

    @api.model
    def _edu_values(self, company):
        """Yield the values of recorded columns, of records' lifecycles, of documents and of the
        bytes filed for them."""
        for name in self.env["edu.chained.mixin"]._edu_chained_models():
            yield from self.env[name].sudo()._edu_chained_values(company)
        for name in self.env["edu.record.mixin"]._edu_record_models():
            yield from self.env[name].sudo()._edu_lifecycle_values(company)
        yield from self._edu_document_values(company)
        yield from self._edu_file_values(company)
        yield from self.env["edu.movement"].sudo()._edu_evidence_values(company)

    @api.model
    def _edu_document_values(self, company):
        self.env.cr.execute(
            "SELECT c.name AS chain, 'edu.document' AS model, d.id::text AS record,"
            " 'state' AS slot, CASE WHEN d.state = ANY(%s) THEN d.state ELSE '' END AS value"
            " FROM edu_document d JOIN edu_ledger_chain c ON c.id = d.chain_id"
            " WHERE d.company_id = %s ORDER BY d.id",
            [list(FINAL_STATES), company.id],
        )
        yield from self.env.cr.dictfetchall()

    @api.model
    def _edu_file_values(self, company):
        """Hashes of the filed bytes as they are stored now, revision by revision."""
        Revision = self.env["edu.document.revision"].sudo()
        revisions = Revision.search([("company_id", "=", company.id)], order="id")
        for start in range(0, len(revisions), FILES):
            for revision in revisions[start : start + FILES]:
                digest = hashlib.sha256(revision._edu_stored()).hexdigest()
                if digest != revision.sha256:
                    digest = f"{digest} (filed as {revision.sha256})"
                document = revision.document_id
                yield {
                    "chain": document.chain_id.name,
                    "model": document._name,
                    "record": str(document.id),
                    "slot": str(revision.seq),
                    "value": digest,
                }
            self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
