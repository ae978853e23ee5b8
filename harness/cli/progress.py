"""The bar of a run: trials, calls in flight, tokens, cost, retries; none without a terminal."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tqdm import tqdm

from harness.cli.streams import screen
from harness.core.printable import printable

if TYPE_CHECKING:
    from typing import Never

    from harness.core.record import Record


class Bar(AbstractContextManager["Bar"]):
    """Shows how a run goes on, on stderr."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._in_flight = 0
        self._tokens = 0
        self._cost: float | None = 0.0
        self._errors = 0
        self._retries = 0
        self._kept = 0

    def __exit__(self, *raised: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, total: int | None, done: int) -> None:
        """The run has so many trials (None: not known yet), so many of them recorded already."""
        self._bar = tqdm(
            total=total,
            initial=done,
            unit="trial",
            file=screen(),
            disable=None,  # quiet when stderr is no terminal
            dynamic_ncols=True,
            smoothing=0.05,
        )

    def replanned(self, total: int) -> None:
        """The number of trials has changed."""
        if self._bar is not None:
            self._bar.total = total

    def sent(self) -> None:
        """A call goes out."""
        self._in_flight += 1
        self._show()

    def returned(self) -> None:
        """A call is over."""
        self._in_flight -= 1

    def finished(self, record: Record) -> None:
        """A trial has its record."""
        self._tokens += record.prompt_tokens or 0
        self._errors += record.status == "error"
        self._retries += max(record.attempts - 1, 0)
        self._kept += record.answered_by in {"cache", "cassette"}
        if record.status == "ok":
            known = self._cost is not None and record.cost_usd is not None
            self._cost = (self._cost or 0.0) + (record.cost_usd or 0.0) if known else None
        self._show()
        if self._bar is not None:
            self._bar.update()

    def note(self, text: str) -> None:
        """Something that the user should know now: a line of its own, on stderr."""
        tqdm.write(printable(text), file=screen())

    def _show(self) -> None:
        if self._bar is not None and not self._bar.disable:
            self._bar.set_postfix_str(self._facts(), refresh=False)

    def _facts(self) -> str:
        cost = "cost unknown" if self._cost is None else f"${self._cost:.2f}"
        parts = [f"{self._in_flight} in flight", f"{self._tokens / 1e6:.2f}M tokens", cost]
        if self._kept:
            parts.append(f"{self._kept} kept from before")
        if self._retries:
            parts.append(f"{self._retries} retries")
        if self._errors:
            parts.append(f"{self._errors} errors")
        return ", ".join(parts)
