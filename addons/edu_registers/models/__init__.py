from . import edu_transcript, edu_transcript_year, edu_gradebook_period
