"""What is made of a provider's counts when all of them are in: which prompts it did not read whole.

One rule: truncation needs proof. Counts that cannot be trusted prove nothing, and what cannot be
told is said to be unknown.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.runs.meter.cached import whole_counts
from harness.runs.meter.cap import find_cap
from harness.runs.meter.columns import CodedColumn
from harness.runs.meter.dropped import Dropping, dropping
from harness.runs.meter.fit import fit, rounding

if TYPE_CHECKING:
    from harness.runs.meter.cached import WholeCounts
    from harness.runs.meter.cap import Cap
    from harness.runs.meter.readings import Flags, Floats, Readings

_FAR_BELOW = 0.6
"""A count below this share of what was expected is not of the whole prompt."""
_COARSE = 0.004
"""Counts that are rounded to more than this share of the window are made finer by ours."""
_EXACT = 0.001
"""How far counts of one prompt before and after it is sent may differ, as a share of it."""
_SHORT_OF_EXACT = 8.0
"""Tokens by which a prompt may be counted differently before it is sent and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What came of the calls of one model in one run, a row a call, in twenty bytes each."""

    truncated: CodedColumn[bool | None]
    lost: CodedColumn[bool | None]
    """Whether a plant that the answer needs lies in the part that was dropped."""
    tokens: array[int]
    """Prompt tokens: of what was read where a part was dropped, else of the whole prompt."""
    source: CodedColumn[str]
    """What they rest on: provider, provider+cached, exact, local."""
    whole: array[float]
    """Provider's tokens of the whole prompt."""
    part: CodedColumn[str | None]
    """What was dropped of it: start, middle, end, unknown; None where nothing was."""


def verdicts(x: Readings) -> Verdicts:
    """What came of calls.

    Args:
        x: Calls of one model in one run.
    """
    counts = whole_counts(x)
    quantum = rounding(counts.tokens)
    state = _State(x, counts, quantum)
    for scenario in np.unique(x.scenario):
        state.look_at(x.scenario == scenario)
    state.look_at_exact()
    return state.verdicts()


class _State:
    """Columns that are filled in scenario by scenario."""

    def __init__(self, x: Readings, counts: WholeCounts, quantum: float) -> None:
        self._x = x
        self._counts = counts
        self._quantum = quantum
        self._counted = ~np.isnan(counts.tokens)
        self._trusted = counts.trusted.copy()
        # 1 dropped, 0 read whole, -1 nobody can tell
        self._truncated = np.where(self._counted, 0, -1).astype(np.int8)
        self._lost = np.full(len(x), -1, dtype=np.int8)
        self._whole = x.local.astype(np.float64)
        self._part = np.zeros(len(x), dtype=np.int8)
        self._exact = _of_this_meter(x, counts, quantum)

    def look_at(self, rows: Flags) -> None:
        """Judge the calls of one scenario."""
        seen = rows & self._trusted
        if not seen.any():
            self._distrust(rows & self._counted)
            return
        own, tokens = self._x.only(seen), self._counts.tokens[seen]
        cap = find_cap(own, tokens, self._quantum)
        if cap is None:
            model = fit(own.messages, own.kinds, tokens, quantum=self._quantum)
        else:
            model = cap.model
        judged = self._x.only(rows)
        self._whole[rows] = np.maximum(model.predict(judged.messages, judged.kinds), 1.0)
        if cap is not None:
            self._cut(rows, cap)
        else:
            self._read_whole(rows)

    def _read_whole(self, rows: Flags) -> None:
        """Nothing was dropped: what counts far too little was counted in part."""
        far = rows & self._counted & (self._counts.tokens < _FAR_BELOW * self._whole)
        self._distrust(far | (rows & self._counted & ~self._counts.trusted))

    def _cut(self, rows: Flags, cap: Cap) -> None:
        """Counts stop growing: what was dropped, if anything was."""
        tokens, slack = self._counts.tokens, cap.model.slack
        missing = self._whole - tokens
        short = missing > np.maximum(slack * self._whole, 2.0 + self._quantum)
        past = self._whole > cap.tokens * (1 + slack) + self._quantum
        past |= short & (self._whole > cap.tokens)  # a token past it may cost a whole message
        cut = rows & self._trusted & past & short
        kept = self._kept(cut)
        way = dropping(self._x.only(cut), kept, slack, stuck=self._stuck(cut))
        below = rows & self._trusted & ~past & (tokens < _FAR_BELOW * self._whole)
        out_of_line = below.sum() > 0.2 * (rows & self._trusted & ~past).sum()
        if way is None or not cap.steady or out_of_line:
            self._distrust(rows & (past | below))
            return
        edge = past & (tokens <= cap.tokens * (1 + slack) + self._quantum)
        self._truncated[rows & edge & self._trusted] = -1
        self._truncated[cut] = 1 if cap.proven else -1
        # of a prompt as long as that nobody can tell where counts are not trusted
        self._truncated[rows & self._counted & ~self._trusted] = -1
        if not cap.proven:
            return
        self._blame(cut, way, slack)

    def _blame(self, cut: Flags, way: Dropping, slack: float) -> None:
        """Which of these prompts lost what they were asked for."""
        self._part[cut] = _PARTS.index(way.part)
        if way.part == "unknown":
            return
        own, kept = self._x.only(cut), self._kept(cut)
        surely, perhaps = (way.lost(own, kept, margin=side * slack) for side in (1, -1))
        self._lost[cut] = np.where(surely, 1, np.where(perhaps, -1, 0))
        self._lost[cut & np.isnan(self._x.behind)] = -1

    def _kept(self, rows: Flags) -> Floats:
        """Local tokens that the provider's counts stand for."""
        return self._x.local[rows] * self._counts.tokens[rows] / self._whole[rows]

    def _stuck(self, rows: Flags) -> bool:
        """Whether these count the very same: whole messages are dropped, and no two alike."""
        return len(np.unique(self._counts.tokens[rows])) <= 1 < int(rows.sum())

    def _distrust(self, rows: Flags) -> None:
        """These counts say nothing of what was read; perhaps what was recalled does."""
        self._trusted[rows] = False
        self._truncated[rows] = np.where(self._x.local[rows] <= _read_up_to(self._x), 0, -1)

    def look_at_exact(self) -> None:
        """Where the server counted the prompt beforehand, there is nothing to be learnt."""
        exact = self._exact
        self._whole[exact] = self._x.exact[exact]
        both = exact & self._counts.trusted
        missing = self._x.exact - self._counts.tokens
        short = missing > _tolerance(self._x.exact, self._quantum)
        self._truncated[both & ~short] = 0
        self._lost[both & ~short] = -1
        cut = both & short
        if not cut.any():
            return
        way = dropping(self._x.only(cut), self._kept(cut), _EXACT, stuck=False)
        if way is None:
            self._distrust(cut)
            return
        self._trusted[cut] = True
        self._truncated[cut] = 1
        self._blame(cut, way, _EXACT)

    def verdicts(self) -> Verdicts:
        """What came of it, row by row."""
        tokens = self._counts.tokens
        coarse = self._quantum > _COARSE * self._x.limit
        finer = (coarse | self._counts.guessed) & (self._truncated == 0)
        own = self._trusted & ~finer
        exact = ~own & self._exact
        source = np.where(own, np.where(self._counts.mended, 1, 0), np.where(exact, 2, 3))
        known = np.where(own, np.nan_to_num(tokens), self._whole)
        whole = np.where(own & (self._truncated == 0), np.nan_to_num(tokens), self._whole)
        return Verdicts(
            truncated=CodedColumn(self._truncated, _THREE),
            lost=CodedColumn(self._lost, _THREE),
            tokens=array("q", np.rint(known).astype(np.int64).tobytes()),
            source=CodedColumn(source.astype(np.int8), _SOURCES),
            whole=array("d", whole.tobytes()),
            part=CodedColumn(self._part, _PARTS),
        )


_THREE = (False, True, None)
"""By 0, 1 and -1, which is the last."""
_PARTS = (None, "start", "middle", "end", "unknown")
_SOURCES = ("provider", "provider+cached", "exact", "local")


def _of_this_meter(x: Readings, counts: WholeCounts, quantum: float) -> Flags:
    """Which exact counts are of the prompt as the model was given it.

    A counter that renders another template than the chat does (a thinking switch, a system message
    that went elsewhere) differs on the shortest prompts already, and nobody drops those.
    """
    exact = ~np.isnan(x.exact)
    both = exact & counts.trusted
    short = both & (x.local <= np.quantile(x.local[counts.trusted], 0.25)) if both.any() else both
    if short.any():
        differs = np.abs(x.exact - counts.tokens)[short]
        if np.median(differs) > np.median(_tolerance(x.exact[short], quantum)):
            return np.zeros(len(x), dtype=np.bool_)
    return exact


def _tolerance(exact: Floats, quantum: float) -> Floats:
    """By how much a prompt may be counted differently before it is sent and after."""
    tokens: Floats = np.maximum(_SHORT_OF_EXACT + quantum, 0.01 * exact)
    return tokens


def _read_up_to(x: Readings) -> float:
    """The longest prompt that was surely read whole, in local tokens.

    From prompts as long or longer, facts of the start, the middle and the end were recalled.
    """
    place = x.behind / x.local
    longest = []
    for low, high in ((0.0, 0.25), (0.35, 0.65), (0.8, 1.01)):
        there = x.told & x.recalled & (place >= low) & (place < high)
        lengths = np.sort(x.local[there])
        # the second longest: one may be recalled by chance
        longest.append(float(lengths[-2]) if len(lengths) > 1 else 0.0)
    return min(longest)
