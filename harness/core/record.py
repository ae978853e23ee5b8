"""A record: the outcome of one trial, one line of `records.jsonl`. Field names are a contract."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.arms import Arm
    from harness.core.errors import AnsweredBy
    from harness.core.memory import LostAt
    from harness.core.probe import Outcome, Status
    from harness.core.scenario import Layout, ProbeKind

RECORD_SCHEMA = 1
"""Version of the fields below; files of another version are refused by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything known about one trial. Fractions lie in [0, 1]; None means not measured."""

    schema: int = RECORD_SCHEMA
    key: str
    run_id: str
    scenario: str
    session: str
    """The trunk (scenario and seed): the cluster of every statistic."""
    seed: int
    repeat: int
    arm: Arm
    model: str
    window_limit: int
    """Tokens."""
    policy: str
    memory: str
    layout: Layout
    fill_requested: float | None
    """None in arms without filler."""
    fill: float
    """The session as the provider counts it, question included, over the window limit. It equals
    prompt_tokens / window_limit whenever the whole session was sent and seen."""
    position_requested: float | None
    position: float | None
    """Where the latest plant of the fact stands in the session: 0 first, 1 last. None when it was
    never said."""
    gap_tokens: int | None
    """Local tokens from the end of the latest plant to the question."""
    session_tokens: int
    """Local tokens of the whole session at the checkpoint."""
    view_tokens: int
    """Local tokens of the prompt that was sent, question included."""
    prompt_tokens: int | None
    """By the provider's meter where it has one, else the local count; None when nothing came
    back."""
    cached_tokens: int | None
    completion_tokens: int | None
    usage_source: str | None
    """provider, or local; None when nothing came back."""
    cost_usd: float | None
    """None where the price is not known."""
    fact: str
    probe: str
    """Name of the probe inside its scenario: the fact's id, and the checkpoint."""
    probe_kind: ProbeKind
    question: str
    expected: tuple[str, ...]
    """The values of a right answer; empty for an abstain probe. In a control arm the values that
    nobody told the model: naming one is a leak."""
    reply: str | None
    score: float | None
    outcome: Outcome | None
    status: Status
    error: str | None
    in_view: bool | None
    """Whether every value asked for was among the messages sent; None when none was ever said."""
    server_truncated: bool | None
    """Whether the server seems to have dropped text; None where usage is missing."""
    session_number: int
    """Which session of a chain this is, counted from 1."""
    latency_s: float | None
    attempts: int
    started_at: str
    """UTC, ISO 8601."""
    finish_reason: str | None = None
    why: str | None = None
    """One sentence of the scorer."""
    trunk: str = ""
    """Which conversation of `messages.jsonl` this is a fork of."""
    view: tuple[tuple[int, int], ...] = ()
    """Ranges of the trunk's messages that were sent, before the question."""
    planted: tuple[str, ...] = ()
    """Values that the ledger held at the checkpoint."""
    batch: int = 0
    batch_why: str | None = None
    plant_messages: tuple[int, ...] = ()
    """Which messages of the trunk said the values that a right answer needs; -1: one of a session
    before this one, which nothing brought into it."""
    cut_messages: int | None = None
    """How many messages the trunk had when it was forked; None in records that are older."""
    variant: str = ""
    """Name of the system prompt that took the place of the scenario's own; empty: it did not."""
    model_version: str | None = None
    """What the provider says answered, with its fingerprint where it tells one; None: not told."""
    answered_by: AnsweredBy | None = None
    """model, or cache or cassette when the answer was kept from a call of before, which costs
    nothing now; None when there is no answer."""
    planted_session: int | None = None
    """Which session of the chain said the latest plant of the fact; None when it was never said."""
    written: bool | None = None
    """Whether the store of the memory held every value asked for when this session began; None when
    the fact was not said in an earlier session, or when the memory does not list its store."""
    injected: bool | None = None
    """Whether what was carried into this session held them; None likewise."""
    lost_at: LostAt | None = None
    """Where a fact of an earlier session was lost; None when it was recalled, and for others."""
    memory_tokens: int = 0
    """Local tokens of what the memory gave back."""
    store: str | None = None
    """The file that tells what the memory kept and gave back, seen from the run folder."""
    own_store: bool = False
    """Whether the memory keeps a store of its own and does not list it: `written` is then None."""
    replies: str = "scripted"
    """Who answered the turns of the session: scripted, or live."""
    compactions: int = 0
    """How often the policy had replaced older turns by a summary when the question was put."""
    compacted_from: int | None = None
    """Local tokens of the conversation before the latest compaction."""
    compacted_to: int | None = None
    """And after it."""
    preparation_calls: int = 0
    """Calls that wrote into this conversation: notes, summaries, live replies. These four are those
    of the conversation, so they are the same on each of its records: count each `trunk` once."""
    preparation_prompt_tokens: int = 0
    preparation_completion_tokens: int = 0
    preparation_cost_usd: float | None = 0.0
    """None where a price is not known."""
    turn: int | None = None
    """Of a rule: which turn of the session the reply answers, counted from 1."""
    judge: str | None = None
    """The model that gave the score, where no check could."""
    judge_planted: tuple[int, ...] = ()
    """Its calibration: how many planted answers it graded, right ones and wrong ones."""
    judge_errors: tuple[int, ...] = ()
    """Of these: right ones called wrong, wrong ones called right."""


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Record))

_SEQUENCES = tuple(one.name for one in fields(Record) if str(one.type).startswith("tuple["))
"""The fields that hold several values, which JSON and polars give back as lists."""


def to_json(record: Record) -> dict[str, object]:
    """The record as JSON holds it; field order is that of the class."""
    return {name: getattr(record, name) for name in FIELDS}


def from_json(data: Mapping[str, Any]) -> Record:
    """The record that a line holds; fields of later versions are left out."""
    values: dict[str, Any] = {name: data[name] for name in FIELDS if name in data}
    values |= {name: _as_tuple(values.get(name) or ()) for name in _SEQUENCES}
    return Record(**values)


def _as_tuple(value: Any) -> Any:
    """A list as a tuple, and the lists inside of it too."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list | tuple) else value
