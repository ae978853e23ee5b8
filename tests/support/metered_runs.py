"""Runs that never took place, drawn from a generator: sessions, a server, a reader, and records.

Thousands of them cost what one run over HTTP costs, so a judgement can be put to many servers whose
truth is known. Only what a meter can see of a run is drawn: sizes, counts, and what was recalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Server:
    """Counts, caches and drops."""

    constant: float = 3.0
    per_message: float = 4.0
    ratios: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """By kind of text: said, filler, code, script."""
    noise: float = 0.0
    """How far one message is from the ratio of its kind, as a share of it."""
    most: float = np.inf
    """Own tokens past which it drops."""
    to: float = 1.0
    """Share of these that it keeps then."""
    head: float = 0.0
    """Share of what it keeps that it keeps at the start."""
    keeps_system: bool = True
    usage: str = "whole"
    """whole, uncached, told (uncached, and the rest beside it), capped, or none."""
    quantum: int = 1
    cap: float = np.inf


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Recalls what it was given with a probability that falls with the fill."""

    onset: float = 2.0
    at_best: float = 1.0
    at_worst: float = 0.0

    def recall(self, fill: float) -> float:
        """Probability of recall."""
        lost = min(1.0, max(0.0, (fill - self.onset) / 0.2))
        return self.at_best + (self.at_worst - self.at_best) * lost


def metered_run(
    server: Server,
    reader: Reader,
    *,
    seeds: int = 6,
    limit: int = 8000,
    layout: str = "growing",
    facts: int = 5,
    cuts: int = 7,
    kinds: tuple[int, int] = (0, 1),
    draw: int = 0,
) -> list[dict[str, Any]]:
    """Records of a run.

    Args:
        server: Whose meter it is.
        reader: Who recalls.
        seeds: Sessions.
        limit: Of the window.
        layout: growing, or grid: then each fill has a session of its own.
        facts: In each session.
        cuts: Lengths at which it is asked, beside two nearly empty ones.
        kinds: Kinds of text of what is said, and of the filler.
        draw: Seeds the generator.
    """
    rng = np.random.default_rng(draw)
    found: list[dict[str, Any]] = []
    for seed in range(seeds):
        fills = [(k + rng.uniform()) / cuts * 0.93 + 0.05 for k in range(cuts)]
        for fill in (0.02, 0.045):
            made = _session(rng, fill * limit, facts if fill > 0.03 else 2, kinds)
            found += _asked(made, [len(made.sizes)], server, reader, seed, limit, rng)
        if layout == "growing":
            made = _session(rng, fills[-1] * limit, facts, kinds)
            lengths = np.cumsum(made.sizes + MESSAGE_OVERHEAD)
            stops = [int(np.searchsorted(lengths, fill * limit)) for fill in fills]
            found += _asked(made, stops, server, reader, seed, limit, rng)
        else:
            for fill in fills:
                made = _session(rng, fill * limit, facts, kinds)
                found += _asked(made, [len(made.sizes)], server, reader, seed, limit, rng)
    return found


@dataclass(frozen=True)
class _Made:
    """A session: its messages by size and kind, and which of them say facts."""

    sizes: Floats
    kinds: NDArray[np.int64]
    facts: Sequence[int]
    name: str


def _session(rng: np.random.Generator, tokens: float, facts: int, kinds: tuple[int, int]) -> _Made:
    sizes, own = [25.0], [kinds[0]]
    while sum(sizes) + MESSAGE_OVERHEAD * len(sizes) < tokens - 40 * facts:
        sizes.append(float(rng.integers(8, 90)))
        own.append(kinds[1])
    places = sorted(rng.integers(1, len(sizes) + 1, facts), reverse=True)
    for place in places:
        sizes[place:place] = [22.0, 8.0]
        own[place:place] = [kinds[0]] * 2
    said = [place + 2 * (facts - 1 - index) for index, place in enumerate(places)]
    return _Made(np.array(sizes), np.array(own), sorted(said), str(rng.integers(1 << 60)))


def _asked(  # noqa: PLR0917 -- what a record is made of
    made: _Made,
    stops: Sequence[int],
    server: Server,
    reader: Reader,
    seed: int,
    limit: int,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    noise = 1 + server.noise * rng.normal(size=len(made.sizes))
    own = server.per_message + np.array(server.ratios)[made.kinds] * made.sizes * noise
    found = []
    cached = 0.0
    for stop in sorted(set(stops)):
        for fact, place in enumerate(made.facts):
            if place >= stop:
                continue
            question = float(rng.integers(10, 18))
            kept, whole, read = _kept(own[:stop], question, server)
            place_kept = bool(kept[place])
            recalled = place_kept and rng.uniform() < reader.recall(read / limit)
            counted, told = _usage(server, read, cached)
            cached = max(cached, float(server.constant + own[:stop].sum()) // 16 * 16)
            texts = [0.0] * 4
            for kind in range(4):
                texts[kind] = float(made.sizes[:stop][made.kinds[:stop] == kind].sum())
            texts[0] += question
            local = PRIMING + MESSAGE_OVERHEAD * (stop + 1) + sum(texts)
            behind = question + MESSAGE_OVERHEAD + PRIMING
            behind += float((made.sizes[place:stop] + MESSAGE_OVERHEAD).sum())
            found.append(
                {
                    "run_id": "run", "model": "m", "scenario": "s", "variant": "",
                    "session": f"s/{seed}", "trunk": made.name, "view": [[0, stop]],
                    "view_tokens": round(local), "session_tokens": round(local),
                    "kind_tokens": [round(text) for text in texts], "provider_tokens": counted,
                    "prompt_tokens": counted or round(local), "cached_tokens": told,
                    "usage_source": "provider" if counted is not None else "local",
                    "exact_tokens": None, "started_at": f"{len(found):06}", "arm": "main",
                    "probe_kind": "recall", "counts": "recall", "score": float(recalled),
                    "status": "ok",
                    "outcome": "recalled" if recalled else "fabricated", "in_view": True,
                    "plant_behind": [round(behind)], "gap_tokens": round(behind) - 40,
                    "window_limit": limit, "expected": [f"{seed} {fact}"], "fact": str(fact),
                    "fill": 0.0, "miss": None if recalled else "fabricated", "question": "?",
                    "server_truncated": None, "truth": whole > read, "truly_kept": place_kept,
                    "truly_whole": whole,
                }
            )  # fmt: skip
    return found


def _kept(own: Floats, question: float, server: Server) -> tuple[NDArray[np.bool_], float, float]:
    """Which messages are kept, and own tokens of the prompt and of what was read of it."""
    asked = server.constant + server.per_message + server.ratios[0] * question
    whole = float(np.ceil(asked + own.sum()))
    kept = np.ones(len(own), dtype=np.bool_)
    if whole <= server.most:
        return kept, whole, whole
    room = server.to * server.most - asked
    kept[:] = False
    if server.keeps_system:
        kept[0] = True
        room -= own[0]
    free = np.flatnonzero(~kept)
    kept[free[np.cumsum(own[free]) <= server.head * room]] = True
    left = room - own[free][np.cumsum(own[free]) <= server.head * room].sum()
    rest = free[~kept[free]][::-1]
    if server.head < 1:
        kept[rest[np.cumsum(own[rest]) <= left]] = True
    return kept, whole, float(np.ceil(asked + own[kept].sum()))


def _usage(server: Server, read: float, cached: float) -> tuple[int | None, int | None]:
    held = min(cached, read) if cached else 0.0
    if server.usage == "none":
        return None, None
    counted, told = read, None
    if server.usage in {"uncached", "told"}:
        counted = max(read - held, 1)
        told = int(held) if server.usage == "told" else None
    if server.usage == "capped":
        counted = min(read, server.cap)
    rounded = int(server.quantum * round(counted / server.quantum))
    return rounded or None, told
