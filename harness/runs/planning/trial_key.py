"""The key of a trial: a hash of everything that can change the answer (law 7)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest, names_digest
from harness.core.trial import FORMAT
from harness.models.call_options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.session import Blueprint
    from harness.core.window import Window


class Keys:
    """Makes the keys of one session's trials; what they share is hashed once.

    Args:
        material: Hash of scenario, filler and tokenizer.
        blueprint: What the session is built from.
        window: The ceiling.
        policy: Spec of the policy.
        memory: Spec of the memory.
        model: Name of the model, reference options included.
        options: Parameters of the call.
        replies: Who answers the turns of the session.
    """

    def __init__(
        self,
        *,
        material: str,
        blueprint: Blueprint,
        window: Window,
        policy: str,
        memory: str,
        model: str,
        options: Mapping[str, str],
        replies: str = "scripted",
    ) -> None:
        self._shared = digest(
            [
                FORMAT,
                material,
                _told(blueprint),
                _ceiling(window),
                policy,
                memory,
                model,
                CallOptions.of(options).affecting_answer,
                *([replies] if replies != "scripted" else []),
            ]
        )

    def key(self, *, cut: int, question: str, repeat: int) -> str:
        """The key of one trial: 32 hexadecimal digits."""
        return names_digest(self._shared, cut, question, repeat)


def _ceiling(window: Window) -> list[float]:
    """The window as hashed: one without an overhead has the key that it always had."""
    aimed = [window.limit, window.reserve, window.ratio]
    return [*aimed, window.overhead] if window.overhead else aimed


def _told(blueprint: Blueprint) -> dict[str, object]:
    """The blueprint as hashed: a session that stands alone has the key that it always had."""
    told: dict[str, object] = _plain(blueprint)
    if not blueprint.earlier:
        del told["earlier"], told["carry"]
    return told


def _plain(value: Any) -> Any:
    """Dataclasses as JSON has them; nothing is copied, unlike by `dataclasses.asdict`."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    names = _names(value.__class__)
    return {name: _plain(getattr(value, name)) for name in names} if names else value


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of any other class."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()
