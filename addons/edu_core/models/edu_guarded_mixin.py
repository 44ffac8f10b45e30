from odoo import api, models
from odoo.exceptions import UserError

# Known to this module only: a client can send any context key, but never this object.
_OPEN = object()


class EduGuardedMixin(models.AbstractModel):
    """Fields that only the lifecycle may write, whoever asks: form, import, RPC or ``sudo``.

    ``_edu_guarded`` names them; ``{"*"}`` guards every field and creation itself. Nothing that
    inherits this is ever deleted.
    """

    _name = "edu.guarded.mixin"
    _description = "Guarded record"

    _edu_guarded = frozenset()
    _edu_files = frozenset()  # binary fields that are evidence, besides guarded ones

    def _edu_unguarded(self):
        """The same records, as the lifecycle's own code sees them."""
        return self.with_context(edu_guard=_OPEN)

    @api.model
    def _edu_is_unguarded(self):
        """Whether the lifecycle's own code asks."""
        return self.env.context.get("edu_guard") is _OPEN

    @api.model
    def _edu_is_official_file(self, model, field):
        """Whether the bytes of a binary field belong to an official record."""
        guarded = self.env.registry["edu.guarded.mixin"]
        owner = self.env.registry.get(model) if model and field else None
        if owner is None or not issubclass(owner, guarded):
            return False
        return "*" in owner._edu_guarded or field in owner._edu_guarded | owner._edu_files

    def _edu_refuse_guarded(self, names):
        if self._edu_is_unguarded():
            return
        refused = set(names) if "*" in self._edu_guarded else self._edu_guarded & set(names)
        if refused:
            labels = [self._fields[n].string for n in sorted(refused) if n in self._fields]
            raise UserError(
                self.env._(
                    "%(model)s: %(fields)s cannot be written directly. Use the buttons of the"
                    " record: they check who may do it and keep the history.",
                    model=self.env["ir.model"]._get(self._name).name,
                    fields=", ".join(labels) or "-",
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and "*" in self._edu_guarded:
            self._edu_refuse_guarded(["*"])
        for vals in vals_list:
            self._edu_refuse_guarded(n for n, v in vals.items() if v and n in self._edu_guarded)
        return super().create([{**vals, **self._edu_initial(vals)} for vals in vals_list])

    def _edu_initial(self, vals):
        """Initial values of guarded fields, so that no ``default_…`` of the context sets one."""
        if self._edu_is_unguarded():
            return {}
        fields = {name: self._fields[name] for name in self._edu_guarded - {"*"} - set(vals)}
        return {
            name: field.default(self) if field.default else False for name, field in fields.items()
        }

    def write(self, vals):
        if self:
            self._edu_refuse_guarded(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        raise UserError(
            self.env._("Official records are never deleted. Archive or supersede them instead.")
        )
