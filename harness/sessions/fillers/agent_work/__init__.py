"""Filler `agent-work`: sessions of an agent that searches, reads, runs and edits with tools."""

from __future__ import annotations

from harness.sessions.fillers.agent_work.filler import AgentWork

__all__ = ["AgentWork"]
