from . import (
    edu_account_wizard,
    edu_assignment_handover,
    edu_duty_end,
    edu_staff_movement_cancel,
    edu_student_import,
    edu_transition_reason,
)
