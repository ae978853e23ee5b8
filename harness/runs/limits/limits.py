"""What a run may do to a provider at most: a value that can be divided between workers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.core.errors import UsageError

DEFAULT_CONNECTIONS = 16
DEFAULT_BYTES = 256_000_000
DEFAULT_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds; what a provider really takes is found out below them.

    Raises:
        UsageError: One of them is not above 0.
    """

    max_connections: int = DEFAULT_CONNECTIONS
    """Calls in flight for each provider."""
    rpm: float | None = None
    """Calls a minute for each model, retries included; None: as many as go through."""
    tpm: float | None = None
    """Prompt tokens a minute for each model, by the provider's count where it gives one."""
    max_bytes: int = DEFAULT_BYTES
    """Text in flight for each provider, in bytes; a single longer call goes alone."""
    give_up_after_s: float = DEFAULT_PATIENCE_S
    """How long a model may fail at every call before it is given up."""

    def __post_init__(self) -> None:
        for name in ("max_connections", "rpm", "tpm", "max_bytes", "give_up_after_s"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name} is {value!r}; expected a number above 0")

    def divided(self, workers: int) -> Limits:
        """The share of each of so many workers; together they keep what is asked for.

        Raises:
            UsageError: There are fewer connections than workers.

        >>> Limits(max_connections=9, rpm=60).divided(4).max_connections
        2
        """
        if not 0 < workers <= self.max_connections:
            raise UsageError(
                f"{self.max_connections} connections cannot be divided between {workers} workers;"
                " use fewer workers or a larger --max-connections"
            )
        return replace(
            self,
            max_connections=self.max_connections // workers,
            rpm=None if self.rpm is None else self.rpm / workers,
            tpm=None if self.tpm is None else self.tpm / workers,
            max_bytes=max(1, self.max_bytes // workers),
        )
