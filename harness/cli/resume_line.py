"""The line that goes on with a run, so that it can be pasted as it is printed.

Its one rule: it repeats what the run folder does not keep, and shows no secret: one that a variable
of the environment holds is written as that variable.
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.again import addresses
from harness.models.options import HASHED, MASK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AGAIN = (
    "max_connections", "rpm", "tpm", "timeout", "give_up_after", "cache", "no_cache", "cache_days",
    "cassette", "record", "replay", "executor", "workers", "ray_address", "quiet",
)  # fmt: skip
"""Options that are no part of a study, and hold only for the command that gives them."""
_BUDGET = ("budget_usd", "budget_tokens")
_NO_SECRET = frozenset({"none", "empty", "dummy", "test", "x", "-", "no-key", "sk-no-key-required"})
"""What people give for a key to a server that asks for none."""
_FEWEST = 8
"""Characters of a value by which a variable is known to hold it, and not to hold it by chance."""


def resume_line(
    folder: Path, out: Path, context: click.Context, *, larger_budget: bool = False
) -> str:
    """The command that goes on with a run.

    Args:
        folder: Of the run.
        out: Where its folder is.
        context: The command that made it.
        larger_budget: Whether its budget was what ended it, so that the same one would not do.
    """
    words = ["harness", "run", "--resume", folder.name]
    if out != Path("results"):
        words += ["--out", str(out)]
    line = shlex.join(words)
    given = dict(pair.partition("=")[::2] for pair in context.params.get("options", ()))
    from harness.runs.folder.run_json import read_config

    for name, stored in _needed(read_config(folder)):
        line += f" -M {_option(name, stored, given.get(name))}"
    names = _AGAIN if larger_budget else (*_AGAIN, *_BUDGET)
    flags = [word for name in names for word in _flag(context, name)]
    return f"{line} {shlex.join(flags)}" if flags else line


def _needed(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parameters that a run which goes on has to be given again, and what is stored of them."""
    elsewhere = {name for name, _ in addresses(data)}
    for name, value in data["options"].items():
        text = value if isinstance(value, str) else json.dumps(value)
        if name in elsewhere or MASK in text or HASHED in text:
            yield name, text


def _option(name: str, stored: str, value: str | None) -> str:
    """A parameter as the shell takes it; three dots where it is a secret that nothing names.

    Args:
        name: Of the parameter.
        stored: What the run folder keeps of it: nothing else is shown, since it holds no secret.
        value: As the command gave it.
    """
    if MASK not in stored and HASHED not in stored:
        return shlex.quote(f"{name}={stored}")
    if value is not None and value.lower() in _NO_SECRET:
        return shlex.quote(f"{name}={value}")
    variable = next((key for key, held in os.environ.items() if held == value), None)
    if variable is not None and value is not None and len(value) >= _FEWEST:
        return f'{name}="${variable}"'
    return f"{name}=..."


def _flag(context: click.Context, name: str) -> list[str]:
    """An option of the command as it was given; nothing where it was not."""
    if context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE:
        return []
    option = next(one for one in context.command.params if one.name == name)
    value = context.params[name]
    if isinstance(option, click.Option) and option.is_flag:
        return [option.opts[-1]] if value else option.secondary_opts[:1]
    return [option.opts[-1], str(value)]
