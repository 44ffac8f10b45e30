from . import (
    test_documents,
    test_ledger,
    test_movements,
    test_number_series,
    test_people,
    test_pupils,
    test_record,
    test_student_import,
)
