"""What a report says, as frozen values: the shape that the JSON report publishes.

Its one rule: what was not measured is None. Fractions lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.analysis.advice.model import Advice
    from harness.analysis.comparison.within_run import Contrast, Middle
    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.summary.adherence_model import Adherence
    from harness.analysis.summary.memory_model import Treatments
    from harness.analysis.summary.rounds_model import SaidInContrast, Survival
    from harness.analysis.summary.shares import Bin, Count, Share

SUMMARY_SCHEMA = 1
"""Version of the fields below, as published in JSON reports."""

NEAR_FULL = 0.85
"""From this fill on a window counts as near full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the heat-map: ends of its bins of fill and position, and recall there."""

    fill_start: float
    fill_end: float | None
    position_start: float
    position_end: float
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeShare:
    """How often one thing happened in one bin of fill."""

    start: float
    end: float | None
    measured: bool
    """False for statuses that left no score."""
    name: str
    n: int
    share: float | None
    """Of the measured probes of the bin; None for what was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRecall:
    """One scenario inside a group."""

    scenario: str
    n: int
    share: Share | None
    """None with fewer than `MIN_SCENARIO_PROBES` probes."""
    onset: OnsetEstimate | None
    """Of all losses in this scenario; None with fewer than `MIN_ONSET_PROBES` probes or
    `MIN_ONSET_SESSIONS` sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who lost what; recalled, partial, losses and unscored add up to n."""

    n: int
    recalled: int
    partial: int
    """Some of a set: neither recalled nor lost."""
    by_application: int
    """The fact was out of the model's view: the application or the server dropped it."""
    by_server: int
    """Those of `by_application` that the server dropped."""
    by_model: int
    """It was, and the answer was wrong."""
    by_nobody: int = 0
    """Wrong answers where nobody can tell whether the server had dropped the fact."""
    causes: tuple[Count, ...]
    """Outcomes of the losses; those that never happened are left out."""
    unscored: tuple[Count, ...]
    """Statuses of the probes without a score."""
    mends: tuple[str, ...] = ()
    """What would let replies be measured that were cut before their answer, as flags; those that
    would mend most of them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotals:
    """What all calls of a group used, control arms included."""

    cost_usd: float | None
    """US dollars; None where the price of any answered call is not known."""
    n_cost_unknown: int
    """Answered calls without a price."""
    prompt_tokens: int
    completion_tokens: int
    cached_share: float | None
    """Of the prompt tokens of calls that report a cache, in [0, 1]; None where none does."""
    sources: tuple[Count, ...]
    """Whose meter counted the prompt tokens: provider or local."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Sessions of about one fill: how long they should have been, and how long they were."""

    start: float
    """Fills asked for above this."""
    end: float
    n: int
    target_tokens: int
    """Median of what was asked for, in the provider's tokens, question included."""
    local_tokens: int
    """Median length of the sessions by the local tokenizer, the question not counted."""
    provider_tokens: int
    """Median of the same sessions, question included, as the provider counts them."""
    error: float
    """Median of measured less requested fill, as a fraction of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The length ledger of a group: the provider's meter beside ours."""

    n: int
    """Calls that the provider's meter counted."""
    ratio: float | None
    """Median of the provider's tokens for one local token, of prompts that were read whole."""
    ratio_low: float | None
    ratio_high: float | None
    error: float | None
    """Median distance of measured from requested fill, as a fraction of the window; nearly empty
    windows not counted."""
    worst_error: float | None
    n_truncated: int
    """Prompts of which the server dropped a part."""
    dropped_from: int | None
    """The shortest of these, in the provider's tokens; None where there is none."""
    kept: int | None
    """Median of what the server counted of them, in its own tokens."""
    dropped: str | None = None
    """Which part it dropped of most of them: start, middle, end, unknown; None where of none."""
    n_untold: int = 0
    """Prompts of which nobody can tell whether all was read, though the provider does count."""
    n_corrected: int = 0
    """Prompts whose count was not of all that was sent, and gave way to ours."""
    by_fill: tuple[Length, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeError:
    """How often a judge errs, on answers that were planted for it."""

    judge: str
    n: int
    """Replies of the group that it graded."""
    false_wrong: Share
    """Right answers that it called wrong; `recall` is the rate, `sessions` is not used."""
    false_right: Share
    """Wrong answers that it called right; likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveGroup:
    """One curve: a model, a window, a policy, a memory and a layout, and perhaps a run."""

    run: str | None
    """The run it is of; None where it is of several, pooled."""

    model: str
    window_limit: int
    """Tokens."""
    policy: str
    memory: str
    layout: str
    n_records: int
    """All arms, all statuses."""
    n_probes: int
    """Main arm, something was said, scored."""
    n_sessions: int
    """Sessions that these come from."""
    max_fill: float | None
    """The largest fill that was scored."""
    overflow_from: float | None
    """The smallest fill at which the application or the provider refused the prompt as too long."""
    onset: OnsetEstimate
    """Of all losses, whoever caused them."""
    own_onset: OnsetEstimate
    """Of the model's own: only probes whose fact was in view."""
    recall: Share | None
    """Of all probes together, whatever their fill; None where none was scored."""
    needle_only: Share | None
    """With nothing but the facts before it; None where that was not asked."""
    attribution: Attribution
    lost_in_the_middle: Middle
    """Recall at the ends of the session less recall in its middle, of facts in view."""
    gap_effect: Contrast
    """What each doubling of the gap between plant and probe costs, of facts in view."""
    by_fill: tuple[Bin, ...]
    by_position: tuple[Bin, ...]
    by_gap: tuple[Bin, ...]
    cells: tuple[Cell, ...]
    outcomes: tuple[OutcomeShare, ...]
    abstain: Share | None
    """Right abstentions on what was never said; None where that was not asked."""
    scenarios: tuple[ScenarioRecall, ...]
    usage: UsageTotals
    lengths: Lengths
    started: str
    """UTC, ISO 8601: when its first trial began."""
    judges: tuple[JudgeError, ...] = ()
    """Whom the scores rest on, where no check could tell."""
    name: str = ""
    """What the model is called in a table; see `harness.analysis.summary.display_names`."""
    nearly_empty: Share | None = None
    """Recall up to the fill where the window stops counting as nearly empty; None: not asked."""
    near_full: Share | None = None
    """Recall from a fill of `NEAR_FULL` on; None where nothing was asked there."""
    latency_s: float | None = None
    """Median seconds of an answered call; None where all answers were kept from before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control arm of one model."""

    model: str
    arm: str
    n: int
    """Scored probes."""
    not_measured: int
    right: float | None
    """Mean score, in [0, 1]; None where nothing was scored."""
    named: int
    """How many replies were the right value."""
    flag: Literal["leak", "weak"] | None
    """leak: named the right value though it was never said. weak: missed it without filler."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary:
    """A report before it is written."""

    schema: int = SUMMARY_SCHEMA
    criterion: float
    """The drop from the plateau that counts as onset, in (0, 1)."""
    level: float
    """Probability that the interval of every onset is to hold, in (0, 1)."""
    near_empty: int | None
    """The longest prompt of the nearly empty window in tokens, where that was asked for; see
    `base_tokens` of each onset for what it came to."""
    run_ids: tuple[str, ...]
    scenarios: tuple[str, ...]
    started_first: str
    """UTC, ISO 8601: when the first trial began."""
    started_last: str
    n_records: int
    n_duplicates: int
    """Records stored more than once under one key of one run; one of each is kept."""
    groups: tuple[CurveGroup, ...]
    controls: tuple[Control, ...]
    adherence: tuple[Adherence, ...] = ()
    treatments: tuple[Treatments, ...] = ()
    survival: tuple[Survival, ...] = ()
    said_in: tuple[SaidInContrast, ...] = ()
    advice: tuple[Advice, ...] = ()
    """Where to compact, of each model and compaction; empty where nothing was compacted, or no
    session was sent whole."""
    not_asked: tuple[str, ...] = ()
    """What runs did not ask, and why, a sentence each."""

    def __repr__(self) -> str:
        return f"Summary({len(self.groups):,} groups of {self.n_records:,} records)"
