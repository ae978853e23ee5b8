"""The bar of a run: trials, calls in flight, tokens, cost, time left; a line a minute elsewhere."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import TYPE_CHECKING

from harness.cli.start_up import started
from harness.cli.streams import screen
from harness.cli.time_left import TimeLeft
from harness.core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Never

    from tqdm import tqdm

    from harness.core.record import Record

EVERY_S = 60.0
"""Seconds between two lines where there is no terminal."""


class Bar(AbstractContextManager["Bar"]):
    """Shows how a run goes on, on stderr.

    Args:
        every_s: Seconds between two lines where there is no terminal.
        clock: Gives seconds.
    """

    def __init__(
        self, *, every_s: float = EVERY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s = every_s
        self._time_left = TimeLeft(clock)
        self._bar: tqdm[Never] | None = None
        """On a terminal alone: what draws it takes a while to import."""
        self._total: int | None = None
        self._over = Event()
        self._teller: Thread | None = None
        self._in_flight = 0
        self._done = 0
        self._tokens = 0
        self._cost: float | None = 0.0
        self._errors = 0
        self._retries = 0
        self._kept = 0
        self._narrowed: dict[tuple[str, int], str] = {}

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        if self._teller is not None:
            self._teller.join()
        if self._bar is not None:
            self._bar.close()

    def begin(self, total: int | None, done: int) -> None:
        """The run has so many trials (None: not known yet), so many of them recorded already."""
        started()
        self._done, self._total = done, total
        if not screen().isatty():
            if self._teller is None:
                self._teller = Thread(target=self._tell, daemon=True)
                self._teller.start()
            return
        from tqdm import tqdm

        self._bar = tqdm(
            total=total,
            initial=done,
            unit="trial",
            file=screen(),
            dynamic_ncols=True,
            smoothing=0.05,
            bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
            if total is not None
            else None,
        )

    def expect(self, left: Mapping[str, int]) -> None:
        """So many trials of each model are still to be asked."""
        self._time_left.expect(left)

    def replanned(self, total: int) -> None:
        """The number of trials has changed."""
        self._total = total
        if self._bar is not None:
            self._bar.total = total

    def narrowed(self, model: str, window: int, words: str) -> None:
        """An adaptive run knows this of an onset by now."""
        self._narrowed[model, window] = words
        self._show()

    def sent(self) -> None:
        """A call goes out."""
        self._in_flight += 1
        self._show()

    def returned(self) -> None:
        """A call is over."""
        self._in_flight -= 1

    def finished(self, record: Record) -> None:
        """A trial has its record."""
        self._done += 1
        self._time_left.finished(record.model)
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
        if self._bar is None:
            print(printable(text), file=screen())
            return
        self._bar.write(printable(text), file=screen())

    def _tell(self) -> None:
        """A line a minute, until the run is over."""
        while not self._over.wait(self._every_s):
            of = "" if self._total is None else f" of {self._total:,}"
            self.note(f"{self._done:,}{of} trials, {self._facts()}")

    def _show(self) -> None:
        if self._bar is not None:
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
        several = len(self._narrowed) > 1
        for (model, window), words in self._narrowed.items():
            parts.append(f"{model} {window:,}: {words}" if several else words)
        return ", ".join([*parts, *filter(None, [self._time_left.words()])])
