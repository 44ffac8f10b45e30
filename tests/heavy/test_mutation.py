"""Small wrong changes to the rules are noticed by the tests of the rules."""

import ast

import mutate
from heavy_kit import LONG, figure

SEED = 22
MUTANTS = 120 if LONG else 6
LEAST_KILLED = 0.90 if LONG else 5 / 6

EVERY_KIND = """
def rule(a, b):
    if not a or a < 3:
        return "LOW"
    return Result(None if b else PASSED, "why")
"""


def test_mutants_are_made_of_every_kind():
    found = {ast.unparse(ast.parse(one.source)) for one in mutate.mutants_of("x.py", EVERY_KIND)}
    changes = {
        "not a": "not not a",
        "a or": "a and",
        "a < 3": ("a <= 3", "a < 4", "a < 2"),
        "'LOW'": "None",
        "None if": "PASSED if",
        "else PASSED": "else 'LOW'",
    }
    whole = ast.unparse(ast.parse(EVERY_KIND))
    expected = {
        whole.replace(before, after)
        for before, afters in changes.items()
        for after in ([afters] if isinstance(afters, str) else afters)
    }
    assert found == expected


def test_the_tests_of_the_rules_notice_mutants():
    chosen = mutate.sample(MUTANTS, SEED)
    assert len({mutant.source for mutant in chosen}) == MUTANTS
    alive = mutate.survivors(chosen)
    killed = MUTANTS - len(alive)
    figure("mutation", "mutants of the rules", MUTANTS, "mutants")
    figure("mutation", "killed by the tests of the rules", killed, "mutants")
    figure("mutation", "killed", f"{100 * killed / MUTANTS:.1f}", "%")
    for mutant in alive:
        figure("mutation", f"survivor `{mutant}`".replace("|", "/"), 1, "mutant")
    assert killed >= LEAST_KILLED * MUTANTS, "\n".join(map(str, alive))
