from . import (
    edu_correction_explain,
    edu_correction_wizard,
    edu_mark_acknowledgement,
    edu_mark_former,
    edu_mark_former_line,
)
