from . import (
    edu_dashboard,
    edu_transcript,
    edu_transcript_comment,
    edu_transcript_year,
    edu_gradebook_period,
)
