#!/usr/bin/env python3
"""Mutation testing of the rules: small wrong changes that the tests of the rules have to notice.

    mutate.py [COUNT [SEED]]

Without a count every mutant is tried. The package is copied into a temporary folder and mutated
there, one mutant at a time; a mutant that no test notices is printed as a survivor.
"""

from __future__ import annotations

import ast
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import ROOT, Failure, main, say

PACKAGE = ROOT / "src" / "edu_records"
RULES = "rules"
TESTS = sorted((ROOT / "tests" / "library").glob("test_rules_*.py"))
AT_ONCE = 2
PATIENCE = 30
"""Seconds; the tests need two. A mutant that runs longer counts as killed."""

_PYTEST = ["-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
_PYTEST += ["-x", "-q", "-p", "no:odoo", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
_PASSED, _FAILED = 0, (1, 2)  # pytest's exit codes; 2: a test file could not even be imported

_SHOWN = 30  # characters before and after what a mutant changes
_COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutant:
    """One wrong change: ``module`` (file name), ``line``, ``change`` in words, whole ``source``."""

    module: str
    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"{RULES}/{self.module}:{self.line}: {self.change}"


# -- making mutants -------------------------------------------------------------------------------


def mutants() -> list[Mutant]:
    """All mutants of the rules, in the order of the files; every one differs from the original."""
    return [
        mutant
        for path in sorted((PACKAGE / RULES).glob("*.py"))
        if path.name != "__init__.py"
        for mutant in mutants_of(path.name, path.read_text(encoding="utf-8"))
    ]


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """The mutants of one module."""
    tree = ast.parse(source)
    whole = ast.unparse(tree)
    for line, owner, name, new in [*_edits(tree), *_swapped_answers(tree)]:
        old = getattr(owner, name)
        setattr(owner, name, new)
        mutated = ast.unparse(tree)
        setattr(owner, name, old)
        if mutated != whole:
            yield Mutant(module, line, _change(whole, mutated), mutated)


def _change(whole: str, mutated: str) -> str:
    """What the text was and became, with what stands around it on the line."""
    lines = zip(whole.splitlines(), mutated.splitlines(), strict=False)
    before, after = next(pair for pair in lines if pair[0] != pair[1])
    start = len(os.path.commonprefix([before, after]))
    rest = min(len(before), len(after)) - start
    end = len(os.path.commonprefix([before[::-1][:rest], after[::-1][:rest]]))
    first, last = max(start - _SHOWN, 0), max(end - _SHOWN, 0)
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    return f"{old.strip()} -> {new.strip()}"


def _edits(tree: ast.AST) -> Iterator[tuple]:
    """(line, node, attribute, new value) of every change of an operator or a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                ops = [*node.ops]
                ops[place] = _COMPARISONS[type(operator)]()
                yield node.lineno, node, "ops", ops
        elif isinstance(node, ast.BoolOp):
            yield node.lineno, node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            # "not not x" is x without its "not", as far as a condition goes
            yield node.lineno, node, "operand", ast.UnaryOp(ast.Not(), node.operand)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.lineno, node, "value", node.value + 1
            yield node.lineno, node, "value", node.value - 1


def _swapped_answers(tree: ast.AST) -> Iterator[tuple]:
    """As :func:`_edits`: what a module returns, replaced by the next other thing it returns."""
    places = [
        place
        for node in ast.walk(tree)
        if isinstance(node, ast.Return)
        for place in _answers(node, "value")
    ]
    different = {ast.unparse(answer): answer for answer, *_place in places}
    texts = [*different]
    for answer, owner, name, others in places:
        text = texts[(texts.index(ast.unparse(answer)) + 1) % len(texts)]
        new = different[text]
        yield answer.lineno, owner, name, new if others is None else [new, *others]


def _answers(owner: ast.AST, name: str) -> Iterator[tuple]:
    """(answer, node, attribute, further arguments of a ``Result`` or None), uncalculated ones."""
    node = getattr(owner, name)
    if isinstance(node, ast.IfExp):
        yield from (*_answers(node, "body"), *_answers(node, "orelse"))
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Result":
        first, *others = node.args
        if _is_answer(first):
            yield first, node, "args", others
        elif isinstance(first, ast.IfExp):
            yield from (*_answers(first, "body"), *_answers(first, "orelse"))
    elif _is_answer(node):
        yield node, owner, name, None


def _is_answer(node: ast.AST | None) -> bool:
    """A constant, or the name of one; whole numbers have mutants of their own."""
    if isinstance(node, ast.Constant):
        return type(node.value) is not int
    return isinstance(node, ast.Name) and node.id.lstrip("_").isupper()


# -- trying mutants -------------------------------------------------------------------------------


@contextmanager
def _copies(count: int) -> Iterator[queue.Queue]:
    """Copies of the package, each in a folder that can be put on the path."""
    with tempfile.TemporaryDirectory(prefix="edu_mutants_") as folder:
        free = queue.Queue()
        for number in range(count):
            copy = Path(folder) / str(number)
            shutil.copytree(
                PACKAGE, copy / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__")
            )
            free.put(copy)
        yield free


def noticed(copy: Path) -> bool:
    """Whether the tests of the rules fail, or never end, with the package as the copy has it."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("EDU", "PYTE"))}
    environment = {
        **kept,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / "hypothesis"),
    }
    try:
        done = subprocess.run(
            [sys.executable, *_PYTEST, *map(str, TESTS)],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return True
    if done.returncode not in (_PASSED, *_FAILED):
        raise Failure(f"the tests of the rules could not run: {done.stdout}{done.stderr}")
    return done.returncode != _PASSED


def survivors(chosen: list[Mutant]) -> list[Mutant]:
    """Those that no test notices.

    :raises Failure: when the tests fail without any mutant, or do not test the copy
    """
    with _copies(AT_ONCE) as free:

        def survives(mutant: Mutant) -> bool:
            copy = free.get()
            target = copy / PACKAGE.name / RULES / mutant.module
            original = target.read_text(encoding="utf-8")
            try:
                target.write_text(mutant.source, encoding="utf-8")
                return not noticed(copy)
            finally:
                target.write_text(original, encoding="utf-8")
                free.put(copy)

        untouched = Mutant("result.py", 0, "nothing", _original("result.py"))
        if not survives(untouched):
            raise Failure("the tests of the rules fail as they are; mutants would tell nothing")
        if survives(Mutant("result.py", 0, "broken", "raise ImportError\n")):
            raise Failure("the tests of the rules do not use the copy of the package")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            alive = list(pool.map(survives, chosen))
        return [mutant for mutant, lives in zip(chosen, alive, strict=True) if lives]


def _original(module: str) -> str:
    return (PACKAGE / RULES / module).read_text(encoding="utf-8")


def sample(count: int, seed: int = 0) -> list[Mutant]:
    """So many mutants, the same ones for the same seed and source."""
    everything = mutants()
    return random.Random(seed).sample(everything, min(count, len(everything)))


def mutate() -> int:
    """Try the mutants that the command line asks for; 1 when any survives."""
    words = [int(word) for word in sys.argv[1:]]
    chosen = sample(*words[:2]) if words else mutants()
    alive = survivors(chosen)
    for mutant in alive:
        say(str(mutant))
    say(f"{len(chosen)} mutants, {len(chosen) - len(alive)} killed, {len(alive)} survive")
    return 1 if alive else 0


if __name__ == "__main__":
    main(mutate)
