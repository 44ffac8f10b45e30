from . import edu_curriculum_adapt, edu_student_import, edu_transition_reason
