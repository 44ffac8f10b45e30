import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

from edu_records.exchange import CellError, columns_of, read_table, table_workbook, title_of
from edu_records.names import is_near, match_key, normalise

CHUNK = 500
EXPORTERS = (
    "edu_core.group_edu_clerk,edu_core.group_edu_it_admin,edu_core.group_edu_principal,"
    "edu_core.group_edu_vice_principal"
)


class EduExchangeEntity(models.AbstractModel):
    """What is brought and handed out as a list: how its rows become records, and back.

    One model for each entity of ``edu_records.exchange`` inherits this. A row is the dict that
    :func:`edu_records.exchange.read_table` gives; planning adds ``_record`` (what the row is about,
    empty for something new), ``_near`` (whom it may be about, to be confirmed), ``_vals``,
    ``_changed`` (those of them that differ) and ``_diff`` (``[(label, old, new)]``).
    """

    _name = "edu.exchange.entity"
    _description = "Kind of List"

    _edu_entity = ""
    _edu_model = ""
    _edu_fields = {}  # column -> field of the model
    _edu_needs_year = False

    @api.model
    def _edu_handlers(self):
        """``{entity: its model}``"""
        names = self.env.registry["edu.exchange.entity"]._inherit_children
        return {self.env[name]._edu_entity: self.env[name] for name in sorted(names)}

    @api.model
    def _edu_check_importer(self):
        """
        :raises AccessError: unless the user may enter such records
        """
        self.env[self._edu_model].check_access("create")
        self.env[self._edu_model].check_access("write")

    @api.model
    def _edu_check_exporter(self):
        """
        :raises AccessError: unless the user may hand lists out
        """
        if not self.env.user.has_groups(EXPORTERS):
            raise AccessError(
                self.env._(
                    "Lists are handed out by the office, the IT administrator, the principal or a"
                    " vice principal."
                )
            )
        self.env[self._edu_model].check_access("read")

    # -- planning --------------------------------------------------------------------------------

    @api.model
    def _edu_read(self, brought):
        """The table that an ``edu.import`` says, with the school's own headings understood."""
        synonyms = self.env["edu.exchange.synonym"]._edu_of(brought.company_id, self._edu_entity)
        return read_table(
            brought._edu_data(), self._edu_entity, synonyms, brought.company_id._edu_today()
        )

    @api.model
    def _edu_plan(self, brought, table, decisions):
        """Work out what each row would do; nothing is written.

        :param dict decisions: row's number -> id of the record that it is about, 0 for a new one
        :return: errors, a list of ``CellError``
        """
        rows = table.rows
        none = self.env[self._edu_model]
        for row in rows:
            row.update(_record=none, _near=none)
        self._edu_match(brought, rows)
        self._edu_find_near(brought, rows)
        for row in rows:
            if row["_near"] and row["_row"] in decisions:
                row["_record"] = row["_near"].filtered(
                    lambda one, row=row: one.id == decisions[row["_row"]]
                )
        errors = self._edu_twice_errors(table) + self._edu_resolve(brought, table)
        errors += self._edu_errors(brought, table)
        for row in rows:
            row["_vals"] = self._edu_vals(brought, row)
            row["_changed"] = self._edu_changed(row["_record"], row["_vals"])
            shown = row["_record"] or row["_near"][:1]
            row["_diff"] = self._edu_diff(brought, row, shown)
        return errors

    @api.model
    def _edu_match(self, brought, rows):
        """Set ``_record`` of the rows whose record is known for certain."""
        raise NotImplementedError

    @api.model
    def _edu_match_by(self, rows, domain, keys, usable=None):
        """Set ``_record`` by the first of the columns ``{column: field}`` that finds a record.

        :param usable: function of row and column; says whether the column counts for the row
        """
        Model = self.env[self._edu_model].with_context(active_test=False)
        for column, name in keys.items():
            wanted = {
                row[column]: row
                for row in rows
                if not row["_record"]
                and row.get(column)
                and (usable is None or usable(row, column))
            }
            for record in Model.search([*domain, (name, "in", list(wanted))]):
                wanted[record[name]]["_record"] = record.with_env(self.env)

    @api.model
    def _edu_find_near(self, brought, rows):
        """Set ``_near``: whom a row without a record may be about. A hook; none here."""

    @api.model
    def _edu_near_persons(self, rows, domain, birth, ids):
        """Persons born on the day of a row, called nearly the same, not told apart by an id.

        :param dict ids: column -> field; two different values tell two persons apart
        """
        unknown = [row for row in rows if not row["_record"] and row.get("birth_date")]
        days = {row["birth_date"] for row in unknown}
        known = {row["_record"].id for row in rows}
        persons = (
            self.env[self._edu_model]
            .with_context(active_test=False)
            .search([*domain, (birth, "in", list(days)), ("id", "not in", list(known))])
        )
        by_day = persons.with_env(self.env).grouped(lambda one: fields.Date.to_string(one[birth]))
        for row in unknown:
            for person in by_day.get(row["birth_date"], ()):
                if self._edu_may_be(row, person, ids):
                    row["_near"] |= person
            if len(row["_near"]) == 1 and self._edu_is_certain(row, row["_near"], ids):
                row["_record"], row["_near"] = row["_near"], row["_near"].browse()

    @api.model
    def _edu_may_be(self, row, person, ids):
        told_apart = any(
            row.get(column) and person[name] and row[column] != person[name]
            for column, name in ids.items()
        )
        return not told_apart and is_near(row["name"], person.name)

    @api.model
    def _edu_is_certain(self, row, person, ids):
        """Name and day alone decide only where the row brings no id that could tell more."""
        return normalise(row["name"]) == normalise(person.name) and not any(
            row.get(column) for column in ids
        )

    @api.model
    def _edu_twice_errors(self, table):
        """Two rows of the file that are about one record."""
        seen, errors = {}, []
        for row in table.rows:
            if not row["_record"]:
                continue
            first = seen.setdefault(row["_record"], row)
            if first is not row:
                words = {"value": row["_record"].display_name, "first": str(first["_row"])}
                errors.append(self._edu_error(table, row, "", "DUPLICATE_ROW", words))
        return errors

    @api.model
    def _edu_errors(self, brought, table):
        """What the school's records have against the rows. A hook."""
        return []

    @api.model
    def _edu_error(self, table, row, column, code, words):
        return CellError(table.sheet, row["_row"], table.columns.get(column, ""), code, words)

    # -- names of lists --------------------------------------------------------------------------

    @api.model
    def _edu_finders(self, brought):
        """``{column: function from a name to a record, empty for none}`` of the list columns."""
        return {}

    @api.model
    def _edu_resolve(self, brought, table):
        """Find the records that list columns name; keep them in ``row["_found"]``.

        :return: errors for names that the school's lists do not have
        """
        errors, columns = [], columns_of(self._edu_entity)
        finders = self._edu_finders(brought)
        for row in table.rows:
            row["_found"] = {}
            for column, find in finders.items():
                if not row.get(column):
                    continue
                if columns[column].kind == "lists":
                    found, unknown = self._edu_find_several(find, row[column])
                else:
                    found = find(row[column])
                    unknown = "" if found else row[column]
                if unknown:
                    words = {"value": unknown, "header": title_of(self._edu_entity, column)}
                    errors.append(self._edu_error(table, row, column, "UNKNOWN_NAME", words))
                row["_found"][column] = found
        return errors

    @api.model
    def _edu_find_several(self, find, text):
        """``(records, what is not known)`` of a cell with several names."""
        found = find(text)
        if found:
            return found, ""
        for part in text.replace("+", ";").replace("\n", ";").split(";"):
            one = find(part.strip())
            if not one:
                return found, part.strip() or text
            found |= one
        return found, ""

    @api.model
    def _edu_finder(self, records, *names):
        """A function that finds one of ``records`` by what a workbook calls it: spelled right
        first, then without regard to accents.

        :param names: functions from a record to a list of its names
        """
        exact, loose = {}, {}
        for record in records:
            for of_record in names:
                for name in of_record(record):
                    exact.setdefault(normalise(name).lower(), record)
                    loose.setdefault(match_key(name), record)

        def find(name):
            name = normalise(name)
            return exact.get(name.lower()) or loose.get(match_key(name)) or records.browse()

        return find

    # -- values ----------------------------------------------------------------------------------

    @api.model
    def _edu_vals(self, brought, row):
        """Values of the row's record; an empty cell leaves what is recorded."""
        columns = columns_of(self._edu_entity)
        vals = {
            name: self._edu_value(row, columns[column])
            for column, name in self._edu_fields.items()
            if row.get(column)
        }
        record = row["_record"]
        if record and "active" in record._fields and not record.active:
            vals["active"] = True
        return vals

    @api.model
    def _edu_value(self, row, column):
        text = row[column.field]
        if column.kind == "lists":
            return [(6, 0, row["_found"][column.field].ids)]
        if column.kind == "list":
            return row["_found"][column.field].id
        if column.kind == "whole":
            return int(text)
        if column.kind == "number":
            return float(text)
        return text == "yes" if column.kind == "yes" else text

    @api.model
    def _edu_changed(self, record, vals):
        """Those of ``vals`` that differ from the record's."""
        return {
            name: value
            for name, value in vals.items()
            if record and self._edu_stored(record, name) != self._edu_plain(value)
        }

    @api.model
    def _edu_stored(self, record, name):
        """A field's value as JSON keeps it."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.id
        if field.relational:
            return sorted(value.ids)
        if field.type == "date":
            return fields.Date.to_string(value) or False
        return value

    @api.model
    def _edu_plain(self, value):
        """A value to write as :meth:`_edu_stored` would give it."""
        return sorted(value[0][2]) if isinstance(value, list) else value

    @api.model
    def _edu_diff(self, brought, row, record):
        """``[(label, old, new)]`` for a reader: what the row changes in ``record``."""
        changed = self._edu_changed(record, row["_vals"]) if record else row["_vals"]
        labels = self._edu_labels(self._edu_model)
        return [
            (
                labels[name],
                self._edu_text(name, self._edu_stored(record, name)) if record else "",
                self._edu_text(name, self._edu_plain(value)),
            )
            for name, value in changed.items()
        ]

    @api.model
    @ormcache("model", "self.env.lang")
    def _edu_labels(self, model):
        """``{field: its name for the user}`` of a model; asked for every cell of a list."""
        return {
            name: field._description_string(self.env)
            for name, field in self.env[model]._fields.items()
        }

    @api.model
    def _edu_label(self, row):
        """What the row is about, for a reader."""
        named = ("class_name", "subject", "teacher", "student_name", "name")
        parts = [row[name] for name in named if row.get(name)]
        if row.get("birth_date"):
            parts.append(fields.Date.to_date(row["birth_date"]).strftime("%d/%m/%Y"))
        return " - ".join(parts) or "-"

    @api.model
    def _edu_candidate(self, record):
        """Whom a row may be about, told so that a reader can decide."""
        facts = [record.display_name]
        for column in ("birth_date", "code", "personal_id", "class_code"):
            name = self._edu_fields.get(column)
            if name and record[name]:
                facts.append(self._edu_text(name, self._edu_stored(record, name)))
        return ", ".join(facts)

    @api.model
    def _edu_text(self, name, value):
        """A stored value as a reader sees it."""
        field = self.env[self._edu_model]._fields[name]
        if field.relational:
            named = self.env[field.comodel_name].browse(value or [])
            return ", ".join(named.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "date" and value:
            return fields.Date.to_date(value).strftime("%d/%m/%Y")
        return str(value or "")

    # -- writing ---------------------------------------------------------------------------------

    @api.model
    def _edu_write(self, brought, rows, journal):
        """Write the planned rows, a chunk at a time, and note in ``journal`` what was done."""
        total = len(rows) + len(self._edu_to_finish(rows))
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            self._edu_update(chunk, journal)
            self._edu_create(brought, chunk, journal)
            self._edu_after_chunk(brought, chunk, journal)
            brought._edu_tell(min(start + CHUNK, len(rows)), total)
        self._edu_finish(brought, rows, journal)

    @api.model
    def _edu_update(self, rows, journal):
        """Write what changed; rows with the same new values together."""
        groups = {}
        for row in rows:
            if row["_record"] and row["_changed"]:
                journal.note_changed(self, row["_record"], row["_changed"])
                key = json.dumps(row["_changed"], sort_keys=True, default=str)
                groups.setdefault(key, []).append(row)
        for group in groups.values():
            records = self.env[self._edu_model].union(*[row["_record"] for row in group])
            records.write(group[0]["_changed"])

    @api.model
    def _edu_create(self, brought, rows, journal):
        fresh = [row for row in rows if not row["_record"]]
        records = self.env[self._edu_model].create(
            [{**self._edu_defaults(brought, row), **row["_vals"]} for row in fresh]
        )
        journal.note_created(records)
        for row, record in zip(fresh, records, strict=True):
            row["_record"] = record

    @api.model
    def _edu_defaults(self, brought, row):
        """Values of a new record that the row does not bring. A hook."""
        return {"company_id": brought.company_id.id}

    @api.model
    def _edu_after_chunk(self, brought, rows, journal):
        """Do what follows for the rows of a chunk. A hook."""

    @api.model
    def _edu_to_finish(self, rows):
        """The rows that :meth:`_edu_finish` has work with. A hook."""
        return []

    @api.model
    def _edu_finish(self, brought, rows, journal):
        """Do what follows when all rows are records. A hook."""

    # -- undoing ---------------------------------------------------------------------------------

    @api.model
    def _edu_rests_on(self, records):
        """Sentences: what rests on created records, so that the import cannot be undone. A hook."""
        return []

    @api.model
    def _edu_remove(self, records):
        """Take back created records; archived, unless the laws let them be removed."""
        records.write({"active": False})

    # -- handing out -----------------------------------------------------------------------------

    @api.model
    def _edu_columns(self):
        """The columns that the user may read."""
        Model = self.env[self._edu_model]
        return [
            column
            for column, facts in columns_of(self._edu_entity).items()
            if not facts.read_only
            and (
                column not in self._edu_fields
                or Model._has_field_access(Model._fields[self._edu_fields[column]], "read")
            )
        ]

    @api.model
    def _edu_workbook(self, records, company, school_year):
        """The workbook of ``records`` as the user may read them; a template for none.

        :rtype: bytes
        """
        names = self._edu_columns()
        rows = self._edu_rows(records.with_context(prefetch_fields=True), names)
        return table_workbook(
            self._edu_entity, rows, self._edu_allowed(company, school_year), names
        )

    @api.model
    def _edu_allowed(self, company, school_year):
        """``{column: names}`` that list columns may have. A hook."""
        return {}

    @api.model
    def _edu_rows(self, records, names):
        """Rows of ``records`` as :func:`edu_records.exchange.read_table` would give them."""
        columns = columns_of(self._edu_entity)
        fields_of = {name: self._edu_fields[name] for name in names if name in self._edu_fields}
        return [
            {
                column: self._edu_cell(record[name], columns[column])
                for column, name in fields_of.items()
            }
            for record in records
        ]

    @api.model
    def _edu_cell(self, value, column):
        if column.kind == "yes":
            return "yes" if value else "no"
        if not value:
            return ""
        if column.kind in ("birth", "date"):
            return fields.Date.to_string(value)
        if column.kind in ("list", "lists"):
            return "; ".join(value.mapped("name"))
        return f"{value:g}" if column.kind == "number" else str(value)
