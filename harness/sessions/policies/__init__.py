"""What the application does when the session outgrows the window."""

from __future__ import annotations

from harness.core.protocols import Policy
from harness.sessions.policies.combined import (
    Combined,
    PolicyRegistry,
    clearing,
    compacting,
    parts_of,
    policy_name,
    reminding,
)

policies = PolicyRegistry("policy", Policy)
"""Each is imported when it is asked for."""

policies.add("send_all", "harness.sessions.policies.send_all:SendAll")
policies.add("drop_oldest", "harness.sessions.policies.drop_oldest:DropOldest")
policies.add("keep_ends", "harness.sessions.policies.keep_ends:KeepEnds")
policies.add("refuse", "harness.sessions.policies.refuse:Refuse")
policies.add("summarise", "harness.sessions.policies.summarise:Summarise")
policies.add("reintroduce", "harness.sessions.policies.reintroduce:Reintroduce")
policies.add("clear_tool_results", "harness.sessions.policies.clear_tool_results:ClearToolResults")
policies.add(
    "provider_compaction", "harness.sessions.policies.provider_compaction:ProviderCompaction"
)
policies.add("server_session", "harness.sessions.policies.server_session:ServerSession")
policies.add("server_truncation", "harness.sessions.policies.server_truncation:ServerTruncation")
policies.add("context_editing", "harness.sessions.policies.context_editing:ContextEditing")

__all__ = [
    "Combined",
    "clearing",
    "compacting",
    "parts_of",
    "policies",
    "policy_name",
    "reminding",
]
