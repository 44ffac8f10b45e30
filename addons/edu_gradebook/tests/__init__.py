from . import (
    test_access,
    test_attacks,
    test_concurrency,
    test_conduct_results,
    test_grant,
    test_import,
    test_laws,
    test_lifecycle,
    test_movements,
    test_reopened,
    test_save,
    test_triggers,
)
