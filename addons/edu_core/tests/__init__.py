from . import (
    test_documents,
    test_isolation,
    test_ledger,
    test_people,
    test_record,
    test_regulation,
    test_school,
    test_student_import,
)
