from odoo import api, fields, models
from odoo.fields import Domain

KINDS = [
    ("read", "Opened or listed"),
    ("export", "Exported"),
    ("group", "Grouped or counted"),
]


class EduAccessLog(models.Model):
    """Which files of pupils an inspector read, when, and what of them.

    One line for each answer: a list of forty pupils is one line with their ids. Each line has its
    entry in the school's chain of accesses.
    """

    _name = "edu.access.log"
    _inherit = ["edu.sealed.log.mixin"]
    _description = "Access Log"
    _order = "id desc"
    _rec_name = "time"

    _edu_chained = (
        "company_id",
        "time",
        "user_id",
        "kind",
        "res_model",
        "res_ids",
        "field_names",
    )

    kind = fields.Selection(KINDS, required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True, index=True)
    res_ids = fields.Char("Records", required=True, readonly=True, help="Ids by commas: ,12,15,")
    field_names = fields.Char("Fields", required=True, readonly=True)
    record_count = fields.Integer("Files", compute="_compute_records", aggregator=None)
    model_label = fields.Char("What", compute="_compute_records")
    student_ids = fields.Many2many(
        "edu.student", string="Pupils", compute="_compute_records", search="_search_student_ids"
    )

    @api.depends("res_model", "res_ids")
    def _compute_records(self):
        students = self.env["edu.student"]
        ids = {row: [int(part) for part in (row.res_ids or "").split(",") if part] for row in self}
        pupils = [id_ for row in self if row.res_model == students._name for id_ in ids[row]]
        readable = set(students.browse(set(pupils)).exists()._filtered_access("read").ids)
        for row in self:
            row.record_count = len(ids[row])
            row.model_label = self.env["ir.model"]._get(row.res_model).name or row.res_model
            row.student_ids = (
                students.browse([id_ for id_ in ids[row] if id_ in readable])
                if row.res_model == students._name
                else students
            )

    @api.model
    def _search_student_ids(self, operator, value):
        if operator == "any":
            ids = self.env["edu.student"]._search(value)
            ids = [id_ for (id_,) in self.env.execute_query(ids.select())]
        elif operator == "in":
            ids = [id_ for id_ in value if id_]
        else:
            return NotImplemented
        named = Domain.OR(Domain("res_ids", "like", f",{id_},") for id_ in ids)
        return Domain("res_model", "=", "edu.student") & named

    @api.model
    def _edu_refusal(self):
        return self.env._("The log of accesses is written when an inspector reads, never directly.")

    @api.model
    def _edu_record(self, kind, records, names):
        """Record that the current user got ``names`` of ``records``, a line for each school.

        :param str kind: of :data:`KINDS`
        :param records: of a model with a school; empty when the answer is about groups
        :param names: fields
        """
        schools = {}
        for record in records.sudo():
            schools.setdefault(record._edu_school(), []).append(record.id)
        if not records:
            inspected = self.env["res.company"].browse(self.env.user._edu_inspected_ids())
            schools = {company: [] for company in inspected & self.env.companies}
        listed = ",".join(sorted(names))
        for company, ids in schools.items():
            self._edu_insert(kind, company, records._name, ids, listed)

    @api.model
    def _edu_insert(self, kind, company, model, ids, names):
        Chain = self.env["edu.ledger.chain"].sudo()
        chain = Chain._edu_open([(f"access:{company.id}", "access", company)])
        vals = {
            "company_id": company.id,
            "kind": kind,
            "res_model": model,
            "res_ids": f",{','.join(map(str, sorted(ids)))}," if ids else "",
            "field_names": names,
        }
        self._edu_log(chain, "access", vals)
