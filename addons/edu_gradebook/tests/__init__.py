from . import (
    test_access,
    test_concurrency,
    test_conduct_results,
    test_grant,
    test_grid,
    test_guard,
    test_hoot,
    test_import,
    test_lifecycle,
    test_save,
    test_triggers,
)
