from . import edu_document_print, edu_ledger_epoch_begin, edu_student_import, edu_transition_reason
