"""What is thought aloud in a channel of its own, as gpt-oss writes, or behind a set phrase.

Its one rule: a sentence that only begins with the word is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReply:
    """A text in two parts."""

    answer: str
    """What is said to whoever asked; the text itself where nothing in it is marked."""
    thinking: str = ""
    """What was thought aloud, without the marks."""
    unfinished: bool = False
    """Whether the text ends while it is still thinking."""


LINE = 80
"""Characters before a mark that are looked at."""

_TOKEN = re.compile(r"<\|(start|end|message|channel|return|call|constrain)\|>")
"""Special tokens of the harmony format, in which gpt-oss writes."""

_CHANNELS = frozenset({"analysis", "commentary", "final"})
_FINAL = re.compile(r"assistant\s?final(?:\s?message)?\s*")
_THOUGHT_ON = re.compile(r"assistant\s?(?:analysis|commentary)")
_BEGINS = re.compile(
    r"\A\s*(?:assistant\s?)?(?:analysis|commentary)(?P<glued>[A-Z0-9\"'“(\n]|\s*\Z)?"
)
_ANSWERS = re.compile(r"\A\s*(?:assistant\s?final\s*|final(?=[A-Z0-9]))")
_PROSE = re.compile(
    r"\A\s*here(?: is|'s) my (?:thought process|thinking|reasoning):", re.IGNORECASE
)
_PROSE_ANSWER = re.compile(r"^here(?: is|'s) my (?:response|answer):", re.IGNORECASE | re.MULTILINE)


def split_by_channels(text: str) -> SplitReply | None:
    """The text by the channels of the harmony format; None where it has none."""
    tokens = [(found.start(), found.end(), found[1]) for found in _TOKEN.finditer(text)]
    if not any(kind in {"message", "channel"} for _, _, kind in tokens):
        return None
    answer: list[str] = []
    thinking: list[str] = []
    channel = _channel(text[: tokens[0][0]])
    for index, (_, stop, kind) in enumerate(tokens):
        body = text[stop : tokens[index + 1][0] if index + 1 < len(tokens) else len(text)]
        if kind == "channel":
            channel = _channel(body)
        elif kind == "message":
            (answer if channel == "final" else thinking).append(body)
    return SplitReply(
        answer="".join(answer).strip(), thinking="\n".join(thinking).strip(), unfinished=not answer
    )


def _channel(text: str) -> str:
    """The channel that a few words before a message name."""
    words = text[-LINE:].replace("assistant", " ").split()
    return next((word for word in reversed(words) if word in _CHANNELS), "")


def split_by_words(text: str) -> SplitReply | None:
    """The text by the names of channels whose special tokens were left out, or by set phrases."""
    answers = _ANSWERS.match(text)
    if answers is not None:
        return SplitReply(answer=text[answers.end() :].strip())
    begins, ends = _BEGINS.match(text), _FINAL
    if begins is None:
        begins, ends = _PROSE.match(text), _PROSE_ANSWER
    if begins is None:
        return None
    finals = list(ends.finditer(text, begins.end()))
    if not finals and (ends is _PROSE_ANSWER or begins["glued"] is None):
        return None  # a sentence that begins with the word
    start = begins.start("glued") if ends is _FINAL and begins["glued"] else begins.end()
    thinking = text[start : finals[-1].start() if finals else len(text)]
    return SplitReply(
        answer=text[finals[-1].end() :].strip() if finals else "",
        thinking=_THOUGHT_ON.sub("\n", thinking).strip(),
        unfinished=not finals,
    )
