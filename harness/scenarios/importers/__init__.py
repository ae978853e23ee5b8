"""Importers: transcripts of other programs, and which program a file comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import FileError, Where
from harness.core.protocols import Importer
from harness.core.registry import Registry
from harness.scenarios.importers.chatgpt import ChatGPT
from harness.scenarios.importers.claude import Claude
from harness.scenarios.importers.claude_code import ClaudeCode
from harness.scenarios.importers.goodai import GoodAI
from harness.scenarios.importers.inspect_ import Inspect
from harness.scenarios.importers.locomo import LoCoMo
from harness.scenarios.importers.longmemeval import LongMemEval
from harness.scenarios.importers.markdown import Markdown
from harness.scenarios.importers.openai import OpenAI
from harness.scenarios.importers.parts import obj, text
from harness.scenarios.importers.sharegpt import ShareGPT
from harness.scenarios.importers.source import ByteSource, file_source

if TYPE_CHECKING:
    from harness.core.transcript import Sample

importers: Registry[Importer] = Registry("importer", Importer)
importers.add("chatgpt", ChatGPT)
importers.add("claude", Claude)
importers.add("claude-code", ClaudeCode)
importers.add("longmemeval", LongMemEval)
importers.add("locomo", LoCoMo)
importers.add("goodai", GoodAI)
importers.add("openai", OpenAI)
importers.add("sharegpt", ShareGPT)
importers.add("inspect", Inspect)
importers.add("markdown", Markdown)


def guess(source: ByteSource) -> str:
    """The name of the importer whose file this is.

    Raises:
        FileError: None knows it, the file is empty, or it is no text.
    """
    if source.name.endswith(".eval"):
        return "inspect"  # a zip archive, which only its own reader opens
    sample = source.sample()
    for name in importers.names():
        if importers.resolve(name).recognises(sample):
            return name
    problem = f"cannot tell which program wrote this: {_shown(sample)}"
    raise FileError(
        Where(file=source.name), f"{problem}; name the format: {', '.join(importers.names())}"
    )


def _shown(sample: Sample) -> str:
    """What the file begins with, for somebody who has to find out."""
    if not sample.rows:
        line = next((line for line in sample.text.splitlines() if line.strip()), "")
        return f"it begins with {line.strip()[:40]!r}, and names no user and assistant"
    keys = ", ".join(f"'{text(key)[:30]}'" for key in list(obj(sample.rows[0]))[:6])
    return f"its first record has the keys {keys}" if keys else "its first record has no keys"


__all__ = ["ByteSource", "file_source", "guess", "importers"]
