from . import (
    test_access_matrix,
    test_correction_log,
    test_documents,
    test_form_texts,
    test_forms,
    test_supersede,
)
