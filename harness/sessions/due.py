"""What of a plan is said before a checkpoint.

Its one rule: planner and builder ask here, so that what was planned for a checkpoint is what the
session says by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.session import Say


def said_by(tokens: int, says: Sequence[Say], sizes: Mapping[Say, int], *, start: int) -> list[Say]:
    """What is said before a checkpoint of that length.

    Args:
        tokens: Length of the session at the checkpoint.
        says: Everything planned and not said yet, in order.
        sizes: Tokens of each turn.
        start: Length at the checkpoint before, or of the system message before the first: what
            should have begun earlier begins here, and may leave no room for the next.
    """
    due = []
    for say in says:
        start = max(start, say.at_tokens) + sizes[say]
        if start > tokens:
            break
        due.append(say)
    return due
