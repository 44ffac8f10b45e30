from . import (
    edu_account_wizard,
    edu_assignment_handover,
    edu_document_print,
    edu_duty_end,
    edu_ledger_epoch_begin,
    edu_staff_movement_cancel,
    edu_student_import,
    edu_transition_reason,
)
