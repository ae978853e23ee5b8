"""What the two APIs with a memory of their own have in common: items that stand for a session.

A call whose option `compaction` is `now` asks the provider to compact what it is sent. The reply is
what is left, as JSON of messages, so that whatever keeps replies keeps it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.core.parts import content_from_json, content_to_json
from harness.core.shapes import json_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS_TO_PROVIDERS = frozenset({"compaction", "server_state"})
"""Options that say how a call is made, and are never sent."""
COMPACT_NOW = {"compaction": "now"}
"""The options of a call that compacts."""


def is_compaction(parameters: Mapping[str, object]) -> bool:
    """Whether a call asks the provider to compact."""
    return parameters.get("compaction") == COMPACT_NOW["compaction"]


def as_items(messages: Sequence[Message]) -> str:
    """Messages as the text of a reply."""
    return json.dumps(
        [{"role": one.role, "content": content_to_json(one.content)} for one in messages],
        ensure_ascii=False,
    )


def read_items(text: str) -> tuple[Message, ...]:
    """The messages that a compaction left.

    Raises:
        ModelError: The reply is none of a compaction: the model cannot compact.
    """
    try:
        found = json_of(text)
        return tuple(Message(one["role"], content_from_json(one["content"])) for one in found)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            "the model answered in words where a compaction was asked for: its provider compacts"
            " only under the names responses/NAME and messages/NAME",
            kind="bad_request",
        ) from error
