"""What the application does when the session outgrows the window."""

from __future__ import annotations

from harness.core.protocols import Policy
from harness.sessions.policies.clear_tool_results import ClearToolResults
from harness.sessions.policies.combined import (
    Combined,
    PolicyRegistry,
    clearing,
    compacting,
    parts_of,
    policy_name,
    reminding,
)
from harness.sessions.policies.context_editing import ContextEditing
from harness.sessions.policies.drop_oldest import DropOldest
from harness.sessions.policies.keep_ends import KeepEnds
from harness.sessions.policies.provider_compaction import ProviderCompaction
from harness.sessions.policies.refuse import Refuse
from harness.sessions.policies.reintroduce import Reintroduce
from harness.sessions.policies.send_all import SendAll
from harness.sessions.policies.server_session import ServerSession
from harness.sessions.policies.server_truncation import ServerTruncation
from harness.sessions.policies.summarise import Summarise

policies = PolicyRegistry("policy", Policy)
policies.add("send_all", SendAll)
policies.add("drop_oldest", DropOldest)
policies.add("keep_ends", KeepEnds)
policies.add("refuse", Refuse)
policies.add("summarise", Summarise)
policies.add("reintroduce", Reintroduce)
policies.add("clear_tool_results", ClearToolResults)

policies.add("provider_compaction", ProviderCompaction)
policies.add("server_session", ServerSession)
policies.add("server_truncation", ServerTruncation)
policies.add("context_editing", ContextEditing)

__all__ = [
    "ClearToolResults",
    "Combined",
    "ContextEditing",
    "DropOldest",
    "KeepEnds",
    "ProviderCompaction",
    "Refuse",
    "Reintroduce",
    "SendAll",
    "ServerSession",
    "ServerTruncation",
    "Summarise",
    "clearing",
    "compacting",
    "parts_of",
    "policies",
    "policy_name",
    "reminding",
]
