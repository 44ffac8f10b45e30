from . import (
    edu_class_unlock,
    edu_movement_cancel,
    edu_movement_wizard,
    edu_student_import,
    edu_student_merge,
    edu_student_merge_line,
    edu_transition_reason,
)
