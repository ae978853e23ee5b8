"""Dollars for one interval: growing sessions and an adaptive run, against a fresh session a probe.

    python benchmarks/dollars.py [--seeds 6] [--window 16k] [--fills 12] [--half-width 0.06]
                                 [--write]

All are asked of one law behind a real server that bills like a provider, by three price lists: a
cache that works by itself at half the price, one at a tenth, and one that is written only where it
is told to, for a quarter more. Records say the same dollars as the server, or the benchmark fails.

Intervals of two runs are never equally wide, so dollars are put at the width of the adaptive run:
an interval narrows with the square root of the probes, and the bill grows with them. How wide it
comes out for a number of probes is the mean of many draws (`probe_worth.py`), for one study tells
it badly; it has nothing to do with prices. `--write` puts the table into docs/costs.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file does not see the folder it is in

from benchmarks.billing import serve  # noqa: E402 -- the path comes first
from benchmarks.goals import as_ratio, told  # noqa: E402 -- likewise
from benchmarks.probe_worth import of_fills, of_search  # noqa: E402 -- likewise
from harness import Fills, Study, estimate_onset, load, read_records, run  # noqa: E402 -- likewise
from harness.adaptive.goal import SearchGoal  # noqa: E402 -- likewise
from harness.adaptive.run import run_adaptive  # noqa: E402 -- likewise
from harness.core.near_empty import near_empty_fill  # noqa: E402 -- likewise
from harness.models.catalog import price  # noqa: E402 -- likewise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.probe_worth import Floats
    from harness.core.scenario import Scenario

LISTS = {
    "openai/gpt-4o": "half",
    "openai/gpt-5": "tenth",
    "anthropic/claude-sonnet-4-5": "written",
}
"""Models whose prices are taken, and what the goals call them."""
FRESH, GROWING, ADAPTIVE = WAYS = ("fresh session each", "growing", "adaptive, growing")
ONSET, SLOPE = 0.55, 1.5
LAW = f"fading?onset={ONSET}&slope={SLOPE}&limit={{limit}}"
TRUTH = ONSET + 0.05 / SLOPE
"""Where recall is first five points below the plateau."""
STUDIES = 3
"""Adaptive runs that are played for each list, and a quarter of the draws of the others."""
POSITIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
PAGE = ROOT / "docs" / "costs.md"
BEGIN = "<!-- made by: python benchmarks/dollars.py --write -->"
END = "<!-- until here -->"
HEADS = ("prices of", "asked as", "probes", "tokens", "from the cache", "onset", "dollars",
         "at one width", "of fresh")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How large the studies are."""

    seeds: int
    window: int
    fills: int
    half_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What one way of asking came to by one price list."""

    model: str
    way: str
    probes: int
    tokens: int
    cached: float
    usd: float
    onset: float
    lo: float
    hi: float
    worth: float
    """Probes that an interval as wide as the window would take, the mean of many studies."""


def main() -> None:
    """Ask each way by each price list, and print the bills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--window", default="16k")
    parser.add_argument("--fills", type=int, default=12, help="checkpoints of a growing session")
    parser.add_argument("--half-width", type=float, default=0.06, help="where adaptive runs stop")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--write", action="store_true", help="put the table into docs/costs.md")
    given = parser.parse_args()
    asked = Asked(
        seeds=given.seeds,
        window=int(given.window.removesuffix("k")) * 1000,
        fills=given.fills,
        half_width=given.half_width,
    )
    cells = [(model, way, asked) for way, model in product(reversed(WAYS), LISTS)]
    with ProcessPoolExecutor(given.jobs) as pool:
        bought = list(pool.map(buy, *zip(*cells, strict=True)))
    found = table(bought)
    print(found)
    if given.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(f"{head}{BEGIN}\n{made(asked)}\n\n{found}\n{END}{tail}", encoding="utf-8")
    for model, short in LISTS.items():
        usd = at_one_width(bought, model)
        told(f"dollars-{short}-growing", usd[GROWING], usd[FRESH])
        told(f"dollars-{short}-adaptive", usd[ADAPTIVE], usd[FRESH])


def buy(model: str, way: str, asked: Asked) -> Bought:
    """One study against a server of its own.

    Raises:
        RuntimeError: It did not end, found no interval, or its records and the bill differ.
    """
    os.environ["HARNESS_NO_CACHE"] = "1"
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    charged = price(model)
    if charged is None:
        raise RuntimeError(f"litellm {version('litellm')} has no price of {model}")
    scenario = load(ROOT / "scenarios" / "brand-voice.yaml")
    with (
        serve(LAW.format(limit=asked.window), charged) as server,
        tempfile.TemporaryDirectory() as out,
    ):
        base = server.api_base if model.startswith("openai/") else server.api_base[: -len("/v1")]
        options = [("api_base", base), ("api_key", "none"), ("max_tokens", "64")]
        folder = replayed(scenario, model, way, asked, options, Path(out))
        frame = read_records(folder).collect()
        found = estimate_onset(frame, control=near_empty_fill(asked.window))
        bill = server.bill
        recorded = float(frame["cost_usd"].sum())
    if found.lo is None or found.hi is None or found.onset is None:
        raise RuntimeError(f"{model}, {way}: no interval to compare: {found.message}")
    if abs(bill.usd - recorded) > 1e-6 * bill.usd:
        raise RuntimeError(f"{model}, {way}: records say ${recorded}, the server ${bill.usd}")
    return Bought(
        model=model,
        way=way,
        probes=frame.height,
        tokens=bill.prompt_tokens,
        cached=bill.cached_tokens / bill.prompt_tokens,
        usd=bill.usd,
        onset=found.onset,
        lo=found.lo,
        hi=found.hi,
        worth=worth(frame, scenario, model, way, asked),
    )


def worth(frame: pl.DataFrame, scenario: Scenario, model: str, way: str, asked: Asked) -> float:
    """What a probe of that way is worth, by draws of this list's own."""
    control = near_empty_fill(asked.window)
    if way != ADAPTIVE:
        probes = frame.filter(pl.col("counts") == "recall").select("session", "fill")
        return of_fills(probes, recall, 4 * STUDIES, control)
    first = STUDIES * list(LISTS).index(model)
    return of_search(
        recall,
        range(first, first + STUDIES),
        control,
        half_width=asked.half_width,
        sessions=2 * asked.seeds,
        shared=len(scenario.said_questions),
    )


def recall(fill: Floats) -> Floats:
    """The law's chance of an answer at each fill."""
    return np.clip(1 - SLOPE * np.maximum(fill - ONSET, 0), 0, 1)


def replayed(  # noqa: PLR0917 -- what a study is
    scenario: Scenario,
    model: str,
    way: str,
    asked: Asked,
    options: Sequence[tuple[str, object]],
    out: Path,
) -> Path:
    """The folder of one run.

    Raises:
        RuntimeError: It did not end by itself.
    """
    study = Study(
        scenarios=(replace(scenario, layout="grid" if way == FRESH else "growing"),),
        models=(model,),
        windows=(str(asked.window),),
        seeds=asked.seeds,
        first_seed=2 * asked.seeds * list(LISTS).index(model),  # other sessions by each list
        options=tuple(options),
        controls=False,
    )
    if way == ADAPTIVE:
        study = replace(study, seeds=2 * asked.seeds)  # ten are the least that it stops with
        goal = SearchGoal(half_width=asked.half_width)
        found, (ended,) = run_adaptive(study, goal, out=out)
        if not ended.enough:
            raise RuntimeError(f"{model}, {way}: {ended.reason}")
        return found.folder
    if way == FRESH:
        study = replace(study, positions=POSITIONS)
    found = run(replace(study, fills=Fills(count=asked.fills)), out=out)
    if not found.complete:
        raise RuntimeError(f"{model}, {way}: {found}")
    return found.folder


def at_one_width(bought: Sequence[Bought], model: str) -> dict[str, float]:
    """Dollars of each way by one list, for an interval as wide as that of the adaptive run."""
    means = {way: fmean(one.worth for one in bought if one.way == way) for way in WAYS}
    own = {one.way: one for one in bought if one.model == model}
    square = means[ADAPTIVE] / own[ADAPTIVE].probes
    return {way: own[way].usd / own[way].probes * means[way] / square for way in WAYS}


def table(bought: Sequence[Bought]) -> str:
    """The table, in Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    for model in LISTS:
        usd = at_one_width(bought, model)
        for way in WAYS:
            (one,) = (one for one in bought if (one.model, one.way) == (model, way))
            cells = (
                f"`{model}`", way, f"{one.probes:,}", f"{one.tokens:,}", f"{one.cached:.0%}",
                f"{one.onset:.0%} ({one.lo:.0%}–{one.hi:.0%})", f"${one.usd:.3f}",
                f"${usd[way]:.3f}", "1" if way == FRESH else as_ratio(usd[way] / usd[FRESH]),
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def made(asked: Asked) -> str:
    """When and how the table was made, and by which prices."""
    lines = []
    for model in LISTS:
        charged = price(model)
        assert charged is not None  # noqa: S101 -- the studies were billed by it
        write = charged.cache_write_per_token
        extra = "" if write is None else f", ${1e6 * write:g} written to it"
        lines.append(
            f"`{model}` ${1e6 * charged.input_per_token:g} a million tokens, "
            f"${1e6 * charged.cached_input_per_token:g} from the cache{extra}"
        )
    return (
        f"Made on {datetime.now(tz=UTC):%Y-%m-%d} in a window of {asked.window:,} tokens, with the"
        f" prices of litellm {version('litellm')}: {'; '.join(lines)}. The onset is at"
        f" {TRUTH:.0%} in truth."
    )


if __name__ == "__main__":
    main()
