"""What is changed in a call because the model refused it: a parameter, or the role of a message.

Providers say in their 400 which parameter they do not take. It is replaced by what they name, or
left out; what was learnt is told once, and is part of what was really sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.late_pattern import LatePattern
from harness.core.messages import Message
from harness.core.parts import TextPart

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MOST = 8
"""Changes to one call at most."""

SYSTEM = "system_role"
"""The name under which the role of the system message stands among what was sent."""

_NEVER = frozenset(
    {"api_base", "api_key", "base_url", "extra_headers", "headers", "messages", "model", "timeout"}
)
"""Without these no call can be made."""

_NO_SYSTEM = LatePattern(
    lambda: (
        r"system[ _-]?(?:role|prompt|message|instruction)s?\b.{0,80}?"
        r"(?:\bnot\b|n't|\bun|\bno\b).{0,20}(?:support|allow|enabled|accept|permit|available)"
        r"|(?:\bnot|n't|\bun|\bno)\s?(?:support|allow|accept|permit|known|expected)\w*"
        r".{0,60}\bsystem['\"`]?(?:\s|$|[ _-]role|[.,:])"
        r"|(?:unexpected|invalid|unknown) (?:message )?role:?.{0,10}system"
        r"|developer instruction.{0,40}not enabled|conversation roles must alternate"
        r"|only (?:the )?['\"`]?user['\"`]?,? (?:and|or) ['\"`]?(?:assistant|model)['\"`]?"
        r" (?:roles|are)"
        r"|(?:roles?|input) (?:must|should) be (?:one of |either )?:?.{0,4}"
        r"['\"`]?user['\"`]?(?:,| or| and) ['\"`]?(?:assistant|model)\b(?!.{0,20}system)"
        r"|first message (?:must|should|has to) be (?:from )?(?:the |a )?['\"`]?user"
    ),
    re.IGNORECASE | re.DOTALL,
)
_REFUSES = LatePattern(
    lambda: (
        r"unsupported|unrecogni[sz]ed|unknown|unexpected|deprecated|invalid"
        r"|extra (?:inputs?|fields?)"
        r"|(?:not|n't|no longer|cannot|never) (?:be )?\w{0,12} ?(?:support|allow|permit|accept"
        r"|recogni|available|valid|set|specified|used|taken?|change)|only (?:the )?default|must be"
        r"|too large|at most|exceeds?\b|greater than|maximum|removed|renamed"
        r"|replaced|incompatible|instead"
    ),
    re.IGNORECASE,
)
_NEAR = 160
"""Characters between a parameter's name and the words that refuse it."""

_INSTEAD = LatePattern(
    lambda: (
        r"(?:use|try|specify|set|renamed to|replaced (?:by|with)|in favou?r of|did you mean)"
        r"\s+(?:the )?(?:parameter )?['\"`]?(?P<name>[a-z][a-z0-9_]{2,40})\b['\"`]?"
    ),
    re.IGNORECASE,
)
_TWINS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""One parameter under two names: where one is refused, the other is tried before none."""

_COUNT = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+|(?<![\w.])\d{1,9}(?![\w]|\.\d)")
_TOO_LARGE = LatePattern(
    lambda: (
        r"too large|at most|exceeds?\b|greater than|less than|maximum|no more than|upper|between"
        r"|<=|>"
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """One change to what is sent."""

    parameter: str
    """What is changed, or `system_role`."""
    instead: str | None = None
    """The name under which its value is sent from now on; None where it keeps its name."""
    value: int | None = None
    """The most that the model takes; None where the value is not at fault."""

    @property
    def left_out(self) -> bool:
        """Whether nothing takes its place."""
        return self.instead is None and self.value is None

    def __str__(self) -> str:
        if self.parameter == SYSTEM:
            return "takes no system message: its text now begins the first user message"
        if self.instead is not None:
            return f"takes no {self.parameter}: its value is sent as {self.instead}"
        if self.value is not None:
            return f"takes {self.parameter} up to {self.value:,}: that is sent"
        return f"takes no {self.parameter} as it was sent: it is left out"


def adaptation(
    said: str,
    parameters: Mapping[str, object],
    *,
    named: str | None = None,
    fixed: Collection[str] = (),
    refused: Collection[str] = (),
    has_system: bool = False,
) -> Adaptation | None:
    """What to change after a refusal; None where it names nothing that was sent.

    Args:
        said: The provider's words.
        parameters: What was sent beside the messages.
        named: The parameter that the refusal names beside its words.
        fixed: Parameters whose values are somebody's wish, and are not lowered.
        refused: Parameters that were refused before.
        has_system: Whether the first message is the system's.

    >>> adaptation("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    ...            {"max_tokens": 5}).instead
    'max_completion_tokens'
    >>> adaptation("'temperature' does not support 0.0", {"temperature": 0.0}).left_out
    True
    """
    if has_system and _NO_SYSTEM.search(said):
        return Adaptation(parameter=SYSTEM)
    name = _refused(said, parameters, named)
    if name is None:
        return None
    value = parameters[name]
    if name in _TWINS and isinstance(value, int) and _TOO_LARGE.search(said):
        below = [count for count in _counts(said) if 0 < count < value]
        if below and name not in fixed:
            return Adaptation(parameter=name, value=max(below))
        if below:
            return None
    found = next((other["name"] for other in _INSTEAD.finditer(said)), None)
    if found is not None and "_" in found and found not in {*parameters, *refused, name}:
        return Adaptation(parameter=name, instead=found)
    twin = _TWINS.get(name)
    tried = twin is not None and (twin in parameters or twin in said or twin in refused)
    return Adaptation(parameter=name, instead=None if tried else twin)


def _refused(said: str, parameters: Mapping[str, object], named: str | None) -> str | None:
    """The parameter among those sent that a refusal speaks of."""
    known = [name for name in parameters if name not in _NEVER]
    if named in known:
        return named
    places = []
    for name in known:
        found = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", said)
        if found is None:
            continue
        near = said[max(found.start() - _NEAR, 0) : found.end() + _NEAR]
        if _REFUSES.search(near):
            places.append((found.start(), name))
    return min(places)[1] if places else None


def _counts(said: str) -> list[int]:
    return [int(found[0].replace(",", "")) for found in _COUNT.finditer(said)]


def adapted(
    parameters: Mapping[str, object], adaptations: Sequence[Adaptation]
) -> dict[str, object]:
    """The parameters as the model takes them."""
    sent = dict(parameters)
    for change in adaptations:
        if change.parameter not in sent:
            continue
        value = sent[change.parameter]
        if change.value is not None:
            sent[change.parameter] = min(value, change.value) if isinstance(value, int) else value
            continue
        del sent[change.parameter]
        if change.instead is not None:
            sent[change.instead] = value
    return sent


def without_system(messages: Sequence[Message]) -> list[Message]:
    """The messages, the text of the system's at the head of the first that is the user's."""
    count = 0
    while count < len(messages) and messages[count].role == "system":
        count += 1
    standing = "\n\n".join(message.text for message in messages[:count])
    rest = list(messages[count:])
    if not count:
        return rest
    if rest and rest[0].role == "user":
        said = rest[0].content
        first = f"{standing}\n\n{said}" if isinstance(said, str) else (TextPart(standing), *said)
        return [Message("user", first), *rest[1:]]
    return [Message("user", standing), *rest]
