"""Logs of inspect_ai, `.eval` or `.json`, through its own reader: it knows every version of them.

inspect_ai wants other versions of our dependencies, so it is never one of ours: where it is
installed it is used, and where it is not the import says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import FileError, UsageError, Where
from harness.core.transcript import Transcript
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import obj

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class Inspect:
    """The messages of each sample of an inspect_ai log."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the name says so, or the document has the keys of a log."""
        return sample.name.endswith(".eval") or any(
            {"eval", "version"} <= obj(row).keys() for row in sample.rows[:1]
        )

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The samples of a log.

        Raises:
            UsageError: inspect_ai is not installed.
            FileError: Its reader refuses the file.
        """
        try:
            from inspect_ai import log
        except ImportError:
            raise UsageError(
                "logs of inspect_ai are read by its own reader, which is not installed here: pip"
                " install inspect-ai, in an environment of its own since it wants other versions"
            ) from None
        try:
            for sample in _samples(log, source.name):
                yield from _sample(sample)
        except Exception as error:  # a foreign reader may raise anything
            reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
            where = Where(file=source.name)
            raise FileError(where, f"inspect_ai does not read this as a log: {reason}") from error


def _samples(log: Any, path: str) -> Iterator[Any]:
    """The samples of a log, one at a time where it says which it holds; old ones do not."""
    head = log.read_eval_log(path, header_only=True)
    if head.eval.dataset.sample_ids:
        yield from log.read_eval_log_samples(path, all_samples_required=False)
    else:
        yield from log.read_eval_log(path).samples or ()


def _sample(sample: Any) -> Iterator[Found]:
    script = Script()
    for message in sample.messages:
        content = message.content
        parts = content if isinstance(content, str) else [_plain(part) for part in content]
        saying = Saying()
        if message.role == "tool":
            saying.result(parts, message.tool_call_id, message.function)
            script.say("assistant", saying)
            continue
        saying.add(parts)
        for call in getattr(message, "tool_calls", None) or ():
            saying.call(call.function, call.arguments, call.id)
        script.say(_ROLES[message.role], saying)
    yield from script.leavings()
    yield Transcript(
        id=f"{sample.id}" if sample.epoch == 1 else f"{sample.id}-{sample.epoch}",
        messages=tuple(script.messages),
    )


def _plain(part: Any) -> dict[str, object]:
    """A part of a message as JSON has it."""
    return {"type": part.type, "text": getattr(part, "text", None)}
