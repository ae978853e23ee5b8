"""Models: the reference readers, servers of one's own, and every other one through litellm.

Importing this room does not import litellm; making a model does that needs it.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.models.catalog import Price, cost, known_limit, price, reference_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from harness.core.protocols import Model
    from harness.core.run_protocols import CallGate

__all__ = [
    "Price",
    "cost",
    "known_limit",
    "load_litellm_for",
    "make_model",
    "needs_litellm",
    "price",
]


def make_model(
    name: str,
    options: Mapping[str, object],
    gate: CallGate | None = None,
    tell: Callable[[str], None] | None = None,
) -> Model:
    """A model that can be asked.

    Args:
        name: Any name that litellm takes, `reference/<law>?option=value`, `responses/NAME` and
            `messages/NAME` for OpenAI's Responses API and Anthropic's Messages API, or
            `package.module:function` for a function of messages.
        options: Parameters of every call, as `-M key=value` gives them. `via=litellm` asks a server
            of one's own, or a reference model, through litellm too.
        gate: Says when a call may go out; None: at once.
        tell: Is told, once each, what the model does not take and what is sent in its place.

    Raises:
        UsageError: No provider, law or option is called that.
    """
    via = options.get("via", "http")
    if via not in {"http", "litellm"}:
        raise UsageError(f"option 'via' is {via!r}; expected http or litellm")
    if via == "http" and reference_spec(name) is not None:
        from harness.models.reference_model import ReferenceModel

        return ReferenceModel(name, options, gate, tell)
    provider = name.partition("/")[0]
    if provider == "responses":
        from harness.models.responses_http import ResponsesModel

        return ResponsesModel(name, options, gate, tell)
    if provider == "messages":
        from harness.models.messages_http import MessagesModel

        return MessagesModel(name, options, gate, tell)
    from harness.models.function_model import FunctionModel, named_function, names_function

    if names_function(name):
        return FunctionModel(name, named_function(name), options, gate, tell)
    if not needs_litellm(name, options):
        from harness.models.openai_http import WireModel

        return WireModel(name, options, gate, tell)
    from harness.models.litellm_model import LitellmModel

    return LitellmModel(name, options, gate, tell)


def needs_litellm(name: str, options: Mapping[str, object]) -> bool:
    """Whether a model is asked through litellm.

    >>> needs_litellm("openai/gpt-4o", {}), needs_litellm("reference/perfect", {})
    (True, False)
    """
    if options.get("via", "http") == "http" and reference_spec(name) is not None:
        return False
    if name.partition("/")[0] in {"responses", "messages"}:
        return False
    from harness.models.function_model import names_function
    from harness.models.openai_http import speaks

    return not names_function(name) and not speaks(name, options)


def load_litellm_for(names: Collection[str], options: Mapping[str, object]) -> Thread:
    """Load litellm in a thread where one of the models needs it, for it takes seconds.

    What goes wrong there is told where such a model is made, which loads it again.
    """

    def load() -> None:
        with suppress(Exception):
            if any(needs_litellm(name, options) for name in names):
                from harness.models.litellm_model import load_litellm

                load_litellm()

    thread = Thread(target=load, name="litellm", daemon=True)
    thread.start()
    return thread
