from . import edu_assignment_handover, edu_duty_end, edu_student_import, edu_transition_reason
