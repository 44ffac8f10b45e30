from . import test_transcript
