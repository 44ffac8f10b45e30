"""Small wrong changes to the rules are noticed by the tests of the rules."""

import ast
import time

import mutate
import pytest
from heavy_kit import LONG, figure

SEED = 22
SAMPLE = 6
LEAST_KILLED = 0.95 if LONG else 5 / 6

KINDS = [
    ("x = a < 3", {"x = a <= 3", "x = a < 4", "x = a < 2"}),
    ("x = a == b", {"x = a != b"}),
    ("x = a or b", {"x = a and b"}),
    ("x = a + b // c", {"x = a - b // c", "x = a + b * c"}),
    ("x = -a", {"x = --a"}),
    ("x = not a", {"x = not not a"}),
    ("x = True", {"x = False"}),
    ("x = 'CODE'", {"x = 'CODE?'"}),
    ("x = [a for a in b if f(a)]", {"x = [a for a in b if not f(a)]"}),
    ("x = a if b else c", {"x = a if not b else c"}),
    ("if a:\n    b()", {"if not a:\n    b()", "if a:\n    pass"}),
    ("if not a:\n    b = c", {"if not not a:\n    b = c"}),
    ("x += y", {"x -= y"}),
    ("return A if b else B",
     {"return B if b else B", "return A if b else A", "return A if not b else B"}),
    ("return Result(None, f(x))\nreturn Result(A, f(x))",
     {"return Result(A, f(x))\nreturn Result(A, f(x))",
      "return Result(None, f(x))\nreturn Result(None, f(x))"}),
    ("'''Words.'''\n__all__ = ['x']\nraise E('code')\nx = 'a sentence'\nx = f'code {y}'", set()),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), KINDS)
def test_mutants_are_made_of_every_kind(source, expected):
    found = {ast.unparse(ast.parse(one.source)) for one in mutate.mutants_of("x.py", source)}
    assert found == {ast.unparse(ast.parse(mutant)) for mutant in expected}


def test_no_module_of_the_rules_is_left_out():
    mutated = {mutant.module for mutant in mutate.mutants()}
    modules = {path.name for path in (mutate.PACKAGE / mutate.RULES).glob("*.py")}
    assert modules - mutated == {"__init__.py"}  # which only says what there is


def test_the_tests_of_the_rules_notice_mutants():
    chosen = mutate.mutants() if LONG else mutate.sample(SAMPLE, SEED)
    assert len({mutant.source for mutant in chosen}) == len(chosen)
    started = time.monotonic()
    alive = mutate.survivors(chosen)
    took = time.monotonic() - started
    killed = len(chosen) - len(alive)
    figure("mutation", "mutants of the rules, all there are", len(chosen), "mutants")
    figure("mutation", "killed by the tests of the rules", killed, "mutants")
    figure("mutation", "killed", f"{100 * killed / len(chosen):.1f}", "%")
    figure("mutation", "took", f"{took:.0f}", "seconds")
    for mutant in alive:
        figure("mutation", f"survivor `{mutant}`".replace("|", "/"), 1, "mutant")
    assert killed >= LEAST_KILLED * len(chosen), "\n".join(map(str, alive))
