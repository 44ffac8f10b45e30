import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.ledger import salted_digest, verify_export
from edu_records.testing import seed

from .common import EduCase

# what a name, a list order or a search is made of may be stored: it is no official value
DERIVED = {"display_name", "list_order_key", "search_name"}


@tagged("post_install", "-at_install")
class TestLaws(EduCase):
    """The laws of docs/architecture.md, each tried over all of our models that are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = [
            cls.env[name]
            for name, model in sorted(cls.env.registry.items())
            if name.startswith("edu.") and not model._abstract and not model._transient
        ]
        cls.guarded = cls.heirs("edu.guarded.mixin")
        cls.sealed = cls.heirs("edu.sealed.mixin")

    @classmethod
    def heirs(cls, mixin):
        base = cls.env.registry[mixin]
        return [model for model in cls.ours if issubclass(type(model), base)]

    # -- 1 ---------------------------------------------------------------------------------------

    @seed("P2.2.3b")
    def test_1_no_official_value_is_a_stored_compute_or_a_property(self):
        self.assertGreater(len(self.guarded), 5)
        for model in self.ours:
            own_fields = {
                name
                for name, field in model._fields.items()
                if field.type in ("properties", "properties_definition")
            }
            guarded = getattr(model, "_edu_guarded", frozenset())
            official = own_fields if "*" in guarded else own_fields & guarded
            self.assertFalse(official, model._name)
        for model in self.guarded + self.sealed:
            computed = {
                name
                for name, field in model._fields.items()
                if field.store and field.compute and not field.related and not field.inherited
            }
            official = computed & model._edu_guarded if model in self.guarded else computed
            if "*" in getattr(model, "_edu_guarded", ()):
                official = computed
            self.assertFalse(official - DERIVED, model._name)

    def test_1_foreign_keys_into_records_restrict(self):
        """A stored copy of a record's own parent's parent may be looser: the path restricts."""
        records = {model._table for model in self.guarded + self.sealed}
        records |= {"edu_student", "edu_enrollment", "edu_class", "edu_period", "edu_school_year"}
        self.env.cr.execute(
            "SELECT conrelid::regclass::text, attname, confdeltype FROM pg_constraint"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
            " WHERE contype = 'f' AND confrelid::regclass::text = ANY(%s)",
            [list(records)],
        )
        rules = {(table, column): rule for table, column, rule in self.env.cr.fetchall()}
        checked = 0
        for model in self.ours:
            for field in model._fields.values():
                rule = rules.get((model._table, field.name))
                if rule is None:
                    continue
                checked += 1
                place = f"{model._name}.{field.name}"
                if field.related:
                    while field.related:
                        field = model._fields[field.related.split(".")[0]]
                    self.assertIn(field.ondelete, ("restrict", "cascade"), place)
                else:
                    self.assertIn(rule, ("r", "a"), place)
        self.assertGreater(checked, 15)

    def test_1_nothing_official_is_unlinked(self):
        for model in self.guarded + self.sealed:
            methods = [method.__name__ for method in model._ondelete_methods]
            self.assertTrue(
                {"_unlink_except_official", "_unlink_except_sealed"} & set(methods), model._name
            )

    # -- 2 ---------------------------------------------------------------------------------------

    @seed("P2.2.3a", "R3.4")
    def test_2_who_may_not_read_the_data_reads_nothing_of_it(self):
        (snapshot,) = self.env["edu.record.snapshot"]._edu_freeze([(self.year, {"mark": "3"})])
        chain = self.env["edu.ledger.chain"]._edu_open([("law:2", "test", self.company)])
        self.env["edu.ledger.chain"]._edu_append([(chain, {"operation": "set", "new": "3"})])
        digest = self.env["edu.ledger.reason"]._edu_file("Bố em xin xem lại")
        reason = self.env["edu.ledger.reason"].search([("digest", "=", digest)])
        for record in (snapshot, chain, chain.entry_ids, reason):
            for user in (self.teacher, self.homeroom, self.clerk):
                with self.assertRaises(AccessError, msg=f"{record} {user.login}"):
                    record.with_user(user).read()
        with self.assertRaises(AccessError):
            reason.with_user(self.it_admin).read()

    def test_2_every_model_of_ours_is_kept_from_outsiders(self):
        """No model without access rights, and none that any employee or the public could write."""
        outsider = self.env["res.users"].create(
            {
                "name": "Người ngoài",
                "login": "edu_outsider",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
            }
        )
        public = self.env.ref("base.public_user")
        for model in self.ours:
            for user in (outsider, public):
                for operation in ("write", "create", "unlink"):
                    allowed = model.with_user(user).browse().has_access(operation)
                    self.assertFalse(allowed, f"{model._name} {operation} {user.login}")
            if model in self.guarded + self.sealed:
                self.assertFalse(model.with_user(outsider).has_access("read"), model._name)

    # -- 3 and 4 ---------------------------------------------------------------------------------

    def test_4_reloading_the_addons_changes_no_frozen_value(self):
        (snapshot,) = self.env["edu.record.snapshot"]._edu_freeze([(self.year, {"mark": "8.5"})])
        self.env.flush_all()
        for model in self.guarded:
            for field in model._fields.values():
                if field.store and field.compute:
                    self.env.add_to_compute(field, model.search([], limit=20))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(snapshot._edu_value(), {"mark": "8.5"})

    # -- 7 ---------------------------------------------------------------------------------------

    def test_7_official_files_are_not_replaced_by_attachments(self):
        Attachment = self.env["ir.attachment"]
        files = [
            (model._name, name)
            for model in self.guarded
            for name, field in model._fields.items()
            if field.type == "binary" and field.store and field.attachment
        ]
        official = [
            place for place in files if self.env["edu.guarded.mixin"]._edu_is_official_file(*place)
        ]
        self.assertIn(("edu.document.revision", "content"), official)
        for model, field in official:
            for user in (self.env.user, self.principal, self.it_admin):
                for records in (Attachment.with_user(user), Attachment.with_user(user).sudo()):
                    with self.assertRaises(UserError):
                        records.with_context(edu_guard=True).create(
                            {
                                "name": "forged",
                                "raw": b"forged",
                                "res_model": model,
                                "res_field": field,
                                "res_id": 1,
                            }
                        )
        mine = Attachment.create({"name": "mine", "raw": b"mine"})
        with self.assertRaises(UserError):
            mine.write({"res_model": "edu.document.revision", "res_field": "content", "res_id": 1})

    # -- 8 ---------------------------------------------------------------------------------------

    @seed("P2.2.3d")
    def test_8_free_text_can_be_erased_and_the_chain_stays_whole(self):
        Reason = self.env["edu.ledger.reason"]
        text = "Con em ốm nặng"
        first, second = Reason._edu_file(text), Reason._edu_file(text)
        self.assertNotEqual(first, second, "the digest of a text tells nobody of an equal text")
        chain = self.env["edu.ledger.chain"]._edu_open([("law:8", "test", self.company)])
        event = {"operation": "unlock", "reason_digest": first}
        self.env["edu.ledger.chain"]._edu_append([(chain, event)])
        self.assertNotIn(text, chain.entry_ids.payload)
        filed = Reason.search([("digest", "=", first)])
        self.assertEqual(salted_digest(text, filed.salt), first)
        self.assertEqual(chain.entry_ids.with_user(self.principal).reason, text)
        for user in (self.it_admin, self.clerk):
            with self.assertRaises(AccessError):
                filed.with_user(user).action_erase()
        filed.with_user(self.principal).with_company(self.company).action_erase()
        self.env.invalidate_all()
        self.assertFalse(chain.entry_ids.with_user(self.principal).reason)
        self.env.cr.execute(
            "SELECT count(*) FROM edu_ledger_reason WHERE digest = %s AND (text IS NOT NULL"
            " OR length(salt) > 1)",
            [first],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        export = json.loads(self.env["edu.ledger.entry"]._edu_export(self.company))
        self.assertFalse(verify_export(export).findings)
