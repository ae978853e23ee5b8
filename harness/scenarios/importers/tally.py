"""What an import took over and what it left out, counted and said in one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.errors import FileError, NothingSelectedError, Where
from harness.core.printable import how_many
from harness.core.transcript import Mended, Skipped, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.transcript import Found, Remark


@dataclass(slots=True)
class Tally:
    """Counts what passes through it."""

    name: str
    """What was read, as the sentence calls it."""
    sessions: int = 0
    messages: int = 0
    asked: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    first: dict[str, Remark] = field(default_factory=dict)
    """The first of each reason that has a place."""

    def sifted(self, found: Iterable[Found]) -> Iterator[Transcript]:
        """The conversations that hold a message; the rest is counted."""
        for one in found:
            if not isinstance(one, Transcript):
                self.skip(one)
            elif any(said.role != "tool" for said in one.messages):
                self.sessions += 1
                self.messages += len(one.messages)
                self.asked += len(one.asked)
                yield one
            else:
                self.left_out["conversation without a message"] = (
                    self.left_out.get("conversation without a message", 0) + 1
                )

    def skip(self, one: Remark) -> None:
        """Count something that was left out, or taken over otherwise than it stood."""
        counts = self.mended if isinstance(one, Mended) else self.left_out
        counts[one.what] = counts.get(one.what, 0) + one.count
        if one.detail:
            self.first.setdefault(one.what, one)

    def sentence(self) -> str:
        """All of it in a line."""
        asked = f" with {how_many(self.asked, 'question')}" if self.asked else ""
        came = (
            f"{how_many(self.messages, 'message')} in {how_many(self.sessions, 'session')}{asked}"
        )
        left = f"; left out: {self.reasons()}" if self.left_out else "; nothing left out"
        mended = f"; mended: {', '.join(self._reasons(self.mended))}" if self.mended else ""
        return f"{came} from {self.name}{left}{mended}"

    def reasons(self) -> str:
        """What was left out, the most frequent first; of each kind the first with a place."""
        return ", ".join(self._reasons(self.left_out))

    def _reasons(self, counts: dict[str, int]) -> Iterator[str]:
        for what, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            first = self.first.get(what)
            place = f" (first: {_place(first)})" if first is not None else ""
            yield f"{what} {count:,}{place}"

    def check_any(self) -> None:
        """Make sure that something came.

        Raises:
            FileError: Nothing did, and there is a record that could not be read.
            NothingSelectedError: Nothing did, though all could be read.
        """
        if self.messages:
            return
        remarks = self.first.values()
        broken = next((one for one in remarks if isinstance(one, Skipped) and one.broken), None)
        if broken is not None:
            where = broken.where or Where(file=self.name)
            raise FileError(where, f"nothing could be read: {broken.detail}")
        reasons = f": left out: {self.reasons()}" if self.left_out else ""
        raise NothingSelectedError(f"no message of a user or an assistant in {self.name}{reasons}")


def _place(one: Remark) -> str:
    return f"{one.where}: {one.detail}" if one.where else one.detail
