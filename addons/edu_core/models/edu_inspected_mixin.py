from odoo import api, models


def _writes(method):
    """The answer is logged: a request for it gets no read-only cursor, which would be redone."""
    method._readonly = False
    return method


class EduInspectedMixin(models.AbstractModel):
    """Files of pupils: whatever an inspector reads of them is logged (``edu.access.log``).

    The log is written where every answer to a client is made, so forms, lists, exports, groups
    and nested reads of other models leave a line, one for each answer. Whoever is no inspector
    costs no query. Names alone, as in a drop-down list, are no file.
    """

    _name = "edu.inspected.mixin"
    _description = "Read by Inspectors under a Log"

    def _edu_school(self):
        """The school whose file this is; a hook."""
        return self.company_id

    def _edu_log_read(self, kind, names=()):
        """Log the records when an inspector asks; ``sudo`` is our own code, not a reader."""
        if self and not self.env.su and self.env.user._edu_is_inspector():
            self.env["edu.access.log"]._edu_record(kind, self, names)

    def _read_format(self, fnames, load="_classic_read"):
        answers = super()._read_format(fnames, load)
        names = set(fnames) - {"id", "display_name"}
        if names:
            self._edu_log_read("read", names)
        return answers

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        self._edu_log_read("export", {path[0] for path in fields if path})
        return rows

    def _edu_log_groups(self, names):
        """Groups show values of the file too: log whose they could be."""
        if not self.env.su and self.env.user._edu_is_inspector():
            names = {name.split(":")[0] for name in names}
            self.env["edu.access.log"]._edu_record("group", self.browse(), names)

    # -- what clients call: the same as ever, but with a cursor that may write --------------------

    @_writes
    def read(self, fields=None, load="_classic_read"):
        return super().read(fields, load)

    @api.model
    @_writes
    def search_read(
        self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs
    ):
        return super().search_read(domain, fields, offset, limit, order, **read_kwargs)

    @_writes
    def web_read(self, specification):
        return super().web_read(specification)

    @api.model
    @_writes
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        return super().web_search_read(domain, specification, offset, limit, order, count_limit)

    @api.model
    @_writes
    def web_read_group(self, domain, groupby, *args, **kwargs):
        self._edu_log_groups(groupby)
        return super().web_read_group(domain, groupby, *args, **kwargs)

    @api.model
    @_writes
    def formatted_read_group(self, domain, groupby=(), *args, **kwargs):
        self._edu_log_groups(groupby)
        return super().formatted_read_group(domain, groupby, *args, **kwargs)

    @api.model
    @_writes
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        self._edu_log_groups(name for names in grouping_sets for name in names)
        return super().formatted_read_grouping_sets(domain, grouping_sets, *args, **kwargs)
