from . import edu_correction_explain, edu_correction_wizard, edu_mark_acknowledgement
