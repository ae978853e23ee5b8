"""Several policies at once: `clear_tool_results?keep=3|summarise?at=0.8`.

Each does what it is for, in the order of the name; what is sent at the ceiling the last one says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.protocols import Clearing, Compacting, Policy, Reminding
from harness.core.registry import Registry
from harness.core.spec import Spec
from harness.sessions.policies.instructions import is_file, prompt_digest

if TYPE_CHECKING:
    from harness.core.window import History, View

BETWEEN = "|"
_KINDS = (Clearing, Compacting, Reminding)


@dataclass(frozen=True, slots=True)
class Combined:
    """Policies that work on one session together."""

    parts: tuple[Policy, ...]

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The view of the last of them."""
        return self.parts[-1].view(history, budget_tokens)


class PolicyRegistry(Registry[Policy]):
    """The policies by name; names joined by `|` are several at once."""

    def resolve(self, spec: Spec | str) -> Policy:
        """The policy, or all that are named.

        Raises:
            UsageError: As for any plug; or two of them would do the same.
        """
        if not isinstance(spec, str) or BETWEEN not in spec:
            return super().resolve(spec)
        parts = tuple(super(PolicyRegistry, self).resolve(one) for one in spec.split(BETWEEN))
        for kind in _KINDS:
            if sum(isinstance(part, kind) for part in parts) > 1:
                what = {Clearing: "clear", Compacting: "summarise", Reminding: "remind"}[kind]
                raise UsageError(f"policy '{spec}': two of them {what}; name one that does")
        return Combined(parts)


def parts_of(policy: Policy) -> tuple[Policy, ...]:
    """The policies that work together; itself where it works alone."""
    return policy.parts if isinstance(policy, Combined) else (policy,)


def clearing(policy: Policy) -> Clearing | None:
    """The one of them that empties old messages, if one does."""
    return next((one for one in parts_of(policy) if isinstance(one, Clearing)), None)


def compacting(policy: Policy) -> Compacting | None:
    """The one of them that replaces older turns by a text, if one does."""
    return next((one for one in parts_of(policy) if isinstance(one, Compacting)), None)


def reminding(policy: Policy) -> Reminding | None:
    """The one of them that says something again, if one does."""
    return next((one for one in parts_of(policy) if isinstance(one, Reminding)), None)


def policy_name(policy: str) -> str:
    """The one spelling of a policy's name, with the hash of a prompt that stands in a file.

    >>> policy_name("clear_tool_results?keep=3&exclude=a | summarise?keep=0.2&threshold=0.7")
    'clear_tool_results?exclude=a&keep=3|summarise?at=0.7&keep=0.2'
    """
    return BETWEEN.join(str(_of_one(Spec.parse(one))) for one in policy.split(BETWEEN))


def _of_one(spec: Spec) -> Spec:
    options = dict(spec.options)
    if spec.name in {"summarise", "clear_tool_results"} and "threshold" in options:
        options["at"] = options.pop("threshold")
    prompt = options.get("prompt", "")
    if spec.name == "summarise" and is_file(prompt):
        options["prompt_digest"] = prompt_digest(prompt)
    return Spec(spec.name, tuple(sorted(options.items())))
