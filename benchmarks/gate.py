"""How often the gate is wrong: nights on which nothing changed, and nights on which something did.

Every simulated probe has a chance of recall of its own: most are stable, some are flaky; sessions
have their luck. A baseline is blessed once, and thirty nights are judged against it. Verdicts are
those of `harness.gate.decision`, the code that judges real runs, over all recall and by
scenario with Holm's correction, confirmed by a fresh repeat; the first nights are judged again by
the whole of `harness.gate.look`, which must say the same. Beside it stand the two gates people use.
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from harness.analysis.stats.paired_tests import holm_rows
from harness.gate.decision import GateRule, fires, looks, sessions_to_plan
from harness.gate.look import look
from harness.gate.results import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Scores = npt.NDArray[np.float64]
    Yes = npt.NDArray[np.bool_]

PAIRS = 1_000
NIGHTS = 30
SCENARIOS = 4
PROBES = 10
FLAKY = 0.12
"""Share of probes that are answered now so, now so."""
LUCK = 0.25
"""Standard deviation of a session's luck, in log odds."""
RULE = GateRule()
CHECKED = 10
"""Pairs that the whole gate judges, too."""


class World:
    """Pairs of runs of so many sessions, each with its own probes.

    Args:
        sessions: Of all scenarios together; a multiple of their number.
        repeats: Answers of the baseline to each question.
        draws: Source of chance.
    """

    def __init__(self, sessions: int, repeats: int, draws: np.random.Generator) -> None:
        self.draws = draws
        shape = (PAIRS, sessions, PROBES)
        stable = np.where(draws.random(shape) < 0.92, 0.995, 0.005)
        self.chance = np.where(draws.random(shape) < FLAKY, draws.beta(2, 2, shape), stable)
        self.odds = np.log(self.chance / (1 - self.chance))
        self.first = self.run()
        more = [self.run() for _ in range(repeats - 1)]
        self.baseline = np.mean([self.first, *more], axis=0)

    def run(self, drop: float = 0.0) -> Scores:
        """Scores of a night, shape (pairs, sessions, probes), after a loss of so much recall."""
        luck = self.draws.normal(0, LUCK, (*self.odds.shape[:2], 1))
        right = self.draws.random(self.odds.shape) < 1 / (1 + np.exp(-self.odds - luck))
        if drop:
            right &= self.draws.random(right.shape) >= drop / self.chance.mean()
        return right.astype(np.float64)

    def discordant(self) -> float:
        """Share of pairs that differ between two runs of the same."""
        return float((self.run() != self.run()).mean())


@dataclass(frozen=True)
class Gate:
    """A way to fail a night; a fresh repeat of it is made only if asked for."""

    name: str
    fails: Callable[[World, Scores, Callable[[], Scores]], Yes]


def fired(world: World, night: Scores, rule: GateRule) -> Yes:
    """Which tests fire, shape (pairs, 1 + scenarios): all recall first."""
    means = (night - world.baseline).mean(axis=2)
    sessions = means.shape[1]
    whole = looks(means, rule, n_probes=sessions * PROBES)
    found = [fires(whole.effect, whole.lo, whole.p_worse, rule)]
    each = sessions // SCENARIOS
    if each >= 5:
        parts = [
            looks(means[:, i * each : (i + 1) * each], rule, n_probes=each * PROBES)
            for i in range(SCENARIOS)
        ]
        p_worse = holm_rows(np.stack([part.p_worse for part in parts], axis=1))
        found += [fires(part.effect, part.lo, p_worse[:, i], rule) for i, part in enumerate(parts)]
    return np.stack(found, axis=1)


def ours(world: World, night: Scores, again: Callable[[], Scores], rule: GateRule = RULE) -> Yes:
    """This gate: a test that fires must fire again on fresh answers."""
    first = fired(world, night, rule)
    return (first & fired(world, again(), rule)).any(axis=1) if first.any() else first.any(axis=1)


def one_look(world: World, night: Scores, _again: Callable[[], Scores]) -> Yes:
    """This gate without the second look and the least drop: a one-sided t test each night."""
    means = (night - world.baseline).mean(axis=2)
    return looks(means, RULE, n_probes=means.shape[1] * PROBES).hi < 0


def raw(world: World, night: Scores, _again: Callable[[], Scores]) -> Yes:
    """Any recall below that of the last good run."""
    return night.mean(axis=(1, 2)) < world.first.mean(axis=(1, 2))


def fixed(world: World, night: Scores, _again: Callable[[], Scores]) -> Yes:
    """Recall below a number in the test file: that of a good run, rounded, less the margin."""
    threshold = np.floor(100 * world.first.mean(axis=(1, 2))) / 100 - RULE.margin
    return night.mean(axis=(1, 2)) < threshold


GATES = (
    Gate("raw difference", raw),
    Gate("fixed threshold (5 points under a good run)", fixed),
    Gate("one-sided t at 0.05, one look", one_look),
    Gate("harness check", ours),
)


def nights(world: World, gate: Gate, count: int, drop: float = 0.0) -> tuple[float, float]:
    """Shares of pairs that fail on the first night, and on any of so many."""
    ever = np.zeros(PAIRS, dtype=bool)
    first = 0.0
    for number in range(count):
        failed = gate.fails(world, world.run(drop), lambda: world.run(drop))
        ever |= failed
        first = float(failed.mean()) if number == 0 else first
    return first, float(ever.mean())


def agrees(world: World) -> int:
    """On how many of the first pairs the whole gate fires exactly where the arrays do."""
    night = world.run(0.08)
    arrays = fired(world, night, RULE)
    same = 0
    for i in range(CHECKED):
        frames = tuple(_frame(scores[i]) for scores in (world.baseline, night))
        tests = look({_CELL: frames}, ("a", "b"), RULE, onset=False)
        same += [test.fires for test in tests] == arrays[i].tolist()
    return same


_CELL = Conditions(model="m", variant="", window_limit=1, policy="p", memory="m", layout="growing")


def _frame(scores: Scores) -> pl.DataFrame:
    """The scores of one run as the gate reads them."""
    sessions, probes = scores.shape
    each = sessions // SCENARIOS
    index = [(s, p) for s in range(sessions) for p in range(probes)]
    return pl.DataFrame(
        {
            "scenario": [f"s{s // each}" for s, _ in index],
            "session": [f"s{s // each}/{s % each}" for s, _ in index],
            "seed": [s % each for s, _ in index],
            "probe": [f"f@{p}" for _, p in index],
            "probe_kind": ["recall"] * len(index),
            "fill": [0.5] * len(index),
            "score": scores.ravel(),
        }
    )


def claim(name: str, measured: float, bar: float, *, least: bool = False) -> bool:
    """Print a claim beside what was measured; whether it holds."""
    holds = measured >= bar if least else measured <= bar
    sign = ">=" if least else "<="
    told = "ok" if holds else "MISSED"
    print(f"  {name:<62} {100 * measured:6.1f} %  {sign} {100 * bar:.0f} %  {told}")
    return holds


def main() -> int:
    """Every table; 1 when a claim does not hold."""
    started = time.process_time()
    draws = np.random.default_rng(20_260_101)
    five, one = World(40, 5, draws), World(40, 1, draws)
    psi = five.discordant()
    print(
        f"{PAIRS:,} pairs of runs; 40 sessions of {PROBES} probes; {100 * psi:.1f} % of answers"
        " differ\nbetween two runs of the same; baseline of 5 repeats (of 1)\n"
    )
    head = (f"{'A/A, 1 night':>16}", f"A/A, {NIGHTS} nights", "drop of 5", "of 10")
    print(f"{'fails, %':<44}{head[0]}{head[1]:>16}{head[2]:>15}{head[3]:>15}")
    table = {}
    for gate in GATES:
        cells = []
        for world in (five, one):
            aa = nights(world, gate, NIGHTS)
            drops = [nights(world, gate, 1, drop)[0] for drop in (0.05, 0.10)]
            cells.append((*aa, *drops))
        table[gate.name] = cells[0]
        shown = [f"{100 * a:.1f} ({100 * b:.1f})" for a, b in zip(*cells, strict=True)]
        print(f"{gate.name:<44}{shown[0]:>16}{shown[1]:>16}{shown[2]:>15}{shown[3]:>15}")
    print("\nA drop inside the margin of 5 points: what harness check says, % of 1,000 pairs")
    inside = {}
    for drop in (0.01, 0.02, 0.03, 0.04):
        inside[drop] = nights(five, GATES[-1], 1, drop)[0]
        print(f"  {100 * drop:.0f} points: fails {100 * inside[drop]:.1f}")
    print("  from 0.6 of the margin (3 points) on it may fail: a real drop, which more seeds pass")
    print("\nClaims")
    ours_ = table["harness check"]
    ok = [
        claim("A/A, one night, fails", ours_[0], 0.05),
        claim(f"A/A, {NIGHTS} nights against one baseline, fails", ours_[1], 0.03),
        claim("a drop inside the margin (1 point), fails", inside[0.01], 0.05),
        claim("a drop inside the margin (2 points), fails", inside[0.02], 0.05),
        claim("a drop of 5 points, 40 sessions, found", ours_[2], 0.80, least=True),
    ]
    for margin in (0.05, 0.10):
        rule = GateRule(margin=margin)
        planned = sessions_to_plan(rule, per_session=PROBES, discordant=psi)
        sessions = SCENARIOS * math.ceil(planned / SCENARIOS)
        world = World(sessions, 5, draws)
        gate = Gate("planned", lambda w, n, a, rule=rule: ours(w, n, a, rule))
        found = nights(world, gate, 1, 0.10)[0]
        name = f"a drop of 10 points, margin {100 * margin:.0f}, {sessions} planned sessions, found"
        ok.append(claim(name, found, 0.80, least=True))
    same = agrees(five)
    ok.append(
        claim(
            "pairs on which the whole gate fires as the arrays do", same / CHECKED, 1.0, least=True
        )
    )
    print(f"\n{time.process_time() - started:.0f} s of CPU")
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
