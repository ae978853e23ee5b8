"""What a model is called in a table: a name that was given, or the shortest that tells it apart.

Its one rule: two models never have one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def display_names(models: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """A name for each model: the one given, else its own without the provider where that is enough.

    A name that was given to a model is also that of the same model under another system prompt.

    Args:
        models: As records name them, each once or more often.
        given: Names by model.

    >>> display_names(["openai/gpt-5", "openrouter/meta/llama-4"], {"openai/gpt-5": "five"})
    {'openai/gpt-5': 'five', 'openrouter/meta/llama-4': 'llama-4'}
    >>> list(display_names(["openai/gpt-5", "azure/gpt-5"]).values())
    ['azure/gpt-5', 'openai/gpt-5']
    """
    known = sorted(set(models))
    short = {model: _given(model, given or {}) or _without_provider(model) for model in known}
    taken = list(short.values())
    names = {m: name if taken.count(name) == 1 else m for m, name in short.items()}
    return names if len(set(names.values())) == len(names) else {model: model for model in known}


def _given(model: str, given: Mapping[str, str]) -> str | None:
    """The name that was given to the model, with the prompt that it ran under."""
    if model in given:
        return given[model]
    bare, prompt, variant = model.rpartition(" [")
    return f"{given[bare]}{prompt}{variant}" if bare in given else None


def _without_provider(model: str) -> str:
    """The name after the last slash of its path; options of a reference model may hold slashes."""
    path, mark, options = model.partition("?")
    return (path.rpartition("/")[2] or path) + mark + options
