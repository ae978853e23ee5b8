"""Memories: what crosses a session boundary. One file each; `check_memory` is their law."""

from __future__ import annotations

from harness.core.protocols import Memory
from harness.core.registry import Registry
from harness.sessions.memories.facts import Facts
from harness.sessions.memories.none import Nothing
from harness.sessions.memories.retrieval import Retrieval
from harness.sessions.memories.summary import SummaryMemory
from harness.sessions.memories.transcript import TranscriptMemory

NOTHING = "none"
"""The memory that keeps nothing."""

memories: Registry[Memory] = Registry("memory", Memory)
memories.add(NOTHING, Nothing)
memories.add("transcript", TranscriptMemory)
memories.add("summary", SummaryMemory)
memories.add("facts", Facts)
memories.add("retrieval", Retrieval)

__all__ = [
    "NOTHING",
    "Facts",
    "Nothing",
    "Retrieval",
    "SummaryMemory",
    "TranscriptMemory",
    "memories",
]
