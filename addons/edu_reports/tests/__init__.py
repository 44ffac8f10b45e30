from . import test_documents, test_form_texts, test_forms, test_supersede
