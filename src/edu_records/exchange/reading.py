"""Which reader an entity has."""

from .people import AssignmentReader, GuardianReader, StaffReader
from .students import StudentReader
from .tables import Reader, read_rows

__all__ = ["read_students", "read_table"]

_READERS = {
    "students": StudentReader,
    "guardians": GuardianReader,
    "staff": StaffReader,
    "classes": Reader,
    "assignments": AssignmentReader,
}


def read_table(data, entity, synonyms=None, today=None):
    """Read a list of :data:`~edu_records.exchange.ENTITIES`; see :func:`.tables.read_rows`.

    :rtype: Table
    :raises WorkbookError: if the file as a whole cannot be read
    """
    return read_rows(data, _READERS[entity], entity, synonyms, today)


def read_students(data):
    """Read the pupils of a workbook (layouts C1-HocSinh, class lists, VEMIS and the like).

    :rtype: Table
    :raises WorkbookError: if the file as a whole cannot be read
    """
    return read_table(data, "students")
