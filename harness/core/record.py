"""A record: the outcome of one trial, one line of `records.jsonl`. Field names are a contract."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.arms import Arm
    from harness.core.errors import AnsweredBy
    from harness.core.memory import CompactionLoss, LostAt
    from harness.core.probe import Cut, Outcome, Status
    from harness.core.scenario import Counts, Layout, SaidIn

RECORD_SCHEMA = 2
"""Version of the fields below; files of another version are refused by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything known about one trial. Fractions lie in [0, 1]; None means not measured."""

    schema: int = RECORD_SCHEMA
    """Version of these fields; files of another are refused."""
    key: str
    """Names the trial: a hash of everything that can change the answer. Same question, same key."""
    run_id: str
    """Name of the run's folder."""
    scenario: str
    """Name of the scenario."""
    session: str
    """The trunk (scenario and seed), and the question where questions are sampled: the cluster of
    every statistic."""
    seed: int
    """Of the session: it draws values, places and filler."""
    repeat: int
    """Which asking of the same question this is, counted from 0."""
    arm: Arm
    """main; or a control: closed_book (no session), needle_only (no filler), fact_removed."""
    model: str
    """As it was given to -m."""
    window_limit: int
    """Tokens."""
    policy: str
    """Spec of what the application did when the session outgrew the window."""
    memory: str
    """Spec of what crossed a session boundary."""
    layout: Layout
    """growing, grid or script: how the session was laid out."""
    fill_requested: float | None
    """None in arms without filler."""
    fill: float
    """The session as the provider counts it, question included, over the window limit. It equals
    prompt_tokens / window_limit whenever the whole session was sent and seen."""
    position_requested: float | None
    """Where the fact was to stand; None where nothing was asked for."""
    position: float | None
    """Where the latest plant that a right answer needs stands in the session: 0 first, 1 last. None
    when there is none."""
    gap_tokens: int | None
    """Local tokens from the end of that plant to the question."""
    session_tokens: int
    """Local tokens of the whole session at the checkpoint."""
    view_tokens: int
    """Local tokens of the prompt that was sent, question included."""
    prompt_tokens: int | None
    """What the model read, as far as can be told: by the provider's meter where it has one that
    can be trusted, else the local count as the meter corrects it; None when nothing came back."""
    cached_tokens: int | None
    """Of the prompt tokens, what the provider read from its prefix cache; None: not told."""
    completion_tokens: int | None
    """Tokens of the answer by the provider's count; None: not told."""
    usage_source: str | None
    """What prompt_tokens rest on: provider (its own count), provider+cached (its count and the
    cached tokens that it told beside it), exact (its count of the prompt before it was sent), local
    (ours, corrected by what its counts have taught); None when nothing came back."""
    cost_usd: float | None
    """None where the price is not known."""
    question_id: str
    """Name of the question in its scenario; of a rule, the rule's."""
    fact: str
    """What it is about: the id of the fact, or those of several joined by `+`; the question's own
    id where it is about none; of a rule, the rule's."""
    probe: str
    """Name of the probe inside its scenario: the question's id, and the checkpoint."""
    probe_kind: str
    """Spec of the kind of question, as `recall`; or `rule`."""
    counts: Counts
    """What the score counts towards, so that a report needs no plug to be read."""
    guess: float
    """What a reader who guesses would score, in [0, 1]."""
    question: str
    """The words in which it was put."""
    expected: tuple[str, ...]
    """The values of a right answer; empty for an abstain probe. In a control arm the values that
    nobody told the model: naming one is a leak."""
    reply: str | None
    """The answer, without what was thought aloud; None where none came."""
    score: float | None
    """What the reply is worth, in [0, 1]; None where nothing was measured, never 0."""
    outcome: Outcome | None
    """What became of the fact: recalled, evicted, lost_in_memory, server_truncated,
    output_truncated, abstained, swapped, stale, incomplete, fabricated, refused; None without a
    score."""
    status: Status
    """ok, overflow (too long for the window: a result), refused, cut, or error."""
    error: str | None
    """Of a trial that is not ok: the kind of failure, and what was said."""
    in_view: bool | None
    """Whether every value asked for was among the messages sent; None when none was ever said, or
    when it may stand in a block that nobody but its provider can read."""
    server_truncated: bool | None
    """Whether the server dropped text, judged from all calls of the run; None where nobody can
    tell: usage is missing or cannot be trusted, or the run is not over."""
    session_number: int
    """Which session of a chain this is, counted from 1."""
    latency_s: float | None
    """Seconds of the call that brought the answer; None where it was kept from before."""
    attempts: int
    """Calls that were made for the answer, retries included; 0 where it was kept from before."""
    started_at: str
    """UTC, ISO 8601."""
    finish_reason: str | None = None
    """Why the provider says the answer ended."""
    why: str | None = None
    """One sentence of the scorer."""
    trunk: str = ""
    """Which conversation of `messages.jsonl` this is a fork of."""
    view: tuple[tuple[int, int], ...] = ()
    """Ranges of the trunk's messages that were sent, before the question."""
    planted: tuple[str, ...] = ()
    """Values that the ledger held at the checkpoint."""
    batch: int = 0
    """Which batch of an adaptive run asked it, counted from 1; 0 in runs that were planned at
    once."""
    batch_why: str | None = None
    """Why an adaptive run chose it."""
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
    """Prompt tokens of those calls."""
    preparation_completion_tokens: int = 0
    """Tokens that they wrote."""
    preparation_cost_usd: float | None = 0.0
    """None where a price is not known."""
    turn: int | None = None
    """Of a rule: which turn of the session the reply answers, counted from 1."""
    cut: Cut | None = None
    """Why the reply is not whole: length, thinking, window or broken_off; None for a whole one."""
    max_tokens: int | None = None
    """Tokens that the answer could have, thinking included; None in records that are older."""
    thinking: str | None = None
    """What the model thought aloud before it answered, its middle left out where it is long."""
    thinking_tokens: int | None = None
    """Of the completion tokens, by the provider's count; None where it tells none."""
    judge: str | None = None
    """The model that gave the score, where no check could."""
    judge_planted: tuple[int, ...] = ()
    """Its calibration: how many planted answers it graded, right ones and wrong ones."""
    judge_errors: tuple[int, ...] = ()
    """Of these: right ones called wrong, wrong ones called right."""
    provisional: bool = False
    """The run was not over when this was written: what can only be told from all of its calls is
    not in it yet."""
    provider_tokens: int | None = None
    """The provider's count of the prompt as it came, before anything was made of it."""
    written_tokens: int | None = None
    """Tokens of the prompt that were written to the provider's prefix cache, where it tells so."""
    exact_tokens: int | None = None
    """The server's count of the prompt before it was sent, where it was asked for it."""
    kind_tokens: tuple[int, ...] = ()
    """Local tokens of the texts of the prompt by kind: what the scenario says, its filler, code,
    other scripts. Empty where they are not told apart."""
    plant_behind: tuple[int, ...] = ()
    """Local tokens from the start of each message in `plant_messages` to the end of the prompt; -1
    where it was not sent."""
    miss: Outcome | None = None
    """What the model did where it missed, whoever is to blame for it; None where it did not."""
    dropped: str | None = None
    """Which part of the prompt the server dropped: start, middle, end, unknown; None for none."""
    fact_dropped: bool | None = None
    """Whether that part held what was asked for; None where there is none, or nobody can tell."""
    said_in: SaidIn | None = None
    """Where the latest plant that a right answer needs was said; None where this session did not
    say it, and in records that are older."""
    rounds: int | None = None
    """Compactions that the fact has gone through: each replaced the turn that said it, or the
    summary before. None where the policy does none; of a rule, when the reply was given."""
    rounds_kept: int | None = None
    """Of these, how many from the first on left a summary that still says it."""
    compaction_loss: CompactionLoss | None = None
    """Where a fact was lost that went through compactions or was cleared; None for others."""
    opaque: bool = False
    """Whether a block was sent in place of older turns that nobody but its provider can read."""
    memory_how: str | None = None
    """What the memory says that it rests on: the version of a product, how it embeds texts."""
    memory_write_s: float | None = None
    """Seconds that the memory took for a write, on average over the sessions before; None where it
    wrote nothing."""
    memory_read_s: float | None = None
    """Seconds that it took to give back what this question was put with; None where it was not
    asked."""
    sample: str = "sessions"
    """What was sampled: sessions, or the questions put to one real log. Of these, the ones that the
    model answers without the log count apart."""


LISTS = (
    "expected", "planted", "plant_messages", "judge_planted", "judge_errors", "kind_tokens",
    "plant_behind",
)  # fmt: skip
"""Fields that hold several values; older records may lack the later ones."""

FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Record))
_VALUES = attrgetter(*FIELDS)

_SEQUENCES = tuple(one.name for one in fields(Record) if str(one.type).startswith("tuple["))
"""The fields that hold several values, which JSON and polars give back as lists."""


def _shape(annotation: str) -> Any:
    """What JSON holds of a field of that type; names of `Literal`s are text."""
    plain = annotation.removesuffix(" | None")
    nested = {
        "tuple[tuple[int, int], ...]": [[int]],
        "tuple[str, ...]": [str],
        "tuple[int, ...]": [int],
    }
    types = {"int": int, "float": float, "bool": bool}
    found = nested.get(plain) or types.get(plain, str)
    return (found, None) if plain != annotation else found


SHAPE: dict[str, Any] = {
    field.name if field.default is MISSING else f"{field.name}?": _shape(str(field.type))
    for field in fields(Record)
}
"""What a line of `records.jsonl` has to look like; records of before lack later fields."""


def to_json(record: Record) -> dict[str, object]:
    """The record as JSON holds it; field order is that of the class."""
    return dict(zip(FIELDS, _VALUES(record), strict=True))


def from_json(data: Mapping[str, Any]) -> Record:
    """The record that a line holds; fields of later versions are left out."""
    values: dict[str, Any] = {name: data[name] for name in FIELDS if name in data}
    values |= {name: _as_tuple(values.get(name) or ()) for name in _SEQUENCES}
    return Record(**values)


def _as_tuple(value: Any) -> Any:
    """A list as a tuple, and the lists inside of it too."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list | tuple) else value
