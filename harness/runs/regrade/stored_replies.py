"""Models that answer from the records of a run: what was replied once can be graded again.

Its one rule: no call is made. A reply belongs to the messages that it answered, so that a session
which has changed since has none.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import CassetteMissError, ModelError, OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.core.probe import Reply
from harness.models.catalog import known_limit
from harness.runs.folder.layout import MESSAGES
from harness.runs.folder.reader import asks_in_view, latest_records, lines
from harness.runs.folder.run_json import read_config
from harness.runs.meter.readings import reported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_ASKED_CHARACTERS = 100


class StoredReplies:
    """What came back in a run, by what was sent.

    Args:
        folder: The run folder.

    Raises:
        UsageError: The run is not whole, or rests on replies that are not in its records.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        config = read_config(folder)
        self.sent: Mapping[str, Mapping[str, object]] = config["sent"]
        """For each model the parameters that went out."""
        latest = latest_records(folder)
        _check_whole(folder, config, latest.values())
        trunks = {line["trunk"]: line for line in lines(folder / MESSAGES) if "trunk" in line}
        self._held: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
        for record in latest.values():
            hashes = trunks.get(record["trunk"], {}).get("messages", [])
            prompt = [name for start, stop in record["view"] for name in hashes[start:stop]]
            if not asks_in_view(record):
                prompt.append(Message("user", record["question"]).hash)
            self._held[_named(record["model"], record["repeat"], prompt)].append(record)

    def find(self, model: str, messages: Sequence[Message], repeat: int) -> dict[str, Any]:
        """The record of the call that sent these messages; of several, each is given once.

        Two sessions may ask the same (without filler, or with one plant), and each was answered.

        Raises:
            CassetteMissError: There was none.
        """
        held = self._held.get(_named(model, repeat, [message.hash for message in messages]))
        if not held:
            asked = " ".join(messages[-1].text.split())[:_ASKED_CHARACTERS]
            raise CassetteMissError(
                f'{self.folder.name} holds no reply of {model} to "{asked}" after this session:'
                " what is said or asked has changed since, and only its grading may; run it again"
            )
        return held.popleft()


class Stored:
    """A model whose replies are those of a run.

    Args:
        name: The model's name.
        replies: Of the run.
    """

    def __init__(self, name: str, replies: StoredReplies) -> None:
        self._name = name
        self._replies = replies

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return known_limit(self._name)

    def sent_parameters(self, _options: Mapping[str, object], /) -> dict[str, object]:
        """The parameters that went out in the run."""
        return dict(self._replies.sent.get(self._name, {}))

    async def ask(
        self, messages: Sequence[Message], _options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply:
        """The reply to these messages, with the meter readings of its call.

        Raises:
            CassetteMissError: These messages were not sent.
            ModelError: The call had failed.
        """
        record = self._replies.find(self._name, messages, repeat)
        if record["reply"] is None:
            raise _failure(record)
        return Reply(
            text=record["reply"],
            finish_reason=record.get("finish_reason"),
            prompt_tokens=reported(record),
            written_tokens=record.get("written_tokens"),
            cached_tokens=record["cached_tokens"],
            completion_tokens=record["completion_tokens"],
            cost_usd=record["cost_usd"],
            latency_s=record["latency_s"],
            attempts=record["attempts"],
            answered_by=record.get("answered_by") or "model",
            version=record.get("model_version"),
            thinking=record.get("thinking") or "",
            thinking_tokens=record.get("thinking_tokens"),
            cut=record.get("cut") or ("length" if record["finish_reason"] == "length" else None),
        )

    async def close(self) -> None:
        """Nothing: nothing was opened."""


def _named(model: str, repeat: int, prompt: Sequence[str]) -> str:
    return digest([model, repeat, prompt])


def _failure(record: Mapping[str, Any]) -> ModelError:
    """How a call had failed."""
    if record["status"] == "overflow":
        failed: ModelError = OverflowRefusedError(record["error"])
    else:
        kind, _, said = record["error"].partition(": ")
        failed = ModelError(said, kind=kind)
    failed.attempts = record["attempts"]
    failed.answered_by = record.get("answered_by") or "model"
    return failed


def _check_whole(
    folder: Path, config: Mapping[str, Any], records: Iterable[Mapping[str, Any]]
) -> None:
    """Whether the records hold every reply that the study asks for.

    Raises:
        UsageError: They do not.
    """
    again = "run it again: answers that were paid for come from the cache"
    if config["adaptive"] is not None:
        raise UsageError(
            f"{folder.name} is adaptive: its scores chose what was asked, and other scores would"
            f" have chosen otherwise; {again}"
        )
    count = 0
    for record in records:
        count += 1
        if record.get("replies") == "live" or record.get("preparation_calls"):
            raise UsageError(
                f"in {folder.name} the model wrote a part of its sessions (live replies, a memory"
                f" or a summary), and records keep the answers to questions alone; {again}"
            )
    if count < config["trials"]:
        raise UsageError(
            f"{folder.name} holds {count} of its {config['trials']} trials; go on with it first:"
            f" harness run --resume {folder.name}"
        )
