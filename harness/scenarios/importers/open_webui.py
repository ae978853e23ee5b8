"""Open WebUI's export: an array of chats, each with its messages as a tree.

What is taken is the branch that the window shows, from `currentId` up. Thoughts and tools stand in
a reply as `<details>` elements, or beside it as a list of outputs.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import FILE, IMAGE, REASONING, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import (
    first_text,
    named_thing,
    obj,
    parsed,
    path_to,
    seq,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_DETAILS = re.compile(r"<details(?P<options>[^>]*)>(?P<body>.*?)</details>\s*", re.DOTALL)
_OPTION = re.compile(r"(?P<key>[\w-]+)=\"(?P<value>[^\"]*)\"")


@dataclass(frozen=True, slots=True)
class OpenWebUI:
    """The chats of an Open WebUI export, each along its current branch."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records has a chat with a history."""
        return begins(sample, _is_chat)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The chats of a file."""
        return each(source, _is_chat, _chat, expected="a chat with 'chat' and its 'history'")


def _inner(value: object) -> Mapping[str, object]:
    record = obj(value)
    return obj(record.get("chat")) or record


def _is_chat(value: object) -> bool:
    chat = _inner(value)
    tree = obj(obj(chat.get("history")).get("messages"))
    listed = isinstance(obj(value).get("chat"), dict) and isinstance(chat.get("messages"), list)
    return bool(tree) or listed


def _chat(row: Row) -> Iterator[Found]:
    record = obj(row.value)
    chat = _inner(record)
    history = obj(chat.get("history"))
    nodes = {text(key): obj(node) for key, node in obj(history.get("messages")).items()}
    script = Script()
    system = first_text((chat.get("system"), obj(chat.get("params")).get("system")))
    if system:
        script.say("system", Saying().add(system))
    if nodes:
        parents = {key: text(node.get("parentId")) for key, node in nodes.items()}
        leaf = text(history.get("currentId"))
        way = path_to(leaf if leaf in nodes else next(reversed(nodes)), parents)
        said = [nodes[key] for key in way]
        script.skip(BRANCH, len(nodes) - len(way))
    else:
        said = [obj(one) for one in seq(chat.get("messages"))]
    for message in said:
        role = script.role(text(message.get("role")), _ROLES)
        if role is not None:
            script.say(role, _saying(message))
    script.skip(FILE, len(seq(chat.get("files"))))
    yield from script.leavings()
    yield Transcript(
        id=first_text((record.get("id"), chat.get("id"))) or str(row.number),
        messages=tuple(script.messages),
        title=first_text((record.get("title"), chat.get("title"))),
    )


def _saying(message: Mapping[str, object]) -> Saying:
    saying = Saying()
    content = message.get("content")
    output = seq(message.get("output"))
    if any(obj(item).get("type") == "message" for item in output):
        for item in map(obj, output):
            if item.get("type") == "message":
                saying.add(item.get("content"))
            else:
                saying.part(item)
    elif isinstance(content, str):
        _elements(saying, content)
    else:
        saying.add(content)
    for attached in map(obj, seq(message.get("files"))):
        saying.skipped.append(IMAGE if attached.get("type") == "image" else FILE)
    return saying


def _elements(saying: Saying, content: str) -> None:
    """The text of a reply, with the elements in it for what they are."""
    at = 0
    for found in _DETAILS.finditer(content):
        options = {o["key"]: html.unescape(o["value"]) for o in _OPTION.finditer(found["options"])}
        kind = options.get("type", "")
        if not kind:
            continue  # somebody's own element
        _text(saying, content[at : found.start()])
        at = found.end()
        if kind == "reasoning":
            saying.skipped.append(REASONING)
        elif kind == "tool_calls":
            name, id_ = options.get("name", ""), options.get("id", "")
            saying.call(name, parsed(options.get("arguments")), id_)
            if options.get("done") != "false":
                saying.result(parsed(options.get("result")), id_, name)
        elif kind == "code_interpreter":
            saying.call("code_interpreter", re.sub(r"<summary>.*?</summary>", "", found["body"]))
            saying.result(parsed(options.get("output")), name="code_interpreter")
        else:
            saying.skipped.append(named_thing("element of type", kind))
    if at:
        _text(saying, content[at:])
    else:
        saying.add(content)


def _text(saying: Saying, said: str) -> None:
    if said.strip():
        saying.add(said.strip())
