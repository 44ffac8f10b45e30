from odoo.tests import HttpCase, no_retry, tagged

SUITE = "@edu_gradebook"


def job(name):
    """The number under which Hoot knows a suite: its JavaScript hash of the name."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


def is_over(message):
    return "[HOOT]" not in message


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The unit tests of the web client's grid (static/tests), in a browser."""

    @no_retry
    def test_unit_tests(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={job(SUITE)}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=is_over,
        )
