"""Importers: transcripts of other programs, and which program a file comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import FileError, Where
from harness.core.protocols import Importer
from harness.core.registry import Registry
from harness.scenarios.importers.aider import Aider
from harness.scenarios.importers.beam import BEAM
from harness.scenarios.importers.chatgpt import ChatGPT
from harness.scenarios.importers.claude import Claude
from harness.scenarios.importers.claude_code import ClaudeCode
from harness.scenarios.importers.codex import Codex
from harness.scenarios.importers.copilot import Copilot
from harness.scenarios.importers.delivery import delivered
from harness.scenarios.importers.gemini import AIStudio, GeminiCLI
from harness.scenarios.importers.goodai import GoodAI
from harness.scenarios.importers.inspect_ import Inspect
from harness.scenarios.importers.langfuse import Langfuse
from harness.scenarios.importers.langsmith import LangSmith
from harness.scenarios.importers.librechat import LibreChat
from harness.scenarios.importers.lm_studio import LMStudio
from harness.scenarios.importers.locomo import LoCoMo
from harness.scenarios.importers.longmemeval import LongMemEval
from harness.scenarios.importers.markdown import MarkdownChat
from harness.scenarios.importers.msc import MSC
from harness.scenarios.importers.open_webui import OpenWebUI
from harness.scenarios.importers.openai import OpenAI
from harness.scenarios.importers.otel import OTel
from harness.scenarios.importers.sharegpt import ShareGPT
from harness.scenarios.importers.sillytavern import SillyTavern
from harness.scenarios.importers.source import ByteSource, file_source
from harness.scenarios.importers.specstory import SpecStory
from harness.scenarios.importers.values import kind

if TYPE_CHECKING:
    from harness.core.transcript import Sample

importers: Registry[Importer] = Registry("importer", Importer)
importers.add("aider", Aider)
importers.add("aistudio", AIStudio)
importers.add("beam", BEAM)
importers.add("chatgpt", ChatGPT)
importers.add("claude", Claude)
importers.add("claude-code", ClaudeCode)
importers.add("codex", Codex)
importers.add("copilot", Copilot)
importers.add("gemini-cli", GeminiCLI)
importers.add("goodai", GoodAI)
importers.add("inspect", Inspect)
importers.add("langfuse", Langfuse)
importers.add("langsmith", LangSmith)
importers.add("librechat", LibreChat)
importers.add("lmstudio", LMStudio)
importers.add("locomo", LoCoMo)
importers.add("longmemeval", LongMemEval)
importers.add("markdown", MarkdownChat)
importers.add("msc", MSC)
importers.add("openai", OpenAI)
importers.add("open-webui", OpenWebUI)
importers.add("otel", OTel)
importers.add("sharegpt", ShareGPT)
importers.add("sillytavern", SillyTavern)
importers.add("specstory", SpecStory)

GENERAL = ("openai", "sharegpt", "markdown")
"""Forms that many programs share: asked after those of a single one."""


class UnknownFormatError(FileError):
    """No importer knows the file."""


def guess(source: ByteSource) -> str:
    """The name of the importer whose file this is.

    Raises:
        UnknownFormatError: None knows it.
        FileError: It is empty, or no text.
    """
    if source.name.endswith(".eval"):
        return "inspect"  # a zip archive, which only its own reader opens
    sample = source.sample()
    own = [name for name in importers.names() if name not in GENERAL]
    for name in (*own, *GENERAL):
        if importers.resolve(name).recognises(sample):
            return name
    problem = f"cannot tell which program wrote this: {_shown(sample)}"
    raise UnknownFormatError(
        Where(file=source.name), f"{problem}; name the format: {', '.join(importers.names())}"
    )


def _shown(sample: Sample) -> str:
    """What the file begins with, for somebody who has to find out."""
    if not sample.rows:
        line = next((line for line in sample.text.splitlines() if line.strip()), "")
        return f"it begins with {line.strip()[:40]!r}, and names no user and assistant"
    kinds = list(dict.fromkeys(map(kind, sample.rows)))
    others = f", a later one {kinds[1]}" if len(kinds) > 1 else ""
    return f"its first record is {kinds[0]}{others}"


__all__ = [
    "ByteSource",
    "UnknownFormatError",
    "delivered",
    "file_source",
    "guess",
    "importers",
]
