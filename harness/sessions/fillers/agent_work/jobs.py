"""The turns of one job of an agent: a bug that is hunted, or a question that is looked into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import Message, Turn
from harness.core.parts import TextPart, ToolCall, ToolResult
from harness.sessions.fillers.agent_work import outputs
from harness.sessions.fillers.agent_work.job_writer import JobWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.core.draws import Draws

_CODING_SHARE = 0.7
"""How many jobs are about code; the others are about something that is looked up."""
_TURNS = (3, 4, 5, 6, 7, 8)
_STEPS = (1, 1, 1, 2, 2, 3)
"""How often a turn goes to its tools, each as likely as the next."""
_AT_ONCE = (1, 1, 1, 1, 2)
"""How many tools are called at once."""
_LENGTHS = (0.3, 0.6, 1.0, 1.0, 1.6, 3.0)
"""How long an output is beside the usual one of its tool."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a tool."""

    name: str
    arguments: Mapping[str, object]
    result: str
    why: str = "look"
    """The pool of sentences in which an agent says why."""


def job(draws: Draws, number: int) -> Iterator[Turn]:
    """The turns of one job.

    Args:
        draws: Decides all of it.
        number: Which job of the session; it names the calls.
    """
    writer = JobWriter(draws)
    coding = draws.uniform() < _CODING_SHARE
    uses = _CODING if coding else _RESEARCH
    opens, goes_on = ("open", "more") if coding else ("ask", "askmore")
    learns = "found" if coding else "learned"
    called = 0
    for place in range(draws.choice(_TURNS)):
        messages = [Message("user", writer.say(goes_on if place else opens))]
        for step in range(draws.choice(_STEPS)):
            made = [draws.choice(uses)(writer) for _ in range(draws.choice(_AT_ONCE))]
            ids = [f"call_{number}_{called + at}" for at in range(1, len(made) + 1)]
            called += len(made)
            words = (TextPart(writer.say(made[0].why)),) if step % 2 == 0 else ()
            calls = (
                ToolCall(one, use.name, json.dumps(use.arguments))
                for one, use in zip(ids, made, strict=True)
            )
            messages.append(Message("assistant", (*words, *calls)))
            messages += (
                Message("tool", (ToolResult(one, use.result, use.name),))
                for one, use in zip(ids, made, strict=True)
            )
        messages.append(Message("assistant", writer.say(learns)))
        yield Turn(tuple(messages))


def _size(writer: JobWriter, usual: int) -> int:
    return max(2, round(usual * writer.draws.choice(_LENGTHS)))


def _search(writer: JobWriter) -> Use:
    pattern = f"{writer.one(writer.verbs)}_{writer.one(writer.nouns)}"
    where = {"pattern": pattern, "path": writer.one(writer.files).rpartition("/")[0]}
    return Use("search", where, outputs.hits(writer, _size(writer, 9)))


def _read(writer: JobWriter) -> Use:
    first, lines = writer.number(1, 400), _size(writer, 36)
    where = {"path": writer.one(writer.files), "offset": first, "limit": lines}
    return Use("read_file", where, outputs.code(writer, first, lines))


def _test(writer: JobWriter) -> Use:
    path = writer.one(writer.tests)
    command = f"pytest {path} -q -k {writer.one(writer.verbs)}"
    failures = writer.draws.choice((0, 0, 1, 1, 2, 3))
    return Use("run", {"command": command}, outputs.test_run(writer, path, failures), "check")


def _log(writer: JobWriter) -> Use:
    lines, noun = _size(writer, 18), writer.one(writer.nouns)
    where = {"command": f"tail -n {lines} logs/{noun}s-{writer.number(1, 90)}.log"}
    return Use("run", where, outputs.log(writer, lines))


def _history(writer: JobWriter) -> Use:
    lines = _size(writer, 8)
    where = {"command": f"git log --oneline -n {lines} -- {writer.one(writer.files)}"}
    return Use("run", where, outputs.history(writer, lines))


def _edit(writer: JobWriter) -> Use:
    path = writer.one(writer.files)
    where = {"path": path, "line": writer.number(8, 500), "why": writer.say("goal")}
    return Use("edit_file", where, outputs.change(writer, path), "check")


def _web(writer: JobWriter) -> Use:
    query = f"{writer.say('topic')} {writer.one(writer.aspects)} {writer.say('place')}".casefold()
    found = outputs.results(writer, writer.number(2, 6))
    return Use("web_search", {"query": query}, found, "seek")


def _page(writer: JobWriter) -> Use:
    where = {"url": outputs.web_address(writer)}
    return Use("fetch_page", where, outputs.web_page(writer, _size(writer, 5)), "seek")


_CODING: tuple[Callable[[JobWriter], Use], ...] = (
    _search, _search, _read, _read, _read, _test, _test, _log, _history, _edit,
)  # fmt: skip
_RESEARCH: tuple[Callable[[JobWriter], Use], ...] = (_web, _page, _page)
