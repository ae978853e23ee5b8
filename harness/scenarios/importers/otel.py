"""Traces of OpenTelemetry with calls of models in them, by the GenAI conventions.

Files hold OTLP as JSON (a line a batch), or spans as the console prints them. Messages stand in
attributes (`gen_ai.input.messages`, or as the libraries before wrote them), in events of the span,
or in log records beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.core.transcript import Row
from harness.scenarios.importers.threads import Threads
from harness.scenarios.importers.values import (
    first_text,
    obj,
    parsed,
    seq,
    shapeless,
    spelled_value,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_SESSIONS = ("gen_ai.conversation.id", "session.id", "langfuse.session.id", "thread.id")
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.choice": "assistant",
}
_SENT = ("gen_ai.input.messages", "gen_ai.prompt", "ai.prompt.messages", "input.value",
         "traceloop.entity.input")  # fmt: skip
_GOT = ("gen_ai.output.messages", "gen_ai.completion", "ai.response.text", "output.value",
        "traceloop.entity.output")  # fmt: skip
_LISTED = {
    "gen_ai.prompt.": "sent", "gen_ai.completion.": "got",
    "llm.input_messages.": "sent", "llm.output_messages.": "got",
}  # fmt: skip
"""Attributes that number their messages: `gen_ai.prompt.0.role`."""
_DIGITS = 20
"""Of a time in nanoseconds, so that times as text are in their order."""
_MODEL = ("gen_ai.", "llm.", "ai.")
_KINDS = ("openinference.span.kind", "traceloop.span.kind", "gen_ai.operation.name")
_NOT_A_CALL = frozenset(
    ("chain", "tool", "agent", "retriever", "workflow", "task", "execute_tool", "invoke_agent",
     "create_agent", "embeddings", "reranker", "guardrail", "evaluator", "embedding")
)  # fmt: skip


@dataclass(slots=True)
class _Span:
    """A call of a model, while what tells of it is gathered."""

    session: str = ""
    when: str = ""
    sent: list[object] = field(default_factory=list)
    got: list[object] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OTel:
    """The conversations in OpenTelemetry's traces of models."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records is a batch of spans or logs, or a span of a model."""
        return any(_is_batch(row) or _is_span(row) for row in map(obj, sample.rows))

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        threads = Threads()
        spans: dict[str, _Span] = {}
        for row in source.rows():
            record = obj(row.value) if isinstance(row, Row) else {}
            if not isinstance(row, Row):
                yield row
            elif _is_batch(record):
                for one in _of(record, "resourceSpans", "scopeSpans", "spans"):
                    _span(threads, spans, one)
                for log in _of(record, "resourceLogs", "scopeLogs", "logRecords"):
                    _log(threads, spans, log)
            elif _is_span(record):
                _span(threads, spans, record)
            else:
                yield shapeless(row, "spans of OpenTelemetry, as 'resourceSpans' or one by one")
        for key, span in spans.items():
            if not threads.add(
                span.session or key.partition("/")[0], span.when, span.sent, span.got
            ):
                threads.left.skip("span without messages")
        yield from threads.found()


def _is_batch(row: Mapping[str, object]) -> bool:
    return isinstance(row.get("resourceSpans"), list) or isinstance(row.get("resourceLogs"), list)


def _is_span(row: Mapping[str, object]) -> bool:
    where = any(key in row for key in ("context", "spanId", "span_id", "traceId", "trace_id"))
    keys = _attributes(row)
    return any(key.startswith("gen_ai.") or (where and key.startswith(_MODEL)) for key in keys)


def _of(record: Mapping[str, object], *keys: str) -> list[Mapping[str, object]]:
    found = [record]
    for key in keys:
        found = [obj(inner) for one in found for inner in seq(one.get(key))]
    return found


def _attributes(record: Mapping[str, object]) -> dict[str, Any]:
    """The attributes of a span, an event or a log record, whichever way they are written."""
    given = record.get("attributes", record.get("tags"))
    if isinstance(given, dict):
        return {text(key): value for key, value in given.items()}
    return {text(obj(one).get("key")): _value(obj(one).get("value")) for one in seq(given)}


def _value(value: object) -> object:
    """A value of OTLP as JSON has it."""
    typed = obj(value)
    if "arrayValue" in typed:
        return [_value(one) for one in seq(obj(typed["arrayValue"]).get("values"))]
    if "kvlistValue" in typed:
        pairs = map(obj, seq(obj(typed["kvlistValue"]).get("values")))
        return {text(pair.get("key")): _value(pair.get("value")) for pair in pairs}
    for key in ("stringValue", "intValue", "doubleValue", "boolValue"):
        if key in typed:
            return typed[key]
    return value if not typed else None


def _key(record: Mapping[str, object]) -> str:
    context = obj(record.get("context"))
    ids = ("traceId", "trace_id"), ("spanId", "span_id")
    trace, span = (first_text([*map(record.get, two), *map(context.get, two)]) for two in ids)
    return f"{trace}/{span}"


def _span(threads: Threads, spans: dict[str, _Span], record: Mapping[str, object]) -> None:
    attributes = _attributes(record)
    kind = next((text(attributes[key]).lower() for key in _KINDS if key in attributes), "")
    model = any(key.startswith(_MODEL) for key in attributes) or seq(record.get("events"))
    if kind in _NOT_A_CALL or not model:
        threads.left.skip("span that is no call of a model")
        return
    key = _key(record)
    span = spans.setdefault(key if key != "/" else f"/{len(spans)}", _Span())
    when = spelled_value(record.get("startTimeUnixNano", record.get("start_time")))
    span.when = when.zfill(_DIGITS) if when.isdigit() else when
    _take(span, attributes)
    for event in map(obj, seq(record.get("events"))):
        inner = _attributes(event)
        name = text(event.get("name"))
        if name in _ROLES:
            _said(span, name, inner)
        else:
            _take(span, inner)


def _log(threads: Threads, spans: dict[str, _Span], record: Mapping[str, object]) -> None:
    attributes = _attributes(record)
    name = first_text((record.get("eventName"), attributes.get("event.name")))
    span = spans.setdefault(_key(record), _Span())
    body = _value(record.get("body"))
    if name in _ROLES:
        _said(span, name, obj(body) or {"content": body})
    elif any(key in attributes for key in (*_SENT, *_GOT)):
        _take(span, attributes)
    else:
        threads.left.skip("log record without a message")


def _take(span: _Span, attributes: Mapping[str, Any]) -> None:
    """What the attributes of a span say of its call."""
    span.session = span.session or first_text(map(attributes.get, _SESSIONS))
    told = parsed(attributes.get("gen_ai.system_instructions"))
    if told:
        span.sent.append({"role": "system", "content": told})
    span.sent += _numbered(attributes, "sent") or _whole(attributes, _SENT, "user")
    span.got += _numbered(attributes, "got") or _whole(attributes, _GOT, "assistant")
    if attributes.get("ai.response.toolCalls"):
        calls = seq(parsed(attributes["ai.response.toolCalls"]))
        span.got.append({"role": "assistant", "content": calls})


def _whole(attributes: Mapping[str, Any], keys: tuple[str, ...], role: str) -> list[object]:
    """The messages of an attribute that holds all of them."""
    found = parsed(next((attributes[key] for key in keys if attributes.get(key)), None))
    inner = obj(found).get("messages", found)
    if isinstance(inner, str):
        return [{"role": role, "content": inner}]
    return inner if isinstance(inner, list) else [inner] if inner else []


def _said(span: _Span, name: str, inner: Mapping[str, Any]) -> None:
    """What an event says, whose name is the role."""
    message = parsed(inner.get("message")) if name == "gen_ai.choice" else None
    said = {**inner, **obj(message)}
    calls = parsed(said.get("tool_calls"))
    turn = {
        "role": _ROLES[name],
        "content": parsed(said.get("content")) if said.get("content") is not None else "",
        "tool_calls": calls,
        "tool_call_id": said.get("id"),
    }
    (span.got if name == "gen_ai.choice" else span.sent).append(turn)


def _numbered(attributes: Mapping[str, Any], way: str) -> list[object]:
    """The messages that attributes number, each put together again."""
    tree: dict[str, Any] = {}
    for key, value in attributes.items():
        prefix = next((one for one in _LISTED if key.startswith(one)), None)
        if prefix is None or _LISTED[prefix] != way:
            continue
        *steps, last = key.removeprefix(prefix).split(".")
        node = tree
        for step in steps:
            inner = node.setdefault(step, {})
            node = inner if isinstance(inner, dict) else {}
        node[last] = value
    role = "user" if way == "sent" else "assistant"
    return [_message(tree[key], role) for key in sorted(tree, key=lambda k: (len(k), k))]


def _message(node: object, role: str) -> dict[str, object]:
    told = obj(obj(node).get("message")) or obj(node)
    calls = []
    for call in obj(told.get("tool_calls")).values():
        inner = obj(obj(call).get("tool_call")) or obj(call)
        calls.append({**(obj(inner.get("function")) or inner), "id": inner.get("id")})
    content = told.get("content")
    return {
        "role": text(told.get("role")) or role,
        "content": parsed(content) if content is not None else "",
        "tool_calls": calls,
        "tool_call_id": told.get("tool_call_id"),
    }
