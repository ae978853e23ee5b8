"""A reply as prose: its words and its sentences, as a person who was given the rule would count.

Its one rule: layout is no language. Code blocks are left out, marks of Markdown are no words, and a
heading, a list item or a table row ends a sentence whether or not a full stop does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.caching import by_text
from harness.core.printable import well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = 2_000
_ROW = re.compile(r"((?:[^\w\s]\s*){30})(?:[^\w\s]\s*)+")
"""Marks without a word between them, of which the first few are as good as all."""
_FENCE = re.compile(r"[ \t]*+(`{3,}+|~{3,}+)([`~]*+)")

ITEM = re.compile(r"^[ \t>]*(?:[-*+•‣◦]|\(?(?:\d{1,3}|[a-zA-Z])[.)]|\([ivx]+\))[ \t]+(?=\S)")
"""What a list item begins with."""

_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_RULED = re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$|^(?=.*---)[ \t:|-]*$")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_MARKS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|`+")
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]*_]*$")
_DASH = re.compile(r"[—―⸺]|--+|(?<=[^\W\d_])[–/](?=[^\W\d_])")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SPOKEN = re.compile(r"[^\W_]")
_POINT = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]")


def without_code(text: str) -> str:
    r"""The text with a new line in place of each block of code.

    One that is never closed goes on to the end.

    >>> without_code("Run:\n```sh\nls\n```\nDone.")
    'Run:\n\n\nDone.'
    """
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    prose: list[str] = []
    opened = ""
    for n, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if opened:
            if fence and fence[1].startswith(opened) and not line[fence.end() :].strip(" \t"):
                opened = ""
        elif fence and n < len(lines):
            opened = fence[1]
            prose.append("\n")
        else:
            prose.append(line)
    return "\n".join(prose)


def prose_words(text: str) -> tuple[str, ...]:
    """The words of a text as word processors count them: what stands between spaces and dashes.

    A number, an address and a hyphenated word are one word each; "and/or" is two; each character of
    Chinese and each kana is one.

    >>> len(prose_words("A well-known 4.50 deal, e.g. **now** — and/or never!"))
    9
    """
    plain = _MARKS.sub("", _LINK.sub(r"\1", text))
    found: list[str] = []
    for chunk in plain.split():
        parts = [chunk] if "://" in chunk else _DASH.split(chunk)
        for part in parts:
            spaced = _IDEOGRAPH.sub(r" \g<0> ", part).split()
            found += [word for word in spaced if _SPOKEN.search(word)]
    return tuple(found)


def prose_sentences(reply: str, language: str = "en") -> tuple[str, ...]:
    r"""The sentences of a reply, none empty, code left out.

    Args:
        reply: Its text.
        language: Code of the one that it is in, which knows its own abbreviations.

    >>> prose_sentences("It costs 4.50, e.g. at Dr. Wu's. Use v1.2!\n- one item\n- another")
    ("It costs 4.50, e.g. at Dr. Wu's.", 'Use v1.2!', 'one item', 'another')
    """
    return _sentences(language, reply)


@by_text(1 << 12)
def _sentences(language: str, reply: str) -> tuple[str, ...]:
    import sentencex

    found: list[str] = []
    for block in _blocks(without_code(well_formed(reply))):
        waiting = ""
        parts = (p for piece in _pieces(block) for p in sentencex.segment(language, piece))
        for part in parts:
            piece = waiting + part
            # a numbered point standing in the line: "1. Do this. 2. Do that."
            waiting = piece if _POINT.fullmatch(piece.strip()) else ""
            if not waiting:
                found.append(piece.strip())
        found.append(waiting.strip())
    return tuple(sentence for sentence in found if _SPOKEN.search(sentence))


def _pieces(block: str) -> Iterator[str]:
    """The block in pieces of a page at most, cut where a sentence ends: a row of marks is slow."""
    block = _ROW.sub(r"\1", block)
    start = 0
    while len(block) - start > _PAGE:
        page = block[start : start + _PAGE]
        cut = max(page.rfind(end) for end in (". ", "! ", "? "))
        cut = cut + 2 if cut > 0 else page.rfind(" ") + 1 or _PAGE
        yield page[:cut]
        start += cut
    yield block[start:]


def _blocks(text: str) -> list[str]:
    """The runs of text that layout keeps apart: paragraphs, items, headings, cells of tables."""
    blocks: list[list[str]] = []
    goes_on = False
    for raw in text.splitlines():
        line = _QUOTED.sub("", raw)
        bare = _HEADING.sub("", ITEM.sub("", line)).strip()
        if not bare or _RULED.match(line):
            goes_on = False
        elif line.lstrip().startswith("|"):
            blocks += [[cell.strip()] for cell in _CELL.split(bare) if cell.strip()]
            goes_on = False
        elif goes_on and bare == line.strip() and _continues(blocks[-1][-1], bare):
            blocks[-1].append(bare)
        else:
            blocks.append([bare])
            goes_on = not _HEADING.match(line)
    return [" ".join(block) for block in blocks]


def _continues(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the line before it, wrapped by hand.

    A new line that begins with a capital after a line without a full stop is an entry of its own
    ("Name: Ana", "Date: Friday"), and so is what follows a full stop.
    """
    return not _ENDS.search(before) and not line[0].isupper() and not line[0].isdigit()
