"""Memories: what crosses a session boundary. One file each; `check_memory` is their law."""

from __future__ import annotations

from harness.core.memory_protocols import Memory
from harness.core.registry import Registry
from harness.sessions.memories.facts import Facts
from harness.sessions.memories.full import FullMemory
from harness.sessions.memories.http import HttpMemory
from harness.sessions.memories.last_k import LastTurns
from harness.sessions.memories.none import Nothing
from harness.sessions.memories.products.langmem import LangMem
from harness.sessions.memories.products.mem0 import Mem0
from harness.sessions.memories.retrieval import Retrieval
from harness.sessions.memories.stated_losses import LossyMemory
from harness.sessions.memories.summary import SummaryMemory
from harness.sessions.memories.transcript import TranscriptMemory

NOTHING = "none"
"""The memory that keeps nothing."""

memories: Registry[Memory] = Registry("memory", Memory)
memories.add(NOTHING, Nothing)
memories.add("full", FullMemory)
memories.add("last-k", LastTurns)
memories.add("transcript", TranscriptMemory)
memories.add("summary", SummaryMemory)
memories.add("facts", Facts)
memories.add("retrieval", Retrieval)
memories.add("http", HttpMemory)
memories.add("lossy", LossyMemory)
memories.add("mem0", Mem0)
memories.add("langmem", LangMem)

__all__ = [
    "NOTHING",
    "Facts",
    "FullMemory",
    "HttpMemory",
    "LangMem",
    "LastTurns",
    "LossyMemory",
    "Mem0",
    "Nothing",
    "Retrieval",
    "SummaryMemory",
    "TranscriptMemory",
    "memories",
]
