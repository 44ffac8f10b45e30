from odoo import api, models
from odoo.exceptions import UserError


class EduFrozenMixin(models.AbstractModel):
    """Facts that official records rest on: they stop changing once something uses them.

    ``_edu_frozen`` names the fields; ``_edu_in_use`` says who uses a record. The rule holds for
    form, import, RPC and ``sudo``. An upgrade of the addon leaves facts in use as they are.
    """

    _name = "edu.frozen.mixin"
    _description = "Facts That Records Rest on"

    _edu_frozen = frozenset()

    def write(self, vals):
        self.check_access("write")
        if self._edu_frozen & set(vals):
            for record in self:
                changed = record._edu_changed(vals)
                if changed:
                    record._edu_refuse_change(changed)
        return super().write(vals)

    def _load_records_write(self, values):
        if self.env.context.get("install_mode") and self._edu_in_use():
            values = {name: v for name, v in values.items() if name not in self._edu_frozen}
        return super()._load_records_write(values)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for record in self:
            record._edu_refuse_change([])

    def _edu_changed(self, vals):
        """Names of frozen fields to which ``vals`` give another value than they have."""
        self.ensure_one()
        return sorted(
            name
            for name in self._edu_frozen & set(vals)
            if self[name] != self._edu_as_record_value(name, vals[name])
        )

    def _edu_as_record_value(self, name, value):
        field = self._fields[name]
        return field.convert_to_record(field.convert_to_cache(value, self, validate=False), self)

    def _edu_refuse_change(self, names):
        """Refuse a change of fields ``names`` (none: the deletion) of a record in use."""
        user = self._edu_in_use()
        if not user:
            return
        labels = ", ".join(self._fields[name]._description_string(self.env) for name in names)
        raise UserError(
            self.env._(
                "%(name)s stays as it is (%(fields)s): %(user)s uses it. %(advice)s",
                name=self.display_name,
                fields=labels or self.env._("deletion"),
                user=user,
                advice=self._edu_advice(),
            )
        )

    # -- hooks -----------------------------------------------------------------------------------

    def _edu_in_use(self):
        """Name of what uses the record, for people to read; "" when it is free to change."""
        raise NotImplementedError(f"{self._name} does not say what uses it")

    def _edu_advice(self):
        """What to do instead of changing a record in use."""
        return ""
