from . import edu_mark_acknowledgement
