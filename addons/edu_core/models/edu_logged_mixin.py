from odoo import api, models

ABSENT = ("one2many", "binary", "json", "properties", "properties_definition")
FREE_TEXT = ("text", "html")


class EduLoggedMixin(models.AbstractModel):
    """Settings whose every change leaves an entry in the school's chain, old and new.

    ``_edu_logged`` names the fields. One call makes one append, however many records it writes.
    What a module's own data sets while it is installed is not logged.
    """

    _name = "edu.logged.mixin"
    _description = "Logged Settings"

    _edu_logged = frozenset()

    @api.model
    def _edu_logged_names(self):
        """Names of the fields whose changes are logged."""
        return {
            name
            for name in self._edu_logged
            if name in self._fields and self._fields[name].type not in ABSENT
        }

    def _edu_logged_company(self):
        """The school in whose chain the record's changes are logged; shared settings are logged in
        the chain of the school where somebody changed them."""
        self.ensure_one()
        company = self.company_id if "company_id" in self._fields else None
        return company or self.env.company

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        given = set().union(*vals_list) if vals_list else set()
        records._edu_log_changes({}, self._edu_logged_names() & given)
        return records

    def write(self, vals):
        names = self._edu_logged_names() & set(vals)
        before = self._edu_shown(names)
        result = super().write(vals)
        self._edu_log_changes(before, names)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_log(self):
        names = self._edu_logged_names()
        self._edu_log_events(
            (record, name, old, "")
            for record, shown in self._edu_shown(names).items()
            for name, old in shown.items()
        )

    @api.model
    def _edu_logs(self):
        """Whether changes are logged now; what a module's own data sets is not."""
        return self.env.registry.ready

    def _edu_shown(self, names):
        """``{record: {field: value as the ledger writes it}}``"""
        if not names or not self._edu_logs():
            return {}
        return {
            record: {name: record._edu_shown_value(name) for name in names}
            for record in self.sudo()
        }

    def _edu_shown_value(self, name):
        """A value as text; relations with their id, so that a later rename does not blur them."""
        value, field = self[name], self._fields[name]
        if field.type == "many2one":
            return f"{value.id} {value.display_name}" if value else ""
        if field.relational:
            return ", ".join(f"{one.id} {one.display_name}" for one in value.sorted("id"))
        if field.type == "boolean":
            return "yes" if value else "no"
        return "" if value is False or value is None else str(value)

    def _edu_log_changes(self, before, names):
        after = self._edu_shown(names)
        self._edu_log_events(
            (record, name, before.get(record, {}).get(name, ""), new)
            for record, shown in after.items()
            for name, new in sorted(shown.items())
        )

    @api.model
    def _edu_log_events(self, changes):
        """Append ``(record, field, old, new)`` of what differs, all at once."""
        chains, events = {}, []
        for record, name, old, new in changes:
            if old == new:
                continue
            company = record._edu_logged_company().sudo()
            if company not in chains:
                chains[company] = company._edu_chain()
            event = {
                "operation": "configure",
                "model": self._name,
                "record": str(record.id),
                "slot": name,
            }
            events.append((chains[company], {**event, **self._edu_logged_values(name, old, new)}))
        self.env["edu.ledger.chain"].sudo()._edu_append(events)

    @api.model
    def _edu_logged_values(self, name, old, new):
        """Old and new value of an entry. Free text may have to be erased one day, so that of it
        only a salted digest is kept."""
        if self._fields[name].type not in FREE_TEXT:
            return {"old": old, "new": new}
        return {"reason_digest": self.env["edu.ledger.reason"]._edu_file(new)}
