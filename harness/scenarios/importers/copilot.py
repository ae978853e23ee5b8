"""Chats with GitHub Copilot in VS Code: exported sessions, and those that it keeps itself.

An export is one document with `requests`. What it keeps itself is that document, or a log of the
changes to it, a line each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.transcript import Row, Transcript
from harness.scenarios.importers.rows import begins
from harness.scenarios.importers.saying import FILE, REASONING, Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import first_text, named_thing, obj, seq, shapeless, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_INITIAL, _SET, _PUSH, _DELETE = range(4)
_OF_THE_WINDOW = frozenset(
    ("progressMessage", "progressTask", "progressTaskSerialized", "codeblockUri", "undoStop",
     "prepareToolInvocation", "mcpServersStarting", "confirmation", "command", "warning",
     "extensions", "elicitation", "elicitationSerialized", "codeCitation", "usedContext",
     "contentReference", "references", "multiDiffData", "pullRequest", "hook", "questionCarousel")
)  # fmt: skip
"""Parts of a reply that the window shows and nobody says."""
_EDITS = frozenset(("textEditGroup", "notebookEditGroup", "textEdit", "workspaceEdit"))


@dataclass(frozen=True, slots=True)
class Copilot:
    """The session of a Copilot chat."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the document has requests of a chat, or the log of one begins so."""
        return begins(sample, _is_session) or any(
            row.get("kind") == _INITIAL and _is_session(row.get("v"))
            for row in map(obj, sample.rows)
        )

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The session of a file."""
        state: Any = None
        for row in source.rows():
            if not isinstance(row, Row):
                yield row
            elif _is_session(row.value):
                yield from _session(obj(row.value), row.number)
            elif obj(row.value).get("kind") == _INITIAL:
                state = obj(row.value).get("v")
            elif isinstance(obj(row.value).get("k"), list):
                _change(state, obj(row.value))
            else:
                yield shapeless(row, "a chat with 'requests'")
        if _is_session(state):
            yield from _session(obj(state), 1)


def _is_session(value: object) -> bool:
    session = obj(value)
    requests = session.get("requests")
    asked = any({"message", "response"} <= obj(one).keys() for one in seq(requests)[:5])
    named_ = "responderUsername" in session or "requesterUsername" in session
    return isinstance(requests, list) and (asked or named_ or "sessionId" in session)


def _change(state: Any, entry: Mapping[str, object]) -> None:
    """Make a change to the document, as the log has it; one that does not fit changes nothing."""
    *way, last = seq(entry.get("k")) or [""]
    for step in way:
        state = _at(state, step)
    kind, value = entry.get("kind"), entry.get("v")
    if kind == _PUSH:
        there = _at(state, last)
        if isinstance(there, list):
            cut = entry.get("i")
            if isinstance(cut, int):
                del there[cut:]
            there += seq(value)
        elif isinstance(state, dict):
            state[last] = seq(value)
    elif isinstance(state, dict) and isinstance(last, str):
        state[last] = None if kind == _DELETE else value
    elif isinstance(state, list) and isinstance(last, int) and 0 <= last <= len(state):
        state[last : last + 1] = [] if kind == _DELETE else [value]


def _at(state: Any, step: object) -> Any:
    if isinstance(state, dict):
        return state.get(step)
    if isinstance(state, list) and isinstance(step, int) and 0 <= step < len(state):
        return state[step]
    return None


def _session(session: Mapping[str, object], number: int) -> Iterator[Found]:
    script = Script()
    for request in map(obj, seq(session.get("requests"))):
        asked = Saying().add(_asked(request.get("message")))
        variables = seq(obj(request.get("variableData")).get("variables"))
        asked.skipped += [FILE] * len(variables)
        script.say("user", asked)
        script.say("assistant", _answer(request))
    yield from script.leavings()
    yield Transcript(
        id=text(session.get("sessionId")) or str(number),
        messages=tuple(script.messages),
        title=first_text((session.get("customTitle"), session.get("title"))),
    )


def _asked(message: object) -> str:
    if isinstance(message, str):
        return text(message)
    parts = [text(obj(part).get("text")) for part in seq(obj(message).get("parts"))]
    return text(obj(message).get("text")) or "".join(parts)


def _answer(request: Mapping[str, object]) -> Saying:
    """A reply: its text, with what stands in the middle of a sentence where it stands."""
    saying = Saying()
    results = obj(obj(obj(request.get("result")).get("metadata")).get("toolCallResults"))
    called = _called(request)
    said = ""
    response = request.get("response")
    for part in response if isinstance(response, list) else [response]:
        kind = text(obj(part).get("kind"))
        if kind in {"", "markdownContent", "markdownVuln", "markdown"}:
            said += _markdown(part)
        elif kind == "inlineReference":
            said += f"`{_reference(obj(part))}`"
        elif kind.startswith("toolInvocation"):
            said = _say(saying, said)
            _tool(saying, obj(part), called, results)
        elif kind in {"thinking", "reasoning"}:
            saying.skipped.append(REASONING)
        elif kind in _EDITS:
            saying.skipped.append("edit of a file")
        elif kind not in _OF_THE_WINDOW:
            saying.skipped.append(named_thing("part of type", kind))
    _say(saying, said)
    return saying


def _say(saying: Saying, said: str) -> str:
    if said.strip():
        saying.add(said.strip())
    return ""


def _markdown(part: object) -> str:
    if isinstance(part, str):
        return text(part)
    value = obj(part).get("value", obj(part).get("content"))
    return text(obj(value).get("value", "") if isinstance(value, dict) else value)


def _reference(part: Mapping[str, object]) -> str:
    at = obj(part.get("inlineReference"))
    place = obj(at.get("uri")) or obj(obj(at.get("location")).get("uri")) or at
    path = first_text((place.get("path"), place.get("fsPath"), place.get("external")))
    return first_text((part.get("name"), at.get("name"))) or path.rpartition("/")[2] or "reference"


def _called(request: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """The calls of a reply with their arguments, which stand apart from what the window shows."""
    rounds = seq(obj(obj(request.get("result")).get("metadata")).get("toolCallRounds"))
    calls = [obj(call) for one in rounds for call in seq(obj(one).get("toolCalls"))]
    return {text(call.get("id")): call for call in calls}


def _tool(
    saying: Saying,
    part: Mapping[str, object],
    called: Mapping[str, Mapping[str, object]],
    results: Mapping[str, object],
) -> None:
    id_ = text(part.get("toolCallId"))
    # The window adds a number of its own to the id of a call.
    call = called.get(id_) or called.get(id_.partition("__vscode")[0]) or {}
    name = first_text((call.get("name"), part.get("toolId"), part.get("toolName")))
    message = first_text(
        (_markdown_of(part, "pastTenseMessage"), _markdown_of(part, "invocationMessage"))
    )
    saying.call(name, call.get("arguments", message), id_)
    given = obj(results.get(id_) or results.get(id_.partition("__vscode")[0]))
    output = [text(obj(one).get("value")) for one in seq(given.get("content"))]
    details = part.get("resultDetails")
    shown = obj(details).get("output", "")
    if any(output) or shown:
        saying.result("\n".join(filter(None, output)) or shown, id_, name)


def _markdown_of(part: Mapping[str, object], key: str) -> str:
    value = part.get(key)
    return text(obj(value).get("value")) if isinstance(value, dict) else text(value)
