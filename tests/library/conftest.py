"""How long hypothesis looks for examples; a busy machine is no failure, so there is no deadline."""

from hypothesis import settings

settings.register_profile("edu", deadline=None)
settings.register_profile(
    "mutants", deadline=None, max_examples=40, derandomize=True, database=None
)
settings.load_profile("edu")
