"""The texts that compactions left: a summary as text, or those in the log of a product.

Claude Code writes a summary as a message with `isCompactSummary`, Codex as a line `compacted`, the
Messages API of Anthropic as a block `compaction`, the Responses API of OpenAI as an item
`compaction` that nobody but its server can read. Its one rule: what cannot be read is said to be
so; it is never taken for an empty text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import FileError, Where
from harness.core.shapes import json_of, parse
from harness.scenarios.importers.values import obj, seq, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_JSON = (".json", ".jsonl", ".ndjson")
_LISTS = ("messages", "input", "output", "content", "items")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactedText:
    """What one compaction left."""

    text: str
    opaque: bool = False
    """Whether a part of it can be read by nobody but its server."""
    where: Where
    """Where it stands."""


def compacted_texts(path: Path) -> list[CompactedText]:
    """What the compactions of a file left, in order; a file of plain text is one of them.

    Raises:
        FileError: It cannot be read, is JSON without a compaction, or holds nothing.
    """
    where = Where(file=str(path))
    try:
        raw = path.read_bytes()
        whole = raw.decode("utf-8")
    except OSError as error:
        raise FileError(where, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FileError(where, f"not UTF-8 text: {error.reason}") from None
    if not whole.strip():
        raise FileError(where, "the file is empty; expected what a compaction left")
    named = path.suffix.lower() in _JSON
    if not named and not _is_json(whole):
        return [CompactedText(text=whole, where=where)]
    found = [one for at, value in _values(whole, where) for one in _compactions(value, at)]
    if not found:
        found = [one for at, value in _values(whole, where) for one in _plain(value, at)]
    if not found:
        raise FileError(
            where,
            "no compaction in it: expected a message with 'isCompactSummary' (Claude Code), a line"
            " of type 'compacted' (Codex), an item or block of type 'compaction', a 'summary', or"
            " the 'messages' that were left; save the summary as .md or .txt instead",
        )
    return found


def _is_json(whole: str) -> bool:
    """Whether a text is JSON, or its first line is."""
    if whole.lstrip()[:1] not in {"{", "["}:
        return False
    for one in (whole.lstrip().partition("\n")[0], whole):
        try:
            json_of(one)
        except ValueError:
            continue
        return True
    return False


def _values(whole: str, where: Where) -> Iterator[tuple[Where, object]]:
    """The document, or that of each line; a last line that is torn, as by a crash, is none."""
    lines = [(n, line) for n, line in enumerate(whole.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and _is_json(lines[0][1]):
        torn = not _is_json(lines[-1][1])
        for number, line in lines[:-1] if torn else lines:
            at = Where(file=where.file, line=number)
            yield at, parse(line, at)
    else:
        yield where, parse(whole, where)


def _compactions(value: object, where: Where) -> Iterator[CompactedText]:
    """The compactions in a value, wherever they stand in it."""
    if isinstance(value, list):
        for one in value:
            yield from _compactions(one, where)
        return
    found = obj(value)
    kind = found.get("type")
    if found.get("isCompactSummary") is True:
        yield CompactedText(text=_said(obj(found.get("message")).get("content")), where=where)
    elif kind == "compacted" and isinstance(found.get("payload"), dict):
        yield _of_codex(obj(found["payload"]), where)
    elif found.get("object") == "response.compaction":
        yield _left(seq(found.get("output")), where)
    elif kind in {"compaction", "compaction_summary"}:
        yield _left([found], where)
    else:
        for one in found.values():
            if isinstance(one, dict | list):
                yield from _compactions(one, where)


def _of_codex(payload: Mapping[str, object], where: Where) -> CompactedText:
    """What a compaction of Codex left: its summary, and the messages that it kept."""
    kept = _left(seq(payload.get("replacement_history")), where)
    said = text(payload.get("message"))
    if said.strip() in kept.text:
        said = ""
    joined = "\n\n".join(part for part in (said, kept.text) if part.strip())
    return CompactedText(text=joined, opaque=kept.opaque or not joined.strip(), where=where)


def _left(items: list[object], where: Where) -> CompactedText:
    """Items that stand in place of a conversation, in one text."""
    texts, opaque = [], False
    for item in map(obj, items):
        is_compaction = item.get("type") in {"compaction", "compaction_summary"}
        said = _said(item.get("content")) or text(item.get("text"))
        opaque = opaque or (is_compaction and not said.strip())
        texts.append(said)
    return CompactedText(
        text="\n\n".join(one for one in texts if one.strip()), opaque=opaque, where=where
    )


def _plain(value: object, where: Where) -> Iterator[CompactedText]:
    """A summary under that name, or the messages that are left."""
    found = obj(value)
    summary = found.get("summary")
    if isinstance(summary, str) and "leafUuid" not in found and summary.strip():
        yield CompactedText(text=summary, where=where)
        return
    items = (
        value
        if isinstance(value, list)
        else next((seq(found[name]) for name in _LISTS if isinstance(found.get(name), list)), [])
    )
    left = _left(list(items), where)
    if left.text.strip():
        yield left


def _said(content: object) -> str:
    """The text of a message, whichever way its API writes it."""
    if isinstance(content, str):
        return text(content)
    return "\n".join(
        said
        for one in seq(content)
        if (said := one if isinstance(one, str) else _said_by(obj(one)))
    )


def _said_by(block: Mapping[str, object]) -> str:
    return text(block.get("text")) or _said(block.get("content"))
