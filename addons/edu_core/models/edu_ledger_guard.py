import re

from odoo import api, models
from odoo.tools import file_open

from edu_records.ledger import Finding

from ..hooks import RECORD_TRIGGER

FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$;", re.DOTALL)
TRIGGER = re.compile(
    r"CREATE (?:OR REPLACE|CONSTRAINT) TRIGGER\s+(\w+)\s.*?\sON (\w+)\s.*?;", re.DOTALL
)
EVENTS = re.compile(r"(BEFORE|AFTER) ([A-Z OR]+?) ON")


def normalised(definition):
    """A trigger's definition without what PostgreSQL writes otherwise than we do."""
    text = " ".join(definition.replace("public.", "").rstrip(";").split())
    text = text.replace("CREATE OR REPLACE TRIGGER", "CREATE TRIGGER")
    return EVENTS.sub(lambda m: f"{m[1]} {' OR '.join(sorted(m[2].split(' OR ')))} ON", text)


class EduLedgerGuard(models.AbstractModel):
    """Compares what protects the records in the database with what the addons put there."""

    _name = "edu.ledger.guard"
    _description = "Guards in the Database"

    @api.model
    def _edu_scripts(self):
        """Paths of the SQL scripts whose functions and triggers have to be there; a hook."""
        return [f"edu_core/sql/{name}.sql" for name in ("ledger", "records", "prints", "access")]

    @api.model
    def _edu_expected(self):
        """``({function: body}, {(table, trigger): definition})`` of all scripts."""
        functions, triggers = {}, {}
        texts = []
        for path in self._edu_scripts():
            with file_open(path) as script:
                texts.append(script.read())
        texts += [
            RECORD_TRIGGER % (self.env[name]._table, f"'{name}'")
            for name in self.env["edu.record.mixin"]._edu_record_models()
        ]
        for text in texts:
            code = FUNCTION.sub("", text)
            functions.update(FUNCTION.findall(text))
            for match in TRIGGER.finditer(code):
                triggers[match[2], match[1]] = normalised(match[0])
        return functions, triggers

    @api.model
    def _edu_findings(self):
        """Every guard that is missing, switched off, changed, or stands where none belongs."""
        functions, triggers = self._edu_expected()
        tables = sorted({table for table, _name in triggers})
        messages = [
            *self._edu_function_faults(functions),
            *self._edu_trigger_faults(triggers, tables),
            *self._edu_constraint_faults(tables),
        ]
        return [Finding("UNGUARDED", "", 0, message) for message in messages]

    @api.model
    def _edu_function_faults(self, functions):
        self.env.cr.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proname = ANY(%s)",
            [list(functions)],
        )
        there = self.env.cr.fetchall()
        for name, body in functions.items():
            bodies = [source for proname, source in there if proname == name]
            if not bodies:
                yield f"the function {name} is missing"
            elif bodies != [body]:
                yield f"the function {name} has been changed"

    @api.model
    def _edu_trigger_faults(self, triggers, tables):
        self.env.cr.execute(
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled"
            " FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid = ANY(SELECT to_regclass(name) FROM unnest(%s) AS name)",
            [tables],
        )
        there = {(row[0], row[1]): (row[2], row[3]) for row in self.env.cr.fetchall()}
        for key, definition in triggers.items():
            table, name = key
            present, enabled = there.pop(key, ("", ""))
            if not present:
                yield f"the trigger {name} on {table} is missing"
            elif enabled not in ("O", "A"):
                yield f"the trigger {name} on {table} is switched off"
            elif normalised(present) != definition:
                yield f"the trigger {name} on {table} has been changed"
        for table, name in there:
            yield f"the trigger {name} on {table} is none of ours"
        self.env.cr.execute(
            "SELECT tablename, rulename FROM pg_rules"
            " WHERE schemaname = 'public' AND tablename = ANY(%s)",
            [tables],
        )
        for table, name in self.env.cr.fetchall():
            yield f"the rule {name} on {table} is none of ours"

    @api.model
    def _edu_constraint_faults(self, tables):
        """Constraints and restricting foreign keys of the guarded tables."""
        self.env.cr.execute(
            "SELECT conrelid::regclass::text, conname, contype, confdeltype,"
            " (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])"
            " FROM pg_constraint"
            " WHERE conrelid = ANY(SELECT to_regclass(name) FROM unnest(%s) AS name)",
            [tables],
        )
        rows = self.env.cr.fetchall()
        names = {(table, name) for table, name, *_rest in rows}
        keys = {(row[0], row[4]): row[3] for row in rows if row[2] == "f"}
        for model in self.env.registry.values():
            if model._abstract or model._table not in tables:
                continue
            table = model._table
            for item in self.env[model._name]._table_objects.values():
                name = item.full_name(self.env[model._name])
                if isinstance(item, models.Constraint) and (table, name) not in names:
                    yield f"the constraint {name} on {table} is missing"
            for field in self.env[model._name]._fields.values():
                if not (field.store and field.type == "many2one" and field.ondelete == "restrict"):
                    continue
                if keys.get((table, field.name)) not in ("r", "a"):
                    yield f"the foreign key of {table}.{field.name} does not restrict"
