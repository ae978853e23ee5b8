"""Limits: how many calls, how fast, how many bytes at once, and when to leave a provider alone.

`Limits` says what is allowed; `Gates` makes every call of a run wait until it is.
"""

from __future__ import annotations

from harness.runs.limits.gates import Gates
from harness.runs.limits.limits import Limits

__all__ = ["Gates", "Limits"]
