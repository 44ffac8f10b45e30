from . import (
    test_backups,
    test_documents,
    test_laws,
    test_ledger,
    test_ledger_verification,
    test_logged_settings,
    test_people,
    test_prints,
    test_record,
    test_student_import,
)
