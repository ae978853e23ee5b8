"""What is known of a model by its name alone: its ceiling and its price, without litellm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.spec import Spec
from harness.models.prices import FREE, Price, bundled, entry_in, limit_in, price_in, takes_marks
from harness.models.reference import laws

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDER = "reference"
"""The provider under which the reference models stand."""


def reference_spec(name: str) -> Spec | None:
    """The law that a name states; None when it is no reference model.

    >>> str(reference_spec("reference/window?tokens=4096"))
    'window?tokens=4096'
    """
    provider, _, law = name.partition("/")
    return Spec.parse(law) if provider == PROVIDER else None


def known_limit(name: str) -> int | None:
    """Tokens of a model's context window; None where they are not known.

    Raises:
        UsageError: It is a reference model of an unknown law or option.
    """
    spec = reference_spec(name)
    return laws.resolve(spec).limit if spec is not None else limit_in(bundled(), name)


def marked(name: str) -> bool:
    """Whether calls to a model should mark how far its provider is to cache a prompt."""
    return reference_spec(name) is None and takes_marks(bundled(), name)


def reasons(name: str, options: Mapping[str, object]) -> bool:
    """Whether a model thinks before it answers, by the catalogue and by what is asked of it.

    Claude thinks only where it is asked to; `reasoning_effort=none` asks for no thinking.

    >>> reasons("openai/gpt-5", {}), reasons("openai/gpt-5", {"reasoning_effort": "none"})
    (True, False)
    """
    effort = options.get("reasoning_effort")
    if effort is not None or options.get("thinking") is not None:
        return str(effort).lower() not in {"none", "disable", "minimal"} or effort is None
    if reference_spec(name) is not None:
        return False
    entry = entry_in(bundled(), name)
    return entry is not None and bool(entry.get("supports_reasoning")) and "claude" not in name


def price(name: str, prompt_tokens: int = 0) -> Price | None:
    """What a model charges; None where it is not known. The reference models are free.

    Args:
        name: As litellm takes it.
        prompt_tokens: Length of the prompt; some models charge more for long ones.
    """
    if reference_spec(name) is not None:
        return FREE
    return price_in(bundled(), name, prompt_tokens)
