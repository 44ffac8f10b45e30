from odoo import api, models

from ..inheritance import concrete_models


class EduKeptMixin(models.AbstractModel):
    """A table that loses no row, and with ``_edu_append_only`` changes none either: not in SQL, by
    a cascade or a stored compute. ``tools/harden.py`` gives append-only tables to another role."""

    _name = "edu.kept.mixin"
    _description = "Rows That Stay"

    _edu_append_only = False

    @api.model
    def _edu_kept_models(self):
        """Names of the models whose rows stay."""
        return concrete_models(self.env, "edu.kept.mixin")

    @api.model
    def _edu_table_guards(self):
        """``{name: statement}`` of the triggers of this table, as PostgreSQL words them."""
        refused = "DELETE OR UPDATE" if self._edu_append_only else "DELETE"
        return {
            "edu_kept": f"CREATE TRIGGER edu_kept BEFORE {refused} ON {self._table}"
            " FOR EACH ROW EXECUTE FUNCTION edu_kept_refuse();",
            "edu_kept_truncate": f"CREATE TRIGGER edu_kept_truncate BEFORE TRUNCATE"
            f" ON {self._table} FOR EACH STATEMENT EXECUTE FUNCTION edu_kept_refuse();",
        }
