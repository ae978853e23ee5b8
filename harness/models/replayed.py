"""A model that is a cassette.

Its one rule: it is never called, and needs neither key nor network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.models.calls import brought_back, call
from harness.models.options import convert
from harness.models.remembering import given
from harness.models.table import known_limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.models.cassette import Cassette


class Replayed:
    """A model whose answers were recorded.

    Args:
        name: The model's name.
        options: Parameters of every call, as the model itself would be given them.
        cassette: The answers.
    """

    def __init__(self, name: str, options: Mapping[str, object], cassette: Cassette) -> None:
        self._name = name
        self._options = convert(options)
        self._cassette = cassette

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return known_limit(self._name)

    def sent_parameters(self, _options: Mapping[str, object], /) -> dict[str, object]:
        """The parameters that went out when the cassette was recorded."""
        return dict(self._cassette.sent.get(self._name, {}))

    async def ask(
        self, messages: Sequence[Message], options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply:
        """The recorded answer.

        Raises:
            CassetteMissError: There is none for this call.
            ModelError: The call had been refused.
        """
        asked = call(self._name, self._options | convert(options), messages, repeat)
        data = self._cassette.find(asked)
        if data is None:
            raise self._cassette.miss(asked)
        return given(brought_back(data, "cassette"))

    async def close(self) -> None:
        """Nothing: nothing was opened."""
