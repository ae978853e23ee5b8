"""What the benchmarks aim at, and the line by which each says what it measured.

A benchmark ends with `told(key, measured)`, or `told(key, measured, rival)` where it was held
against something in the same run: a line `result {...}` for each of its goals. `run_all.py` reads
these lines. A new goal is one entry of GOALS, and the file that measures it one entry of the set in
`run_all.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MARK = "result "
"""How the lines begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One thing that is measured, and what it should come to."""

    what: str
    unit: str
    rival: str = ""
    """What it is held against in the same run, if anything is."""
    bare: bool = False
    """The goal is of the number itself: the rival is there to tell how fast the machine is."""
    most: float | None = None
    """Of measured over rival, or of what was measured where there is no rival or it is bare."""
    least: float | None = None
    """The same, from below."""

    @property
    def of_ratio(self) -> bool:
        """Whether the goal is of measured over rival."""
        return bool(self.rival) and not self.bare

    def met(self, value: float) -> bool | None:
        """Whether a ratio, or a bare number, is within the goal; None where there is no goal."""
        if self.most is None and self.least is None:
            return None
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)

    def stated(self) -> str:
        """The goal in words.

        >>> Goal(what="x", unit="CPU ms", rival="y", most=0.2).stated()
        'at most 1/5'
        >>> Goal(what="x", unit="CPU s", most=0.8).stated()
        'at most 0.8 CPU s'
        """
        form = as_ratio if self.of_ratio else self.amount
        if self.most is not None:
            return f"at most {form(self.most)}"
        return "none" if self.least is None else f"at least {form(self.least)}"

    def amount(self, value: float) -> str:
        """A number with its unit, three digits of it."""
        return f"{number(value)} {self.unit}".strip()


GOALS = {
    "start-reference": Goal(
        what="from the command to the first trial, a reference model",
        unit="CPU s",
        rival="inspect_ai with its mock model, a sample",
        bare=True,
        most=0.8,
    ),
    "start-cassette": Goal(
        what="from the command to the first trial, a cassette",
        unit="CPU s",
        rival="`import litellm`",
        bare=True,
        most=0.8,
    ),
    "start-test": Goal(
        what="what a scenario and its cassette add to pytest",
        unit="CPU s",
        rival="`import litellm`",
        bare=True,
        most=0.8,
    ),
    "start-plugin": Goal(
        what="what the pytest plugin adds to collecting 2,000 tests",
        unit="CPU ms",
        rival="pytest alone",
        bare=True,
        most=50,
    ),
    "help": Goal(
        what="`harness --help`", unit="CPU s", rival="`inspect --help`", bare=True, most=0.25
    ),
    "sample-8k-shared": Goal(
        what="a sample at 8k, ten a session", unit="CPU ms", rival="inspect_ai", most=1 / 5
    ),
    "sample-8k-fresh": Goal(
        what="a sample at 8k, a session each", unit="CPU ms", rival="inspect_ai", most=1 / 3
    ),
    "sample-128k-shared": Goal(
        what="a sample at 128k, ten a session", unit="CPU ms", rival="inspect_ai", most=1 / 10
    ),
    "sample-128k-fresh": Goal(
        what="a sample at 128k, a session each", unit="CPU ms", rival="inspect_ai", most=1 / 5
    ),
    "sample-memory": Goal(what="peak of a run of 50 samples at 128k", unit="MB", most=250),
    "call-raw": Goal(what="a call at 200k", unit="CPU ms", rival="raw aiohttp, body prepared"),
    "call-litellm": Goal(
        what="a call at 200k", unit="CPU ms", rival="litellm, as it comes", most=1 / 10
    ),
    "build-200k": Goal(
        what="a new session of 200k built",
        unit="CPU ms",
        rival="tiktoken, its finished text",
        bare=True,
        most=50,
    ),
    "build-1m": Goal(
        what="a new session of 1M built",
        unit="CPU ms",
        rival="tiktoken, its finished text",
        bare=True,
        most=300,
    ),
    "run-memory": Goal(what="peak of a run of 20,000 trials of 32k", unit="MB", most=600),
    "plan-cpu": Goal(what="a trial more in a plan of 30,000", unit="CPU ms", most=0.25),
    "plan-memory": Goal(what="peak of a plan of 30,000 trials", unit="MB", most=300),
    "resume-cpu": Goal(what="a trial more in a run of 30,000 that goes on", unit="CPU ms", most=2),
    "resume-memory": Goal(what="peak of a run of 30,000 trials that goes on", unit="MB", most=600),
    "page": Goal(what="the page of 100,000 records", unit="s", most=10),
    "page-memory": Goal(what="peak of the page of 100,000 records", unit="MB", most=1000),
    "page-size": Goal(what="the page of 100,000 records, as a file", unit="MB", most=3),
    "report": Goal(
        what="the report over 1,000,000 records",
        unit="s",
        rival="polars, the file read once",
        bare=True,
        most=10,
    ),
    "report-memory": Goal(
        what="peak of the report over 1,000,000 records, its own", unit="MB", most=4000
    ),
    "report-parts": Goal(
        what="the same, of records in parts",
        unit="s",
        rival="polars, the parts read once",
        bare=True,
        most=6,
    ),
    "report-parts-memory": Goal(what="peak of the same, of records in parts", unit="MB", most=4000),
    **{
        f"dollars-{short}-{way}": Goal(
            what=f"an interval of one width, {name}, cache {kind}",
            unit="$",
            rival="a fresh session each",
            most=1 / 5,
        )
        for short, kind in (
            ("half", "at half price"),
            ("tenth", "at a tenth"),
            ("written", "at a tenth, written for a quarter more"),
        )
        for way, name in (("growing", "growing sessions"), ("adaptive", "an adaptive run"))
    },
}
"""By key, in the order of the page."""


def told(key: str, measured: float, rival: float | None = None) -> None:
    """Print the line of one goal.

    Args:
        key: Of GOALS.
        measured: In the goal's unit.
        rival: What the goal's rival came to in the same unit; given exactly where it has one, but
            for a bare goal, which can do without.

    Raises:
        ValueError: A rival was measured where the goal has none, or the other way round.
    """
    goal = GOALS[key]
    if bool(goal.rival) != (rival is not None) and not (goal.bare and rival is None):
        wanted = f"what {goal.rival} came to" if goal.rival else "no rival"
        raise ValueError(f"goal {key!r} is held against {goal.rival or 'nothing'}: give {wanted}")
    ratio = None if rival is None else measured / rival
    line: dict[str, Any] = {
        "key": key,
        "what": goal.what,
        "measured": measured,
        "unit": goal.unit,
        "rival": goal.rival or None,
        "rival_measured": rival,
        "ratio": ratio,
        "goal": goal.stated(),
        "met": goal.met(measured if ratio is None or goal.bare else ratio),
    }
    print(MARK + json.dumps(line), flush=True)


def as_ratio(value: float) -> str:
    """A ratio as people say it.

    >>> as_ratio(0.25), as_ratio(0.054), as_ratio(2.16)
    ('1/4', '1/19', '2.2')
    """
    return number(value, digits=2) if value >= 1 or value <= 0 else f"1/{number(1 / value, 2)}"


def number(value: float, digits: int = 3) -> str:
    """So many digits of a number, thousands apart, never an exponent.

    >>> number(1234567.0), number(0.81234), number(6.0), number(50), number(999.7)
    ('1,234,567', '0.812', '6', '50', '1,000')
    """
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    short = f"{value:.{digits}g}"
    return f"{float(short):,.6f}".rstrip("0").rstrip(".") if "e" in short else short


if __name__ == "__main__":
    for key, goal in GOALS.items():
        print(f"{key:<20}{goal.what}: {goal.stated()}" + f" of {goal.rival}" * bool(goal.rival))
