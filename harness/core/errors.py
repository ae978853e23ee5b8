"""The error tree: what a user may see, where it happened, and the exit code it leads to.

HarnessError                     exit 3, unless a branch below says otherwise
├── UsageError                   exit 4: an option, a value or a file is wrong
│   ├── FileError                exit 4: the same, at file:line:column
│   └── CassetteMissError        exit 4: a cassette that is replayed has no answer to a call
├── NothingSelectedError         exit 5: there is nothing to run or to report
├── IncompleteError              exit 6: errors are left, or the budget is spent
│   └── NoRoomError              exit 6: a file of a run cannot be written any more
└── ModelError                   one call failed; becomes a record, never an exit
    └── OverflowRefusedError     the provider says that the prompt is past its window: a result
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


AnsweredBy = Literal["model", "cache", "cassette"]
"""Where an answer came from: a call that was made now, or one that was made and kept before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in a file, as editors and compilers write it."""

    file: str
    line: int | None = None
    """Counted from 1; None where the whole file is meant."""
    column: int | None = None
    """Counted from 1."""

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class HarnessError(Exception):
    """Anything the harness says to its user; the message is the whole story."""

    exit_code: ClassVar[int] = 3


class UsageError(HarnessError):
    """An option, a value or a call is wrong: what came, what was expected, what to do."""

    exit_code: ClassVar[int] = 4


class FileError(UsageError):
    """Something in a file is wrong; the message begins with file:line:column."""

    def __init__(self, where: Where, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class CassetteMissError(UsageError):
    """What is replayed, a cassette or the records of a run, holds no answer to a call."""


class NothingSelectedError(HarnessError):
    """The selection is empty."""

    exit_code: ClassVar[int] = 5


class IncompleteError(HarnessError):
    """The run ended before all of its trials had a result."""

    exit_code: ClassVar[int] = 6


class NoRoomError(IncompleteError):
    """A file of a run cannot be written any more.

    Args:
        message: Which file, what the system says, and the line that goes on.
        what: The same without that line.
    """

    def __init__(self, message: str, what: str) -> None:
        super().__init__(message)
        self.what = what


class ModelError(HarnessError):
    """One call to a model failed; it is recorded with status `error` and never scored.

    Args:
        message: What the provider said, without secrets.
        kind: A short name of the failure; docs/replay.md says what each one means.
        retryable: Whether the same call may well succeed a little later.
        retry_after_s: How long the provider asked us to wait, in seconds.
        stops: Whether every other call to the same model would fail like this one.
        parameter: The parameter of the call that is refused, where the provider names one.

    Attributes:
        attempts: Calls that were made before it was given up, the last one included.
        answered_by: Where it came from, as for a reply: a refusal can be kept like one.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        retryable: bool = False,
        retry_after_s: float | None = None,
        stops: bool = False,
        parameter: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.parameter = parameter
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.stops = stops
        self.attempts = 1
        self.answered_by: AnsweredBy = "model"


class OverflowRefusedError(ModelError):
    """The prompt does not fit the provider's context window: a result with status `overflow`."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="overflow")


def first_of(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first single error of a tree of groups, as a task group raises them."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def nearest(name: str, known: Iterable[str]) -> str:
    """The half sentence that helps after an unknown name.

    >>> nearest("contians", ["contains", "exact"])
    "did you mean 'contains'?"
    >>> nearest("zzz", ["contains", "exact"])
    'known: contains, exact'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(names)}"
