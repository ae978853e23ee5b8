"""The parameters of calls, made once from what `-M` says, with all that follows from them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from harness.models.address import address
from harness.models.options import affecting_answer, convert, masked, secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


class CallOptions(Mapping[str, object]):
    """Options as the values that calls take; a mapping that never changes.

    Text is turned into numbers, booleans and JSON when this is made. What follows from the options
    is worked out when it is first asked for, and kept.

    Args:
        options: As `-M key=value` gives them, or values already.

    Raises:
        UsageError: A value begins like JSON and is none.

    >>> options = CallOptions({"max_tokens": "64", "api_key": "sk-1", "timeout": "9"})
    >>> options["max_tokens"], options.affecting_answer, options.secrets
    (64, {'max_tokens': 64}, ('sk-1',))
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        self._values = convert(options)

    @staticmethod
    def of(options: Mapping[str, object]) -> CallOptions:
        """The options themselves where they are made already; else made now."""
        return options if isinstance(options, CallOptions) else CallOptions(options)

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __or__(self, later: Mapping[str, object]) -> CallOptions:
        """Both; where both name an option, the later one holds."""
        if not later:
            return self
        both = CallOptions({})
        both._values = {**self._values, **CallOptions.of(later)}  # values already, both of them
        return both

    @cached_property
    def affecting_answer(self) -> dict[str, object]:
        """Those that can change an answer, sorted by name; secrets never can, and are left out."""
        return affecting_answer(self._values)

    @cached_property
    def masked(self) -> dict[str, object]:
        """All of them as they may be stored and shown."""
        return masked(self._values)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The texts among them that are not shown, so that they can be struck from other texts."""
        return secrets(self._values)

    def address(self, model: str) -> str | None:
        """Where a model is called with them, or by the environment; None: at its provider's own."""
        return address(model, self._values, os.environ)
