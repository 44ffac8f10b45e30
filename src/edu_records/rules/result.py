"""What a rule answers: a value that can explain itself."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Result", "Trace"]


@dataclass(frozen=True)
class Trace:
    """How a value came about. Every text is a plain string, so that a trace can be recorded.

    :param str rule: name of the rule function
    :param str article: legal source, such as ``TT 22/2021 Điều 9.1.b``
    :param str version: version of the rules, see the circular's ``VERSION``
    :param tuple inputs: ``((name, text), ...)``
    :param str formula: the calculation with this case's numbers, or the condition that decided
    :param tuple steps: ``((name, text), ...)``, intermediate values in order
    """

    rule: str
    article: str
    version: str
    inputs: tuple = ()
    formula: str = ""
    steps: tuple = ()

    def as_dict(self):
        """The trace as a JSON value of strings."""
        return {
            "rule": self.rule,
            "article": self.article,
            "version": self.version,
            "inputs": [list(pair) for pair in self.inputs],
            "formula": self.formula,
            "steps": [list(pair) for pair in self.steps],
        }

    def explain(self):
        """The trace as one line of text."""
        steps = "; ".join(f"{name}: {text}" for name, text in self.steps)
        return " | ".join(part for part in (self.formula, steps, self.article) if part)


@dataclass(frozen=True)
class Result:
    """``value`` (``None`` while undecided) and the :class:`Trace` that leads to it."""

    value: Any
    trace: Trace

    def as_dict(self):
        """Value and trace as JSON; what the rules answer is text, a number or a tuple of them."""
        return {"value": self.value, "trace": self.trace.as_dict()}


def pairs(**named):
    """Inputs as ``((name, text), ...)``; nested values are written out, ``None`` becomes "–"."""
    return tuple([(name, _text(value)) for name, value in named.items()])


def _text(value):
    if type(value) is str:
        return value
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)
