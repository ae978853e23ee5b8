"""Up to where a window counts as nearly empty: there the plateau is measured, and the meter taught.

A twentieth of the window is right for windows of 8,000 tokens. In long ones much is forgotten
within their first twentieth, so there it is a number of tokens.
"""

from __future__ import annotations

NEAR_EMPTY_SHARE = 0.05
"""Of the window, in windows of up to `LONG_TOKENS`."""
NEAR_EMPTY_TOKENS = 1_000
"""In longer ones."""
LONG_TOKENS = round(NEAR_EMPTY_TOKENS / NEAR_EMPTY_SHARE)
"""The longest window in which the share decides."""
FACTS_ROOM = 1.25
"""In longer ones whose facts alone take more than that: so many times what they take."""


def near_empty_fill(window_tokens: int, facts_tokens: float = 0) -> float:
    """The largest fill with which a window counts as nearly empty.

    Args:
        window_tokens: The window.
        facts_tokens: What the facts take by themselves, question included; 0 where it is not known.

    >>> near_empty_fill(8_000), near_empty_fill(128_000), near_empty_fill(128_000, 2_048)
    (0.05, 0.0078125, 0.02)
    """
    if window_tokens <= LONG_TOKENS:
        return NEAR_EMPTY_SHARE
    if facts_tokens <= NEAR_EMPTY_TOKENS:
        return NEAR_EMPTY_TOKENS / window_tokens
    return min(FACTS_ROOM * facts_tokens / window_tokens, 0.5)


def near_empty_tokens(window_tokens: int, facts_tokens: float = 0) -> int:
    """The same in tokens.

    >>> near_empty_tokens(8_000), near_empty_tokens(128_000), near_empty_tokens(128_000, 2_000)
    (400, 1000, 2500)
    """
    return round(near_empty_fill(window_tokens, facts_tokens) * window_tokens)
