"""A circular on assessment: its parameters and articles, with the rules it shares with others."""

import functools
from dataclasses import dataclass

from .averages import SubjectRules
from .decisions import DecisionRules
from .levels import LevelRules
from .result import Trace

__all__ = ["Circular"]


@dataclass(frozen=True)
class Circular(SubjectRules, LevelRules, DecisionRules):
    """The parameters in which TT 22/2021 and TT 43/2021 differ.

    :param str citation: how the circular is cited, ``TT 22/2021``
    :param str version: version of these rules, recorded with every result
    :param int least: how many subjects have to reach a level's mark (6 or 5)
    :param dict articles: ``{topic: article}``
    :param tuple title_codes: codes of the titles (xuất sắc, giỏi)
    :param bool specialised_subjects: whether there are specialised subjects (môn chuyên)
    """

    citation: str
    version: str
    least: int
    articles: dict
    title_codes: tuple
    specialised_subjects: bool

    def _tracer(self, rule, topic, inputs):
        """Return ``trace(formula, steps=())`` for a rule on these inputs."""
        article = f"{self.citation} {self.articles[topic]}"
        return functools.partial(Trace, rule, article, self.version, inputs)
