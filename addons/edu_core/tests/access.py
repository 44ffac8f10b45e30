"""The table of ``docs/access.md`` against the code: one login a role, real RPC over HTTP.

An addon's test inherits :class:`AccessMatrix`, says which addon it is for and builds its records
(``_build``); the checks come with the class.
"""

import re
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import inspect

TABLE = Path(__file__).parents[3] / "docs" / "access.md"
ROLES = {
    "Staff": "user",
    "Teacher": "teacher",
    "Homeroom": "homeroom",
    "Head": "department_head",
    "Clerk": "clerk",
    "IT": "it_admin",
    "Vice": "vice_principal",
    "Principal": "principal",
    "Inspector": "inspector",
    "Guardian": "portal",
    "Public": "public",
    "System": "system",
}
OPERATIONS = {"R": "read", "W": "write", "C": "create", "D": "unlink"}
# places of the table: which records of the fixture they hold
EVERYWHERE = ("class", "other", "school")
PLACES = {
    "all": ("all", *EVERYWHERE),
    "school": EVERYWHERE,
    "class": ("class",),
    "homeroom": ("class",),
    "sheet": ("class",),
    "child": (),
    "own": (),
}
WITH_CLASS = {
    "class": {"Teacher", "Homeroom"},
    "homeroom": {"Homeroom"},
    "sheet": {"Teacher", "Homeroom"},
}
DENIED = ("odoo.exceptions.AccessError", "odoo.exceptions.UserError")


def table():
    """``{model: {column: {operation: place}}}`` as the document has it."""
    cells, columns = {}, []
    for line in TABLE.read_text().splitlines():
        parts = [part.strip() for part in line.strip().strip("|").split("|")]
        if parts[0] == "Model":
            columns = parts[1:]
        elif line.startswith("| `edu.") and len(parts) == len(columns) + 1:
            model = parts[0].strip("`")
            if model in cells:
                raise ValueError(f"docs/access.md: {model} is there twice")
            pairs = zip(columns, parts[1:], strict=True)
            cells[model] = {column: _rights(model, cell) for column, cell in pairs}
    return cells


def _rights(model, cell):
    if cell == "none":
        return {}
    rights = {}
    for part in cell.split(", "):
        match = re.fullmatch(r"([RWCD]+) (\w+)", part)
        if not match or match[2] not in PLACES:
            raise ValueError(f"docs/access.md: {model}: {part!r} is no right")
        rights.update({OPERATIONS[letter]: match[2] for letter in match[1]})
    return rights


class AccessMatrix(HttpCase):
    """Two schools; in the first, class A of teacher and homeroom teacher, and class B of others.

    ``self.records`` is ``{model: {place: records}}`` with the places ``class`` (of A), ``other``
    (of B), ``school``, ``foreign`` (the other school's), ``all`` (shared); ``self.own`` is
    ``{(column, model): records}`` of those that name a role's user.
    """

    addon = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.records, cls.own = {}, {}
        cls.company = cls._company("Trường THCS Kiểm Quyền", "38007771")
        cls.foreign = cls._company("Trường THCS Bên Kia Sông", "38007772")
        cls.users = {column: cls._role_user(column, role) for column, role in ROLES.items()}
        cls.others = {
            company: cls._person(f"acc.other{company.id}", company, "teacher", "homeroom")
            for company in (cls.company, cls.foreign)
        }
        inspect(cls.users["Inspector"])
        cls._build()
        cls.env.flush_all()

    # -- people ----------------------------------------------------------------------------------

    @classmethod
    def _company(cls, name, code):
        return cls.env["res.company"].create({"name": name, "edu_code": code})

    @classmethod
    def _role_user(cls, column, role):
        if role == "public":
            return cls.env.ref("base.public_user")
        groups = {"portal": "base.group_portal", "system": "base.group_system"}
        group = groups.get(role, f"edu_core.group_edu_{role}")
        user = cls._person(f"acc.{role}", cls.company, group=group)
        user.group_ids |= (
            cls.env.ref("base.group_allow_export") if role != "portal" else user.group_ids
        )
        return user

    @classmethod
    def _person(cls, login, company, *roles, group=""):
        groups = group or ",".join(f"edu_core.group_edu_{role}" for role in roles)
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            password=login,
            name=f"Người {login}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _build(cls):
        """Make the addon's records; a hook."""

    @classmethod
    def keep(cls, place, *records):
        """Remember records of the fixture under their place."""
        for record in records:
            places = cls.records.setdefault(record._name, {})
            places[place] = places.get(place, record.browse()) | record

    # -- RPC -------------------------------------------------------------------------------------

    def rpc(self, model, method, *args, **kwargs):
        """Call like the web client; ``("", result)`` or ``(exception's name, message)``."""
        answer = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
            },
        ).json()
        if "error" not in answer:
            return "", answer["result"]
        return answer["error"]["data"]["name"], answer["error"]["data"]["message"]

    def call(self, column, model, method, *args, **kwargs):
        """The same without the network, for the thousands of doors that have to be closed.

        It is the function that the routes of JSON-RPC call; what it did is rolled back.
        """
        records = self.env(user=self.users[column], context={})[model]
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            return "", call_kw(records, method, args, kwargs)
        except (AccessError, UserError) as refusal:
            return f"odoo.exceptions.{type(refusal).__name__}", str(refusal)
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)

    # -- what the table says ---------------------------------------------------------------------

    def visible(self, column, model, place):
        """Records of the fixture that ``place`` holds for the role."""
        empty = self.env[model].browse()
        if place in WITH_CLASS and column not in WITH_CLASS[place]:
            return self.own.get((column, model), empty)
        places = self.records.get(model, {})
        found = empty.union(*[places.get(key, empty) for key in PLACES.get(place, ())])
        if place in WITH_CLASS or place in ("own", "child"):
            found |= self.own.get((column, model), empty)
        return found

    def everything(self, model):
        places = self.records.get(model, {})
        own = [records for (_column, name), records in self.own.items() if name == model]
        return self.env[model].browse().union(*places.values(), *own)

    def harmless(self, record):
        """A value that changes nothing: what refuses it is a right and no constraint."""
        skipped = {"id", *self.env["base"]._fields}
        field = next(
            field
            for name, field in record._fields.items()
            if name not in skipped
            and field.store
            and not field.compute
            and field.type in ("char", "date", "integer", "boolean", "selection", "many2one")
        )
        return {field.name: field.convert_to_write(record.sudo()[field.name], record)}

    def check_role(self, column):
        """Every cell of the role's column, for the models of the addon; returns complaints."""
        wrong = []
        self.authenticate(self.users[column].login, self.users[column].login)
        for model, cells in table().items():
            if not self.is_ours(model):
                continue
            complaints = self.check_cell(column, model, cells[column])
            wrong += [f"{column} x {model}: {complaint}" for complaint in complaints]
        return wrong

    def check_cell(self, column, model, rights):
        records = self.everything(model)
        allowed = {op: self.visible(column, model, place) for op, place in rights.items()}
        yield from self.check_read(column, model, records, allowed.get("read"))
        for operation in ("write", "unlink"):
            yield from self.check_change(column, model, operation, records, allowed.get(operation))
        yield from self.check_create(column, model, records, "create" in rights)

    def check_read(self, column, model, records, readable):
        """Search, groups and names find what may be read; the rest is closed by every door."""
        domain = [("id", "in", records.ids)]
        active = {"context": {"active_test": False}}
        expected = set(readable.ids) if readable is not None else set()
        error, answer = self.rpc(model, "web_search_read", domain, {"id": {}}, **active)
        if readable is None and error not in DENIED:
            yield "may search"
        elif readable is not None and error:
            yield f"may not search: {answer}"
        elif not error and {row["id"] for row in answer["records"]} != expected:
            found = sorted(row["id"] for row in answer["records"])
            yield f"finds {found}, not {sorted(expected)}"
        error, answer = self.call(
            column, model, "formatted_read_group", domain, [], ["__count"], **active
        )
        if (0 if error else answer[0]["__count"]) != len(expected):
            yield f"does not count {len(expected)}"
        error, answer = self.call(column, model, "name_search", "", domain, **active)
        if not error and {row[0] for row in answer} - expected:
            yield "names what it may not read"
        for record in self.samples(model, records, readable):
            for method, args in (
                ("read", [["display_name"]]),
                ("export_data", [["display_name"]]),
                ("copy", []),
            ):
                if self.call(column, model, method, record.ids, *args)[0] not in DENIED:
                    yield f"{method} gives {record}"
        for record in self.one_of_each(model, records.browse(expected)):
            error, answer = self.call(column, model, "read", record.ids, ["display_name"])
            if error:
                yield f"does not read {record}: {answer}"

    def samples(self, model, records, allowed):
        """Records that have to be closed: one where nothing is open, else one of each place."""
        if allowed is None:
            return records[:1]
        return self.one_of_each(model, records - allowed)

    def one_of_each(self, model, records):
        """One record of each place is enough, and every one that is somebody's own."""
        places = [places for places in self.records.get(model, {}).values()]
        firsts = records.browse().union(*[(place & records)[:1] for place in places])
        return firsts or records[:1]

    def check_change(self, column, model, operation, records, changeable):
        if changeable is None and not records:
            error, answer = self.call(column, model, "has_access", [], operation)
            if not error and answer:
                yield f"may {operation}"
        for record in self.samples(model, records, changeable):
            args = (record.ids, self.harmless(record)) if operation == "write" else (record.ids,)
            if self.call(column, model, operation, *args)[0] not in DENIED:
                yield f"may {operation} {record}"
        if changeable is not None:
            for record in self.one_of_each(model, changeable) or [records.browse()]:
                error, answer = self.call(column, model, "has_access", record.ids, operation)
                if error or not answer:
                    yield f"may not {operation} {record}"

    def check_create(self, column, model, records, creatable):
        error, answer = self.call(column, model, "has_access", [], "create")
        if creatable:
            if error or not answer:
                yield "may not create"
            return
        vals = records[:1].sudo().copy_data()[0] if records else {}
        vals = {name: value for name, value in vals.items() if not isinstance(value, (list, bytes))}
        if self.call(column, model, "create", [json_ready(vals)])[0] not in DENIED:
            yield "may create"

    def is_ours(self, model):
        owner = self.env.registry.get(model)
        return owner is not None and owner._original_module == self.addon

    # -- the checks that every addon has ---------------------------------------------------------

    def check_complete(self):
        """Every model of the addon has its line; the message says which one to write."""
        cells = table()
        missing = [
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.addon
            and not model._abstract
            and name.startswith("edu.")
            and name not in cells
        ]
        row = " | ".join(["none"] * len(ROLES))
        lines = "\n".join(f"| `{name}` | {row} |" for name in sorted(missing))
        self.assertFalse(
            missing,
            f"docs/access.md has no line for models of {self.addon}. Add to its section, with the"
            f" rights that each role should have (columns {', '.join(ROLES)}):\n{lines}\n"
            "and, so that places are checked, a record of the model in _build of"
            f" addons/{self.addon}/tests/test_access_matrix.py.",
        )

    def check_kept(self):
        """Places say something only about a model that has a record of each school."""
        bare = [
            name
            for name in table()
            if self.is_ours(name) and not self.env[name]._transient and not self.everything(name)
        ]
        self.assertFalse(
            bare, f"addons/{self.addon}/tests/test_access_matrix.py keeps no record of these models"
        )

    def check_roles(self):
        """All roles but the public, who has no session: nothing answers without a login."""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"), self.quiet():
            for column in ROLES:
                if column == "Public":
                    continue
                with self.subTest(role=column):
                    self.assertFalse("\n".join(self.check_role(column)))
            self.check_public()

    def quiet(self):
        return mute_logger(
            "odoo.addons.base.models.ir_model", "odoo.orm.models", "odoo.models", "odoo.sql_db"
        )

    def check_public(self):
        self.authenticate(None, None)
        public = self.users["Public"]
        for model in filter(self.is_ours, table()):
            for operation in OPERATIONS.values():
                self.assertFalse(self.env[model].with_user(public).has_access(operation), model)
            self.assertIn("SessionExpired", self.rpc(model, "search_read", [], ["id"])[0])


def json_ready(vals):
    return {
        name: str(value) if not isinstance(value, (str, int, float, bool, type(None))) else value
        for name, value in vals.items()
    }
