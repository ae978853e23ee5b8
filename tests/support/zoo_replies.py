"""Servers whose replies think aloud, are cut, refuse or break off: one function a behaviour.

The law's answer is somewhere in each. What is thought names values that it rejects, all of them
said in the session, so that a scorer which reads it is led astray.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.zoo_server import Call, Sent

_TOKENS_A_WORD = 1.4
_NAMED = 12
"""Values that are named and rejected at most."""

_QUOTED = re.compile(r"[^.!?\n]{8,160}[.!?]")


def thought(call: Call) -> str:
    """Thinking about the sentences of the session, each of them rejected but the answer's."""
    said = [
        sentence.strip()
        for message in call.messages[:-1]
        if message.role == "user"
        for sentence in _QUOTED.findall(message.content)
    ]
    others = [sentence for sentence in said if sentence not in call.answer.text][-_NAMED:]
    lines = [
        f'I read "{sentence}" Is it that? No, that answers something else.' for sentence in others
    ]
    return "\n".join(["Let me go through what was said.", *lines, "So I know what to answer."])


def _tokens(text: str) -> int:
    return int(len(text.split()) * _TOKENS_A_WORD) + 1


def _sent(
    call: Call, text: str, *, beside: dict[str, object] | None = None, spent: int = 0
) -> Sent:
    """The text as an answer, cut where its tokens end.

    Args:
        call: What was asked.
        text: All of it, thinking in the text included.
        beside: Fields of the message besides its content.
        spent: Tokens that went elsewhere before.
    """
    most, tokens = call.max_tokens, _tokens(text) + spent
    if most is None or tokens <= most:
        return call.reply({"content": text, **(beside or {})}, completion=tokens)
    words = re.findall(r"\S+\s*", text)[: max(0, int((most - spent) / _TOKENS_A_WORD))]
    cut = {"content": "".join(words), **(beside or {})}
    return call.reply(cut, completion=most, finish_reason="length")


def _marked(opens: str, closes: str) -> Callable[[Call], Sent]:
    return lambda call: _sent(call, f"{opens}\n{thought(call)}\n{closes}\n\n{call.answer.text}")


# thinking in the text


def think(call: Call) -> Sent:
    """<think> before the answer."""
    return _marked("<think>", "</think>")(call)


def thinking(call: Call) -> Sent:
    """<thinking>, as Claude-like prompts have it."""
    return _marked("<thinking>", "</thinking>")(call)


def thought_tag(call: Call) -> Sent:
    """<thought>, as Gemma's and Gemini's thoughts come through some proxies."""
    return _marked("<thought>", "</thought>")(call)


def seed_think(call: Call) -> Sent:
    """<seed:think>, of Seed-OSS."""
    return _marked("<seed:think>", "</seed:think>")(call)


def square_think(call: Call) -> Sent:
    """[THINK], of Magistral."""
    return _marked("[THINK]", "[/THINK]")(call)


def begin_of_thought(call: Call) -> Sent:
    """Marks of tokens."""
    return _marked("<|begin_of_thought|>", "<|end_of_thought|>")(call)


def with_attributes(call: Call) -> Sent:
    """A mark with attributes, in capitals."""
    return _marked('<THINK effort="high">', "</THINK>")(call)


def nested(call: Call) -> Sent:
    """Marks inside of marks."""
    text = f"<think>{thought(call)}<think>again: {thought(call)}</think></think>{call.answer.text}"
    return _sent(call, text)


def repeated(call: Call) -> Sent:
    """Thought twice before the answer."""
    both = f"<think>{thought(call)}</think>\n<think>{thought(call)}</think>\n"
    return _sent(call, both + call.answer.text)


def harmony(call: Call) -> Sent:
    """The channels of gpt-oss, with their special tokens."""
    opens = "<|channel|>analysis<|message|>"
    closes = "<|end|><|start|>assistant<|channel|>final<|message|>"
    return _sent(call, f"{opens}{thought(call)}{closes}{call.answer.text}<|return|>")


def bare_harmony(call: Call) -> Sent:
    """The same with its special tokens left out."""
    return _sent(call, f"analysis{thought(call)}assistantfinal{call.answer.text}")


def no_opening(call: Call) -> Sent:
    """The opening mark was part of the prompt."""
    return _sent(call, f"{thought(call)}\n</think>\n\n{call.answer.text}")


def lone_closing(call: Call) -> Sent:
    """The closing mark stands alone, behind the answer."""
    return _sent(call, f"{call.answer.text}\n</think>")


def mentions_a_mark(call: Call) -> Sent:
    """An answer that speaks of a mark."""
    return _sent(call, f"You said no <think> tags, so here it is at once: {call.answer.text}")


def no_closing(call: Call) -> Sent:
    """A mark that is never closed; whether an answer came nobody can tell."""
    return _sent(call, f"<think>\n{thought(call)}\n{call.answer.text}")


# thinking beside the text


def reasoning_content(call: Call) -> Sent:
    """DeepSeek, vLLM."""
    beside = {"reasoning_content": thought(call)}
    return _sent(call, call.answer.text, beside=beside, spent=_tokens(thought(call)))


def reasoning(call: Call) -> Sent:
    """OpenRouter, newer vLLM."""
    beside = {"reasoning": thought(call)}
    return _sent(call, call.answer.text, beside=beside, spent=_tokens(thought(call)))


def typed_parts(call: Call) -> Sent:
    """Parts of several types, as Mistral sends them."""
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": thought(call)}]},
        {"type": "text", "text": call.answer.text},
    ]
    return call.reply({"content": parts})


def reasoning_parts(call: Call) -> Sent:
    """A part of type reasoning."""
    parts = [
        {"type": "reasoning", "text": thought(call)},
        {"type": "output_text", "text": call.answer.text},
    ]
    return call.reply({"content": parts})


def answer_in_reasoning(call: Call) -> Sent:
    """A server that takes an answer without marks for thinking."""
    return call.reply({"content": None, "reasoning_content": call.answer.text})


READ_RIGHT = (
    think, thinking, thought_tag, seed_think, square_think, begin_of_thought, with_attributes,
    nested, repeated, harmony, bare_harmony, no_opening, lone_closing, mentions_a_mark,
    reasoning_content, reasoning, typed_parts, reasoning_parts, answer_in_reasoning,
)  # fmt: skip
"""Behind these nothing is lost: every answer is read as the law gave it."""


# cut, broken off, refused


def _without_end(call: Call) -> str:
    """Thoughts that fill whatever room there is."""
    round_of_it = f"{thought(call)}\n"
    return round_of_it * (2 + (call.max_tokens or 0) // len(round_of_it.split()))


def thinks_as_long_as_the_prompt(call: Call) -> Sent:
    """Thinking that grows with what there is to think about; cut at `max_tokens`."""
    long = "\n".join([thought(call)] * (1 + len(call.messages) // 8))
    return _sent(call, f"<think>\n{long}\n</think>\n\n{call.answer.text}")


def thinks_past_any_room(call: Call) -> Sent:
    """Thinking without an end."""
    return _sent(call, f"<think>\n{_without_end(call)}")


def thinks_unmarked_past_any_room(call: Call) -> Sent:
    """The same without a mark: all that is seen is a text that was cut."""
    return _sent(call, _without_end(call))


def broken_off(call: Call) -> Sent:
    """`finish_reason: error` with half of an answer, whenever the prompt is long."""
    if len(call.messages) < 40:
        return call.reply()
    return call.reply({"content": "It was, as far as I"}, finish_reason="error")


def error_in_the_choice(call: Call) -> Sent:
    """An error inside of a choice, as routers send it."""
    if len(call.messages) < 40:
        return call.reply()
    error = {"code": 502, "message": "Upstream provider failed"}
    return call.reply({"content": "It was"}, finish_reason="error", error=error)


def stops_at_the_limit(call: Call) -> Sent:
    """`stop` where the answer was cut at `max_tokens`."""
    most = call.max_tokens or 0
    return call.reply({"content": "Well, as far as I can see it is"}, completion=most)


def refuses_beside(call: Call) -> Sent:
    """A refusal in a field of its own, beside empty content."""
    return call.reply({"content": None, "refusal": "I'm sorry, I can't help with that."})


NOT_READ = (
    no_closing, thinks_past_any_room, thinks_unmarked_past_any_room, stops_at_the_limit,
    refuses_beside,
)  # fmt: skip
"""Behind these nothing is measured, and it is said why."""
