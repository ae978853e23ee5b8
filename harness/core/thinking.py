"""What a model thinks aloud, told from what it answers, in every mark that models are known to use.

Its one rule: an answer that only speaks of such a mark keeps its text. The time it takes grows with
the text and no faster, however that is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.thinking_channels import LINE, SplitReply, split_by_channels, split_by_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark in a text, such as <think> or </think>."""

    start: int
    stop: int
    word: str
    closes: bool


_WORDS = (
    r"think(?:ing)?|thoughts?|thought[ _-]?process|reason(?:ing)?|reflect(?:ion|ing)?|analysis"
    r"|scratch[ _-]?pad|inner[ _-]?(?:monologue|thoughts?)|chain[ _-]?of[ _-]?thoughts?|cot"
    r"|internal[ _-]?(?:monologue|thoughts?|reasoning)|deliberation|rationale"
)
_MARK = re.compile(
    rf"""(?P<left>[<\[◁⟨＜])\s{{0,4}}[|｜]?\s{{0,4}}
    (?P<side>/\s{{0,4}}|end[ _-]?(?:of[ _-]?)?|(?:begin|start)[ _-]?(?:of[ _-]?)?|)
    (?:[a-z][\w.-]{{0,24}}:)?  # a vendor's prefix, as in <seed:think>
    (?P<word>{_WORDS})(?:\s[^<>\[\]]{{0,200}}?)?\s{{0,4}}
    (?P<void>/?)[|｜]?[>\]▷⟩＞]
    |(?P<opens><unused94>(?:thought)?|<\|channel>\s?thought\b)  # Gemma
    |(?P<closes><unused95>|<channel\|>)""",
    re.IGNORECASE | re.VERBOSE,
)
"""<think>, [THINK], <|begin_of_thought|>, <|START_THINKING|>, and their like."""

_COMMON = frozenset({"think", "thinking", "thought", "thoughts", "reasoning"})
"""Words whose opening mark counts where no closing mark follows; in the midst of a text, others may
be headings."""

_QUOTES = "`\"'“”‘’«»„"
_SENTENCE_ENDS = ".!?:;…。！？"
_BEFORE_A_MENTION = re.compile(
    r"(?:^|\s)(?:an?|the|this|that|tags?|marks?|markers?|tokens?|symbols?|strings?|words?|is|was|are"
    r"|and|or|with|by|like|as|in|into|of|to|between|before|after|use|uses|used|using|write|add|put"
    r"|say|said|called|named|closing|opening|final|der|das|die|und|mit|le|la|el|un|une|et|y|con)\s$",
    re.IGNORECASE,
)
"""Words after which a mark is spoken of."""


_WRAPPED = re.compile(
    r"\A\s*(?:<(?:answer|final[ _-]?answer|final|output|response|solution)>"
    r"|<\|(?:begin|start)_(?:of_)?(?:solution|answer|response|text)\|>)",
    re.IGNORECASE,
)
_UNWRAPPED = re.compile(
    r"(?:</(?:answer|final[ _-]?answer|final|output|response|solution)>"
    r"|<\|end_(?:of_)?(?:solution|answer|response|text)\|>)\s*\Z",
    re.IGNORECASE,
)
_EDGES = ("<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end|>", "<|return|>", "</s>")
"""Special tokens that servers leave at the end of a reply."""


def split_thinking(text: str) -> SplitReply:
    """The answer in a text, and what was thought aloud before it.

    Args:
        text: As it came from a model.

    >>> split_thinking("<think>Exuberant? No.</think>Dry.").answer
    'Dry.'
    >>> split_thinking("Exuberant? No.</think>Dry.").answer  # without its opening mark
    'Dry.'
    >>> split_thinking("<think>Exuberant? No, it")
    SplitReply(answer='', thinking='Exuberant? No, it', unfinished=True)
    >>> split_thinking("The tag is <think>, and the voice is dry.").answer
    'The tag is <think>, and the voice is dry.'
    """
    found = split_by_channels(text) or split_by_words(text)
    if found is not None:
        return found
    marks = list(_marks(text))
    return _by_marks(text, marks) if marks else SplitReply(answer=text)


def _marks(text: str) -> Iterator[_Mark]:
    """The marks of a text that do their work there, in order; those that are spoken of are not."""
    found = [mark for mark in map(_mark, _MARK.finditer(text)) if mark is not None]
    closed = {mark.word for mark in found if mark.closes}
    after = depth = 0
    for mark in found:
        if _is_quoted(text, mark):
            continue
        if mark.closes:
            if not depth and _is_mentioned(text, mark, after, closes=True):
                continue
            depth = max(0, depth - 1)
        else:
            known = mark.word in _COMMON or mark.word in closed
            at_once = (
                not mark.word.startswith("[")
                and not text[max(mark.start - LINE, 0) : mark.start].strip()
            )
            if not (known or at_once) or (
                not depth and _is_mentioned(text, mark, after, closes=False)
            ):
                continue
            depth += 1
        after = mark.stop
        yield mark


def _mark(found: re.Match[str]) -> _Mark | None:
    """A mark by what was found; None for one that opens and closes nothing (<think/>)."""
    if found["void"]:
        return None
    side = (found["side"] or "").lower()
    closes = found["closes"] is not None or side.startswith(("/", "end"))
    word = (found["word"] or "think").lower()
    heading = found["left"] == "[" and word not in {"think", "thinking"}
    return _Mark(found.start(), found.end(), f"[{word}" if heading else word, closes)


def _is_quoted(text: str, mark: _Mark) -> bool:
    """Whether a mark stands between quotation marks."""
    before, after = text[max(mark.start - 1, 0) : mark.start], text[mark.stop : mark.stop + 1]
    return bool(before) and bool(after) and before in _QUOTES and after in _QUOTES


def _is_mentioned(text: str, mark: _Mark, after: int, *, closes: bool) -> bool:
    """Whether a mark is a word of a sentence, which runs on on both sides of it.

    Args:
        text: The text.
        mark: The mark.
        after: Where the mark before ends; what follows it begins anew.
        closes: Whether it would end what was thought: only where a word before it says so, or a
            sentence ends right behind it, is it spoken of.
    """
    line = text[max(mark.start - LINE, after) : mark.start].rpartition("\n")[2]
    if not line.strip() or not line[-1].isspace() or line.rstrip()[-1] in _SENTENCE_ENDS:
        return False
    rest = text[mark.stop : mark.stop + LINE]
    if rest[:1] in tuple(".,;:!?)"):
        return True
    follows = rest.lstrip(" ")[:1]
    runs_on = bool(follows) and (follows.isalpha() or follows in "-–(")
    if closes or follows.isupper():
        return runs_on and _BEFORE_A_MENTION.search(line) is not None
    return runs_on


def _by_marks(text: str, marks: Sequence[_Mark]) -> SplitReply:
    """The text by its marks in brackets."""
    last = _lone_close(marks, _content_end(text, marks))
    spans = [] if last is None else [(0, last.stop)]
    following = [mark for mark in marks if last is None or mark.start >= last.stop]
    opened: list[int] = []
    for mark in following:
        if not mark.closes:
            opened.append(mark.start)
        elif opened:
            start = opened.pop()
            if not opened:
                spans.append((start, mark.stop))
        else:  # after the answer
            spans.append((mark.start, mark.stop))
    unfinished = False
    if opened:  # one that was never closed, or held another that was not
        ends = [mark.stop for mark in following if mark.closes and mark.start > opened[0]]
        unfinished = not ends
        spans = [span for span in spans if span[1] <= opened[0]]
        spans.append((opened[0], ends[-1] if ends else len(text)))
    return SplitReply(
        answer=_unwrapped(_outside(text, spans)),
        thinking="\n".join(filter(None, (_bare(text[a:b]) for a, b in spans))),
        unfinished=unfinished,
    )


def _content_end(text: str, marks: Sequence[_Mark]) -> int:
    """Where the text ends, but for marks and blanks."""
    end = len(text)
    for mark in reversed(marks):
        if text[mark.stop : end].strip():
            break
        end = mark.start
    return end


def _lone_close(marks: Sequence[_Mark], end: int) -> _Mark | None:
    """The last mark that closes what no mark opened, and has text behind it."""
    depth, found = 0, None
    for mark in marks:
        if not mark.closes:
            depth += 1
        elif depth:
            depth -= 1
        elif mark.stop < end:
            found = mark
    return found


def _outside(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without these stretches of it, which are in order."""
    parts, at = [], 0
    for start, stop in spans:
        parts.append(text[at:start])
        at = stop
    return "".join([*parts, text[at:]])


def _bare(text: str) -> str:
    """The text without marks."""
    return _MARK.sub("", text).strip()


def _unwrapped(text: str) -> str:
    """The answer out of the marks of its own that some models put around it."""
    end = _without_edges(text)
    wrapped = _WRAPPED.match(text, 0, end)
    if wrapped is None:
        return text[:end].strip()
    tail = _UNWRAPPED.search(text, max(end - LINE, wrapped.end()), end)
    return text[wrapped.end() : tail.start() if tail else end].strip()


def _without_edges(text: str) -> int:
    """Where the text ends without the special tokens at its end."""
    end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        token = next((token for token in _EDGES if text.endswith(token, 0, end)), None)
        if token is None:
            return end
        end -= len(token)
