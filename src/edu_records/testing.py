"""Marks tests with the rows of the requirement list that they prove."""

__all__ = ["seed"]

_MOST_IDS = 3


def seed(*ids):
    """Name the checklist rows (one to three, such as "R8.2f") that a test function proves.

    The ids are kept in ``_seed_ids`` of the function, which is otherwise left as it is; works for
    functions, methods and Odoo test classes alike.

    :raises ValueError: for no id, more than three, or anything but non-empty strings
    """
    if not 1 <= len(ids) <= _MOST_IDS:
        raise ValueError(f"a test proves one to {_MOST_IDS} rows, not {len(ids)}")
    for row in ids:
        if not isinstance(row, str) or not row.strip():
            raise ValueError(f"{row!r} is not the id of a checklist row")

    def mark(test):
        test._seed_ids = tuple(ids)
        return test

    return mark
