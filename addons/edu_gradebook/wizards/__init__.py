from . import edu_mark_acknowledgement, edu_mark_former, edu_mark_former_line
