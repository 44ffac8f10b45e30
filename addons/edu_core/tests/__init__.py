from . import (
    test_access_matrix,
    test_accounts,
    test_documents,
    test_duties,
    test_ledger,
    test_people,
    test_record,
    test_staff,
    test_student_import,
)
