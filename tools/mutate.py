#!/usr/bin/env python3
"""Mutation testing of the rules: small wrong changes that the tests of the rules have to notice.

    mutate.py [COUNT [SEED]]

Without a count every mutant is tried, each in a forked process, by the tests of its module first.
At first the fork is one that has collected the tests: the mutated code is put into the functions
and tables that are there. What that cannot show, and what survives it, is tried once more in a
fork that has loaded no rule and imports the mutant. What no test notices is printed as a survivor.

Written here because what is on offer leaves most of these modules alone: mutmut changes functions
only, and half of the rules are tables; cosmic-ray starts an interpreter for every mutant.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from places import ROOT, Failure, main, say

PACKAGE = ROOT / "src" / "edu_records"
RULES = "rules"
TESTS = sorted((ROOT / "tests" / "library").glob("test_rules_*.py"))
FIRST = {  # module -> the test files that are about it: their mutants fall there soonest
    "averages.py": ("subjects", "settings"),
    "correction.py": ("decisions",),
    "curriculum.py": ("primary",),
    "decisions.py": ("decisions", "settings"),
    "explain.py": ("explain",),
    "growth.py": ("growth", "conformance"),
    "levels.py": ("levels", "settings"),
    "marks.py": ("marks", "subjects"),
    "policy.py": ("settings",),
    "preschool.py": ("growth", "conformance"),
    "scheme.py": ("decisions",),
    "signing_order.py": ("signing",),
    "tt27.py": ("primary", "conformance"),
    "tt58.py": ("archives", "levels", "decisions"),
}
AT_ONCE = 2
PATIENCE = 30
"""Seconds of work; the tests need three. A mutant that takes longer counts as killed."""
ASLEEP = 600
"""Seconds by the clock, for a mutant that waits instead of working."""
MEMORY = 2 << 30
"""Bytes that the tests of a mutant may take."""

_JUDGE = "--judge"
_PYTEST = ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", "-x", "-q"]
_PYTEST += ["-p", "no:odoo", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
_PASSED, _FAILED = 0, (1, 2)  # pytest's exit codes; 2: a test file could not even be imported
_RECENT = 30  # tests
_UNCLEAR = 77  # the mutant could not be put into what is loaded

_SHOWN = 30  # characters before and after what a mutant changes
_CODE = re.compile(r"[\w.+%-]+")  # a text that is a name or code, not a sentence
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
_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
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
    """(line, node, attribute, new value) of every change but those of :func:`_swapped_answers`."""
    spared = _spared(tree)
    for node in ast.walk(tree):
        if node not in spared:
            for name, new in (*_other_values(node), *_other_conditions(node), *_left_out(node)):
                yield _line(node), node, name, new


def _line(node: ast.AST) -> int:
    """Where a node stands; a clause of a comprehension stands with its name, a module nowhere."""
    return getattr(getattr(node, "target", node), "lineno", 1)


def _other_values(node: ast.AST) -> Iterator[tuple]:
    """(attribute, new value): another constant, comparison or operator."""
    if isinstance(node, ast.Constant):
        for value in _other_constants(node.value):
            yield "value", value
    elif isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield "ops", _with(node.ops, place, _COMPARISONS[type(operator)]())
    elif isinstance(node, ast.BoolOp):
        yield "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield "op", _ARITHMETIC[type(node.op)]()
    elif isinstance(node, ast.UnaryOp):
        # "not not x" is x without its "not", as far as a condition goes; "--x" is x
        yield "operand", ast.UnaryOp(node.op, node.operand)


def _other_conditions(node: ast.AST) -> Iterator[tuple]:
    """(attribute, new value): the opposite condition, unless another change makes it that."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not _turned(node.test):
        yield "test", ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.comprehension):
        for place, condition in enumerate(node.ifs):
            if not _turned(condition):
                yield "ifs", _with(node.ifs, place, ast.UnaryOp(ast.Not(), condition))


def _turned(condition: ast.AST) -> bool:
    """Whether :func:`_other_values` turns a condition into its opposite."""
    opposite = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
    if isinstance(condition, ast.Compare):
        return len(condition.ops) == 1 and isinstance(condition.ops[0], opposite)
    return isinstance(condition, ast.UnaryOp)


def _left_out(node: ast.AST) -> Iterator[tuple]:
    """(attribute, new value): a block without a call that is made for its effect, a check."""
    for name in ("body", "orelse"):
        for place, statement in enumerate(_statements(node, name)):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                yield name, _with(getattr(node, name), place, ast.Pass())


def _with(items: list, place: int, new: ast.AST) -> list:
    return [*items[:place], new, *items[place + 1 :]]


def _statements(node: ast.AST, name: str) -> list:
    block = getattr(node, name, None)
    return block if isinstance(block, list) else []


def _other_constants(value: object) -> list:
    """What a constant could be instead: the other truth, a number beside it, another code."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, str) and _CODE.fullmatch(value):
        return [f"{value}?"]
    return []


def _spared(tree: ast.AST) -> set:
    """Constants that decide nothing: docstrings, ``__all__``, words of errors and of f-strings."""
    spared = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.JoinedStr) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            spared |= {
                part
                for part in ast.walk(node)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            spared |= set(ast.walk(node))
    return spared


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


def survivors(chosen: list[Mutant]) -> list[Mutant]:
    """Those that no test notices.

    :raises Failure: when the tests fail without any mutant, or do not test what is mutated
    """
    untouched = Mutant("result.py", 0, "nothing", _original("result.py"))
    broken = Mutant("result.py", 0, "broken", "raise ImportError")
    with tempfile.TemporaryDirectory(prefix="edu_mutants_") as folder:
        orders, answers = Path(folder) / "orders.json", Path(folder) / "answers.json"
        orders.write_text(
            json.dumps([asdict(mutant) for mutant in (untouched, broken, *chosen)]),
            encoding="utf-8",
        )
        kept = {
            key: text for key, text in os.environ.items() if not key.startswith(("EDU", "PYTE"))
        }
        done = subprocess.run(
            [sys.executable, __file__, _JUDGE, str(orders), str(answers)],
            cwd=folder,
            env={**kept, "PYTHONPATH": str(PACKAGE.parent)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failure(f"the mutants could not be tried: {done.stdout}{done.stderr}")
        alive, killed, *lives = json.loads(answers.read_text(encoding="utf-8"))
    if not alive:
        raise Failure("the tests of the rules fail as they are; mutants would tell nothing")
    if killed:
        raise Failure("the tests of the rules do not use the mutated module")
    return [mutant for mutant, lives_on in zip(chosen, lives, strict=True) if lives_on]


def judge(orders: Path, answers: Path) -> int:
    """Try the mutants of a file; leave a list of whether each survives.

    :raises Failure: when pytest itself fails
    """
    import pytest

    if any(name.startswith("edu_records.rules") for name in sys.modules):
        raise Failure("the rules are loaded already; a mutant would not be")
    given = [Mutant(**row) for row in json.loads(orders.read_text(encoding="utf-8"))]
    everything = list(range(len(given)))
    first = os.fork()
    if not first:  # this process has to stay one that has loaded no rule
        with contextlib.suppress(BaseException):
            pytest.main([*_PYTEST, *map(str, TESTS)], plugins=[_Collected(given, answers)])
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(first, 0)
    if not answers.exists():
        raise Failure("the mutants could not be put into the tests that were collected")
    doubtful = json.loads(answers.read_text(encoding="utf-8"))
    codes = _in_forks(doubtful, lambda place: _import_and_test(given[place]))
    lives = [codes.get(place) == _PASSED for place in everything]
    answers.write_text(json.dumps(lives), encoding="utf-8")
    return 0


def _in_forks(places: list[int], task) -> dict[int, int]:
    """What ``task(place)`` returns, each in a process of its own; negative for one that was killed.

    :raises Failure: for a code that is not one of tests that passed or failed
    """
    waiting, running, codes = places[::-1], {}, {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            place = waiting.pop()
            running[_fork(task, place)] = place
        child, status = os.wait()
        if child in running:
            codes[running.pop(child)] = os.waitstatus_to_exitcode(status)
    for place, code in codes.items():
        if code > 0 and code not in (*_FAILED, _UNCLEAR):
            raise Failure(f"pytest ended with {code} on mutant {place}")
    return codes


def _fork(task, place: int) -> int:
    """The id of a child that ends with what the task returns, or is killed when it takes long."""
    child = os.fork()
    if child:
        return child
    code = 3
    with contextlib.suppress(BaseException):
        signal.alarm(ASLEEP)
        resource.setrlimit(resource.RLIMIT_CPU, (_spent() + PATIENCE,) * 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(silence, descriptor)
        code = task(place)
    os._exit(code)


def _spent() -> int:
    """Seconds of work that the process has done, which a limit counts from."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(usage.ru_utime + usage.ru_stime) + 1


def _import_and_test(mutant: Mutant) -> int:
    """Run the tests on a mutant that is imported in place of its module; pytest's exit code."""
    import pytest

    sys.meta_path.insert(0, _Mutated(mutant))
    first = [path for path in TESTS if path.stem in _about(mutant.module)]
    for files in (first, [path for path in TESTS if path not in first]):
        code = int(pytest.main([*_PYTEST, *map(str, files)])) if files else _PASSED
        if code != _PASSED:
            return code
    return _PASSED


def _about(module: str) -> set[str]:
    """Stems of the test files that are about a module."""
    return {f"test_rules_{name}" for name in FIRST.get(module, ())}


class _Collected:
    """pytest plugin: instead of running the tests once, run them for every mutant.

    Leaves in ``target`` the places of the mutants that were not clearly noticed. Tests that noticed
    the last mutants of a module are the first to try the next one: ``killers``, a file that the
    children append to.
    """

    def __init__(self, given: list[Mutant], target: Path):
        self.given = given
        self.target = target
        self.killers = target.with_name("killers.txt")

    def pytest_runtestloop(self, session):
        """As pytest asks; True for "done"."""
        if session.testsfailed:
            return True
        codes = _in_forks(list(range(len(self.given))), lambda place: self._try(session, place))
        doubtful = [place for place, code in codes.items() if code in (_PASSED, _UNCLEAR)]
        self.target.write_text(json.dumps(sorted(doubtful)), encoding="utf-8")
        return True

    def _try(self, session, place: int) -> int:
        mutant = self.given[place]
        if not _put_in(mutant):
            return _UNCLEAR
        for item in self._in_order(session.items, mutant.module):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.testsfailed:
                with self.killers.open("a", encoding="utf-8") as file:
                    file.write(f"{mutant.module} {item.nodeid}\n")
                return _FAILED[0]
        return _PASSED

    def _in_order(self, items: list, module: str) -> list:
        """The tests: recent killers, those about the module, others; examples of their own last."""
        about, recent = _about(module), {}
        if self.killers.exists():
            for number, line in enumerate(self.killers.read_text(encoding="utf-8").splitlines()):
                of, _blank, nodeid = line.partition(" ")
                if of == module:
                    recent[nodeid] = number
        last = sorted(recent, key=recent.get)[-_RECENT:]

        def rank(item) -> tuple:
            drawn = item.get_closest_marker("hypothesis") is not None
            when = last.index(item.nodeid) + 1 if item.nodeid in last else 0
            return -when, item.path.stem not in about, drawn

        return sorted(items, key=rank)


def _put_in(mutant: Mutant) -> bool:
    """Change the loaded module into the mutant; False where that cannot be done for sure."""
    name = f"edu_records.{RULES}.{mutant.module.removesuffix('.py')}"
    loaded = sys.modules[name]
    changed = {"__name__": name, "__package__": loaded.__package__, "__file__": loaded.__file__}
    try:
        exec(_compiled(mutant), changed)
    except Exception:
        return False
    return all(
        _replace(loaded, key, getattr(loaded, key, None), value)
        for key, value in changed.items()
        if not key.startswith("__")
    )


def _compiled(mutant: Mutant) -> types.CodeType:
    return compile(mutant.source, str(mutant), "exec", dont_inherit=True)


def _replace(loaded, name: str, old: object, new: object) -> bool:
    """Put the new value where the old one is used; False where that cannot be done for sure."""
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        if old.__code__.co_freevars != new.__code__.co_freevars:
            return False
        old.__code__, old.__kwdefaults__ = new.__code__, new.__kwdefaults__
        old.__defaults__ = new.__defaults__
        return True
    if isinstance(old, property) and isinstance(new, property):
        return _replace(loaded, name, old.fget, new.fget)
    if isinstance(old, type) and isinstance(new, type):
        if old.__module__ != loaded.__name__:
            return True
        return all(
            _replace(loaded, key, vars(old).get(key), value)
            for key, value in vars(new).items()
            if isinstance(value, types.FunctionType | property)
        )
    if type(old) is not type(new):
        return False
    if isinstance(old, int | str | tuple | dict | frozenset | Decimal):
        if repr(old) != repr(new):
            for module in list(sys.modules.values()):
                if getattr(module, name, None) is old:
                    setattr(module, name, new)
        return True
    return old is new or repr(old) == repr(new)


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the source of a mutant to whoever imports its module."""

    def __init__(self, mutant: Mutant):
        self.mutant = mutant
        self.name = f"edu_records.{RULES}.{mutant.module.removesuffix('.py')}"

    def find_spec(self, fullname, path=None, target=None):
        """As the import system asks."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module):
        """Run the mutant's source as the module."""
        exec(_compiled(self.mutant), module.__dict__)


def _original(module: str) -> str:
    return (PACKAGE / RULES / module).read_text(encoding="utf-8")


def sample(count: int, seed: int = 0) -> list[Mutant]:
    """So many mutants, the same ones for the same seed and source."""
    everything = mutants()
    return random.Random(seed).sample(everything, min(count, len(everything)))


def mutate() -> int:
    """Try the mutants that the command line asks for; 1 when any survives."""
    if sys.argv[1:2] == [_JUDGE]:
        return judge(*map(Path, sys.argv[2:]))
    words = [int(word) for word in sys.argv[1:]]
    chosen = sample(*words[:2]) if words else mutants()
    alive = survivors(chosen)
    for mutant in alive:
        say(str(mutant))
    say(f"{len(chosen)} mutants, {len(chosen) - len(alive)} killed, {len(alive)} survive")
    return 1 if alive else 0


if __name__ == "__main__":
    main(mutate)
