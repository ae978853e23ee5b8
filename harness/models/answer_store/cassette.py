"""Cassettes: the answers of a run in a file, so that it can be run again without a model.

One rule: the same answers give the same bytes, so that a new recording is a readable difference in
version control. A line a call, sorted; prompts by hash only, since a scenario and its seed give the
messages again; no times and no prices. While a recording goes on, its new lines stand in a `.part`
file beside the cassette: a process that is killed loses none of them.
"""

from __future__ import annotations

import fcntl
import gzip
import io
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import CassetteMissError, FileError, UsageError, Where
from harness.core.files import dump_line, write_whole
from harness.core.shapes import conform, parse
from harness.models.answer_store.call import KEPT, Call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

SCHEMA = 1
"""Version of the format; another one is refused by name."""

_ASKED_CHARACTERS = 100
_SYSTEMS_SHOWN = 3
_NAME = ("model", "options", "prompt", "repeat")
_LINE = {"model": str, "options": {}, "prompt": str, "repeat": int, "system?": str, **KEPT}
"""What every line but the first looks like."""
"""What names a call, in the order in which a line has it and in which lines are sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a recording came to."""

    path: Path
    replies: int
    """Calls that the cassette holds now."""
    new: int
    dropped: int
    """Calls that nothing asks for any more."""

    def __str__(self) -> str:
        parts = [f"{self.replies:,} answers", f"{self.new:,} of them new"]
        if self.dropped:
            parts.append(f"{self.dropped:,} dropped that nothing asks for any more")
        return f"{self.path}: {', '.join(parts)}"


class Cassette(AbstractContextManager["Cassette"]):
    """The answers in a cassette file; `record` to add to it.

    Args:
        path: A `.jsonl` file, or `.jsonl.gz`.
        record: Whether what is not in it may be added; else it must exist.

    Raises:
        UsageError: It does not exist, is being recorded elsewhere, or is of another version.
        FileError: A line of it is damaged.
    """

    def __init__(self, path: Path, *, record: bool = False) -> None:
        self.path = path
        self.sent: dict[str, dict[str, object]] = {}
        """For each model the parameters that really went out, secrets masked."""
        self._lines: dict[str, dict[str, Any]] = {}
        self._used: set[str] = set()
        self._new = 0
        self._part: BinaryIO | None = None
        if not record and not path.is_file():
            raise UsageError(
                f"there is no cassette {path}; record it first: the same command with --record"
            )
        if path.is_file():
            self._read()
        if record:
            self._part = self._open_part()

    def __exit__(self, *raised: object) -> None:
        self.close()

    @property
    def new(self) -> int:
        """Calls that were added."""
        return self._new

    def find(self, call: Call, /) -> Mapping[str, Any] | None:
        """What was recorded for this call, or None."""
        self._used.add(call.key)
        return self._lines.get(call.key)

    def keep(self, call: Call, data: Mapping[str, Any], /) -> None:
        """Record the result of a call; it survives the process from here on."""
        assert self._part is not None  # noqa: S101 -- only a recording keeps
        asked = " ".join(call.asked.split())
        line = {name: getattr(call, name) for name in _NAME}
        line["asked"] = asked[:_ASKED_CHARACTERS]
        if call.system:
            line["system"] = call.system
        self._lines[call.key] = {**line, **data}
        self._used.add(call.key)
        self._new += 1
        self._part.write(dump_line(self._lines[call.key]))
        self._part.flush()

    def miss(self, call: Call) -> CassetteMissError:
        """Why there is no answer to this call, as an error that says what to do."""
        asked = " ".join(call.asked.split())[:_ASKED_CHARACTERS]
        again = f" (repeat {call.repeat})" if call.repeat else ""
        return CassetteMissError(
            f'{self.path} holds no answer of {call.model} to "{asked}"{again}: {self._why(call)}.'
            " Record again: the same command with --record in place of --replay"
        )

    def save(self, *, drop: bool) -> Saved:
        """Write the cassette, whole or not at all.

        Args:
            drop: Leave out what was not asked for since the cassette was opened.
        """
        kept = {k: v for k, v in self._lines.items() if k in self._used or not drop}
        dropped = len(self._lines) - len(kept)
        body = b"".join(dump_line(line) for line in sorted(kept.values(), key=_place))
        models = {line["model"] for line in kept.values()}
        sent = {name: self.sent[name] for name in sorted(models & self.sent.keys())}
        _write(self.path, dump_line({"cassette": SCHEMA, "sent": sent}) + body)
        if self._part is not None:
            self._part.truncate(0)
        self._lines = kept
        return Saved(path=self.path, replies=len(kept), new=self._new, dropped=dropped)

    def close(self) -> None:
        """Let another recording have the file; what was kept and not saved stays in `.part`."""
        if self._part is None:
            return
        part = self._part_path
        if part.stat().st_size == 0:
            part.unlink()
        self._part.close()
        self._part = None

    def _why(self, call: Call) -> str:
        """What differs between this call and what was recorded."""
        of_model = [line for line in self._lines.values() if line["model"] == call.model]
        if not of_model:
            held = sorted({line["model"] for line in self._lines.values()})
            return f"it was recorded with {', '.join(held) or 'no model'}"
        same = [line for line in of_model if line["prompt"] == call.prompt]
        if any(line["options"] == call.options for line in same):
            return "it was recorded with fewer --repeats"
        if same:
            before, now = same[0]["options"], call.options
            differ = sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))
            told = [f"-M {k} was {before.get(k)!r} and is {now.get(k)!r}" for k in differ]
            return "; ".join(told)
        systems = {line["system"] for line in of_model if "system" in line}
        if call.system and systems and call.system not in systems:
            known = ", ".join(sorted(systems)[:_SYSTEMS_SHOWN])
            return (
                f"the system prompt, which is {call.system} now and was {known}, has changed since"
                " it was recorded"
            )
        return (
            "the scenario, its filler, the seeds, the window or the policy has changed since it"
            " was recorded"
        )

    def _read(self) -> None:
        """Take up what the file holds."""
        try:
            with _opened(self.path) as file:
                raw = file.read().splitlines()
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UsageError(f"{self.path} is damaged: {error}; record it again") from None
        head = _parsed(self.path, 1, raw[0] if raw else b"")
        found = head.get("cassette")
        if found != SCHEMA:
            raise UsageError(
                f"{self.path} is a cassette of schema {found!r}; this version reads schema"
                f" {SCHEMA}: delete it and record it again"
                if "cassette" in head
                else f"{self.path} is no cassette: its first line does not say so"
            )
        where = Where(file=str(self.path), line=1)
        conform(head, {"sent?": ({"*": {}}, None)}, where, what="a cassette")
        self.sent = dict(head.get("sent") or {})
        for number, line in enumerate(raw[1:], start=2):
            self._take(self.path, number, _parsed(self.path, number, line))

    def _take(self, path: Path, number: int, line: dict[str, Any]) -> bool:
        """Take up one line; whether it is one that was not known."""
        result = {"error", "said"} if "error" in line else {"reply", "finish_reason"}
        missing = sorted({*_NAME, *result} - line.keys())
        if missing:
            raise FileError(Where(file=str(path), line=number), f"it lacks {', '.join(missing)}")
        conform(line, _LINE, Where(file=str(path), line=number), what="an answer")
        key = Call(**{name: line[name] for name in _NAME}, asked="").key
        known = key in self._lines
        self._lines[key] = line
        return not known

    @property
    def _part_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    def _open_part(self) -> BinaryIO:
        """The file of what is new, for this process alone; what a killed one left is taken up."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self._part_path.open("ab+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise UsageError(f"{self.path} is being recorded by another run; wait for it") from None
        file.seek(0)
        whole = 0
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            self._new += self._take(self._part_path, number, _parsed(self._part_path, number, line))
            whole += len(line)
        file.truncate(whole)
        return file


def _place(line: Mapping[str, Any]) -> tuple[str, str, int, str]:
    """Where a line stands in the file."""
    return line["model"], line["prompt"], line["repeat"], digest(line["options"])


def _parsed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    """One line of a file.

    Raises:
        FileError: It is no JSON object.
    """
    value = parse(line, Where(file=str(path), line=number))
    if not isinstance(value, dict):
        raise FileError(Where(file=str(path), line=number), "expected a JSON object on each line")
    return value


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _write(path: Path, body: bytes) -> None:
    """Write a file whole or not at all; the same bytes whenever and by whom it is written."""
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as file:
            file.write(body)
        body = packed.getvalue()
    write_whole(path, body)
