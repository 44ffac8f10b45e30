"""What people typed, as clients send it: nothing but a text is taken for one."""

import re

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def typed_text(value):
    """The text without blanks around it, "" for none.

    None for what is no text: a number (0 would pass for nothing), a list, or characters that the
    database cannot hold.
    """
    if value is None or value is False:
        return ""
    if not isinstance(value, str) or UNSTORABLE.search(value):
        return None
    return value.strip()
