"""The system prompts that a command puts in place of the scenarios' own.

Its one rule: each has a name, by which its records can be told apart.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""What a variant may be called."""


def read_prompts(system_prompt: Path | None, variants: Sequence[str]) -> dict[str, str | None]:
    """The system prompts by name, in the order given; None is the scenario's own.

    Raises:
        UsageError: A file cannot be read, or a variant is not NAME=FILE, or stands twice.
    """
    if system_prompt is not None:
        if variants:
            raise UsageError("--system-prompt is one prompt; give several as --variant NAME=FILE")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", system_prompt.stem).strip("-") or "prompt"
        return {name: _prompt(system_prompt, "--system-prompt")}
    found: dict[str, str | None] = {}
    for text in variants:
        name, equals, file = text.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise UsageError(
                f"--variant '{text}': expected NAME=FILE, the name of letters, digits, '.', '_'"
                " and '-'"
            )
        if name in found:
            raise UsageError(f"variant '{name}' is given twice")
        found[name] = _prompt(Path(file), f"--variant {name}") if file else None
    return found


def _prompt(file: Path, option: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{option}: {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: {file}: not UTF-8 text: {error.reason}") from None
