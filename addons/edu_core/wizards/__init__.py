from . import edu_student_import, edu_transition_reason
