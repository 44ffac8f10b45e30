from odoo import api, fields, models


class EduImportProgress(models.Model):
    """How far an import is that runs in one transaction: told from outside of it.

    It says nothing about what is written; a row without its import is a run that was given up.
    """

    _name = "edu.import.progress"
    _inherit = ["edu.sealed.mixin"]
    _description = "Progress of an Import"
    _log_access = False

    import_ref = fields.Integer("Import", required=True, readonly=True, index=True)
    done = fields.Integer(readonly=True)
    total = fields.Integer(readonly=True)

    _import_uniq = models.Constraint("UNIQUE(import_ref)", "The import has a progress already.")

    @api.model
    def _edu_tell(self, brought, done, total):
        """Make the progress visible at once, by a transaction of its own."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO edu_import_progress (import_ref, done, total) VALUES (%s, %s, %s)"
                " ON CONFLICT (import_ref) DO UPDATE SET done = excluded.done,"
                " total = excluded.total",
                [brought.id, done, total],
            )

    @api.model
    def _edu_forget(self, brought):
        """Another work begins: nothing of it is done yet."""
        self.env.cr.execute(
            "DELETE FROM edu_import_progress WHERE import_ref = ANY(%s)", [brought.ids]
        )

    @api.model
    def _edu_percent(self, brought):
        """``{id of the import: whole percent}``"""
        self.env.cr.execute(
            "SELECT import_ref, 100 * done / greatest(total, 1) FROM edu_import_progress"
            " WHERE import_ref = ANY(%s)",
            [brought.ids],
        )
        return dict(self.env.cr.fetchall())
