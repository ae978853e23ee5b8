"""Which sessions are so short that what they come to can teach how a provider counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.arms import ARMS, nearly_empty

if TYPE_CHECKING:
    from harness.core.record import Record
    from harness.core.session import Blueprint


def opens(blueprint: Blueprint, window_tokens: int, facts_tokens: float = 0) -> bool:
    """Whether a planned session is so short that no server would truncate it."""
    if blueprint.earlier:
        return False  # what is carried into it may be long
    return all(
        nearly_empty(cut.fill_requested, window_tokens, facts_tokens) for cut in blueprint.cuts
    )


def teaches(record: Record) -> bool:
    """Whether a record was made to teach how its provider counts, before the long sessions."""
    if record.session_number > 1:
        return False  # what was carried into it may be long
    if ARMS[record.arm].early:
        return True
    if record.fill_requested is None:
        return False
    return nearly_empty(record.fill_requested, record.window_limit)
