from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import get_db_name, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from edu_records.testing import seed

BOOK = "race"


@tagged("post_install", "-at_install")
class TestNumberSeries(BaseCase):
    """Two offices draw from one book at the same moment, on real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM edu_number_series WHERE book = %s", [BOOK])

    def office(self):
        """An environment on a connection of its own, its snapshot taken."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        self.assertTrue(env.company.name)
        return env

    def draw(self, env, count):
        return env["edu.number.series"]._edu_draw(env.company, BOOK, count, "B-")

    @seed("R5.5.5a")
    def test_no_number_is_given_twice(self):
        for _round in ("a new book", "a book in use"):
            first, second = self.office(), self.office()
            drawn = self.draw(first, 3)
            first.cr.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self.draw(second, 2)
            second.cr.rollback()
            again = self.draw(second, 2)
            second.cr.commit()
            self.assertFalse(set(drawn) & set(again))
            self.assertLess(max(drawn), min(again))

    def test_what_was_rolled_back_was_given_to_nobody(self):
        env = self.office()
        lost = self.draw(env, 3)
        env.cr.rollback()
        self.assertEqual(self.draw(env, 1), lost[:1])
        env.cr.commit()
        self.assertEqual(self.draw(env, 1), lost[1:2])
