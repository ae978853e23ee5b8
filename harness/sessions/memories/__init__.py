"""Memories: what crosses a session boundary. One file each; `check_memory` is their law."""

from __future__ import annotations

from harness.core.memory_protocols import Memory
from harness.core.registry import Registry

NOTHING = "none"
"""The memory that keeps nothing."""

memories: Registry[Memory] = Registry("memory", Memory)
"""Each is imported when it is asked for: most runs have none."""

memories.add(NOTHING, "harness.sessions.memories.none:Nothing")
memories.add("full", "harness.sessions.memories.full:FullMemory")
memories.add("last-k", "harness.sessions.memories.last_k:LastTurns")
memories.add("transcript", "harness.sessions.memories.transcript:TranscriptMemory")
memories.add("summary", "harness.sessions.memories.summary:SummaryMemory")
memories.add("facts", "harness.sessions.memories.facts:Facts")
memories.add("retrieval", "harness.sessions.memories.retrieval:Retrieval")
memories.add("http", "harness.sessions.memories.http:HttpMemory")
memories.add("lossy", "harness.sessions.memories.stated_losses:LossyMemory")
memories.add("mem0", "harness.sessions.memories.products.mem0:Mem0")
memories.add("langmem", "harness.sessions.memories.products.langmem:LangMem")

__all__ = ["NOTHING", "memories"]
