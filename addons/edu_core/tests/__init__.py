from . import (
    test_documents,
    test_ledger,
    test_ledger_verification,
    test_people,
    test_record,
    test_student_import,
)
