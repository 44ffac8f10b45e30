from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .edu_student import PRIVATE

HOMEROOM = "edu_core.group_edu_homeroom"
EVERYWHERE = ",".join(group for group in PRIVATE.split(",") if group != HOMEROOM)


class EduStudent(models.Model):
    """A homeroom teacher reads the sensitive fields of the own class, and of no other class that
    she merely teaches: they are empty in lists, refused by record, and no filter or group tells."""

    _inherit = "edu.student"

    @api.model
    def _edu_is_private(self, name):
        field = self._fields.get(name.split(":")[0].split(".")[0])
        return field is not None and field.groups == PRIVATE

    @api.model
    def _edu_reads_own_class_only(self):
        """Whether the user reads sensitive fields as a homeroom teacher alone."""
        user = self.env.user
        return not self.env.su and user.has_group(HOMEROOM) and not user.has_groups(EVERYWHERE)

    def _edu_of_own_class(self):
        return self.filtered(lambda one: one.sudo().class_id.homeroom_user_id == self.env.user)

    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if not allowed or not self._ids or field.groups != PRIVATE:
            return allowed
        return not self._edu_reads_own_class_only() or self._edu_of_own_class() == self

    @api.model
    def _edu_narrowed(self, domain, names):
        """``domain``, for the own class alone where ``names`` has a sensitive field."""
        if any(map(self._edu_is_private, names)) and self._edu_reads_own_class_only():
            return Domain(domain) & Domain("class_id.homeroom_user_id", "=", self.env.uid)
        return domain

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        names = [condition.field_expr for condition in Domain(domain).iter_conditions()]
        names += [part.split()[0] for part in (order or "").split(",") if part.strip()]
        return super()._search(self._edu_narrowed(domain, names), offset, limit, order, **options)

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        domain = self._edu_narrowed(domain, (*groupby, *aggregates))
        return super()._read_group(domain, groupby, aggregates, *args, **kwargs)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Groups of other models, by way of the pupil, cannot be narrowed: they are refused."""
        if (
            alias != self._table
            and self._edu_is_private(groupby_spec)
            and self._edu_reads_own_class_only()
        ):
            raise AccessError(
                self.env._("Sensitive facts of pupils are grouped in the list of pupils only.")
            )
        return super()._read_group_groupby(alias, groupby_spec, query)

    def read(self, fields=None, load="_classic_read"):
        rows = []
        for some, names in self._edu_parts(fields):
            rows += super(EduStudent, some).read(names, load)
        return self._edu_joined(fields, rows)

    read._readonly = False  # an inspector's read is logged: see edu.inspected.mixin

    def _read_format(self, fnames, load="_classic_read"):
        rows = []
        for some, names in self._edu_parts(fnames):
            rows += super(EduStudent, some)._read_format(names, load)
        return self._edu_joined(fnames, rows)

    def _edu_closed_names(self, names):
        """Those of ``names`` that the user reads of the own class alone."""
        closed = [name for name in names or () if self._edu_is_private(name)]
        return closed if closed and self._edu_reads_own_class_only() else []

    def _edu_parts(self, names):
        """``[(pupils, names)]``: of pupils of other classes without the sensitive fields."""
        closed = self._edu_closed_names(names)
        own = self._edu_of_own_class() if closed else self
        if own == self:
            return [(self, names)]
        open_names = [name for name in names if name not in closed]
        parts = [(own, names), (self - own, open_names or ["id"])]
        return [(some, wanted) for some, wanted in parts if some]

    def _edu_joined(self, names, rows):
        """The rows in the order of ``self``; what they lack is answered as empty."""
        fields = {name: self._fields[name] for name in self._edu_closed_names(names)}
        empty = {name: [] if one.type == "many2many" else False for name, one in fields.items()}
        by_id = {row["id"]: {**empty, **row} for row in rows} if empty else {}
        return [by_id[id_] for id_ in self._ids if id_ in by_id] if empty else rows
