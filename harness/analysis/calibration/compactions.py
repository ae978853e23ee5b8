"""Sessions under a compaction whose losses are known, to calibrate the advice with.

Each seed is replayed twice, as a run does: once sent whole, and once compacted. Its one rule: what
is true is written here and nowhere else; records tell what a run's records tell, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.records import from_records
from harness.core.draws import unit
from harness.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

MESSAGE_TOKENS = 50
"""Of each message of a simulated session."""
SUMMARY_TOKENS = 400
"""Of each summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCompaction:
    """What is true of a model and of a compaction of its sessions."""

    recall: Callable[[float], float]
    """Of a fact in view, by the fill of the prompt."""
    first: float = 0.7
    """Share of facts that the first summary holds."""
    later: float = 0.9
    """And each later one, of those that the one before held."""
    at: float = 0.4
    """Fill at which sessions are compacted."""
    window: int = 8_000
    seeds: int = 12
    facts: int = 8
    checkpoints: int = 12
    study: int = 0
    """Which of several studies of the same truth: it decides all chance."""

    def records(self) -> pl.DataFrame:
        """What a run of it would have recorded."""
        return from_records(record for seed in range(self.seeds) for record in self._of_seed(seed))

    def _of_seed(self, seed: int) -> Iterator[Record]:
        total = round(0.97 * self.window / MESSAGE_TOKENS)
        said = sorted(int(unit("said", self.study, seed, i) * total) for i in range(self.facts))
        cuts = [round(total * (i + 1) / self.checkpoints) for i in range(self.checkpoints)]
        early = max(round(0.05 * total), 2)  # while the window is nearly empty
        for fact, _ in enumerate(said):
            yield self._record(seed, fact, 0, early, early, 0, (), "send_all")
        for fact, message in enumerate(said):
            for cut in (one for one in cuts if one > message):
                yield self._record(seed, fact, message, cut, cut, 0, (), "send_all")
                summaries, tokens = self._compacted(cut)
                rounds = sum(one > message for one in summaries)
                yield self._record(
                    seed, fact, message, cut, tokens, rounds, summaries, self._policy
                )

    @property
    def _policy(self) -> str:
        return f"summarise?at={self.at:g}&keep=0&budget={SUMMARY_TOKENS}"

    def _compacted(self, cut: int) -> tuple[tuple[int, ...], int]:
        """Before which message each summary stands, and how many messages' room the prompt has."""
        size, found = 0, []
        for message in range(cut):
            if size * MESSAGE_TOKENS >= self.at * self.window:
                found.append(message)
                size = SUMMARY_TOKENS // MESSAGE_TOKENS
            size += 1
        return tuple(found), size

    def _held(self, seed: int, fact: int, rounds: int) -> bool:
        shares = [self.first, *[self.later] * (rounds - 1)][:rounds]
        return all(
            unit("held", self.study, seed, fact, i) < share for i, share in enumerate(shares)
        )

    def _record(  # noqa: PLR0917 -- what is asked of what
        self,
        seed: int,
        fact: int,
        message: int,
        cut: int,
        size: int,
        rounds: int,
        summaries: tuple[int, ...],
        policy: str,
    ) -> Record:
        held = self._held(seed, fact, rounds)
        fill = size * MESSAGE_TOKENS / self.window
        lucky = unit("read", self.study, seed, fact, cut, policy) < self.recall(fill)
        recalled = held and lucky
        done = len(summaries)
        return Record(
            key=f"{policy}/{seed}/{fact}/{cut}",
            run_id="simulated",
            scenario="simulated",
            session=f"simulated/{seed}",
            seed=seed,
            repeat=0,
            arm="main",
            model="simulated",
            window_limit=self.window,
            policy=policy,
            memory="none",
            layout="growing",
            fill_requested=None,
            fill=cut * MESSAGE_TOKENS / self.window,
            position_requested=None,
            position=message / cut,
            gap_tokens=(cut - message) * MESSAGE_TOKENS,
            session_tokens=cut * MESSAGE_TOKENS,
            view_tokens=size * MESSAGE_TOKENS,
            prompt_tokens=size * MESSAGE_TOKENS,
            cached_tokens=None,
            completion_tokens=4,
            usage_source="provider",
            cost_usd=0.0,
            question_id=f"fact-{fact}",
            fact=f"fact-{fact}",
            probe=f"fact-{fact}@trunk:{cut}",
            probe_kind="recall",
            counts="recall",
            guess=0.0,
            question="",
            expected=("it",),
            reply="it" if recalled else "no",
            score=float(recalled),
            outcome="recalled" if recalled else "abstained" if held else "evicted",
            status="ok",
            error=None,
            in_view=held,
            server_truncated=False,
            session_number=1,
            latency_s=None,
            attempts=1,
            started_at="2026-01-02T03:04:05+00:00",
            trunk=f"{policy}/{seed}",
            view=((0, 1), (summaries[-1], cut)) if done else ((0, cut),),
            plant_messages=(message,),
            compactions=done,
            compacted_from=round(self.at * self.window) if done else None,
            compacted_to=SUMMARY_TOKENS if done else None,
        )
