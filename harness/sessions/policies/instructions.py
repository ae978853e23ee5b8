"""What a model is told when it is to summarise: three instructions that come along, or a file.

Its one rule: the words decide what is sent, so the words of a file are part of a policy's name.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from harness.core.draws import digest
from harness.core.errors import UsageError, nearest

SHIPPED = ("plain", "handover", "structured")
"""plain asks for a summary; handover for what a colleague needs who takes over; structured for the
state of the work under headings."""
PLACE = "{budget}"
"""Stands for the tokens that a summary may have."""
_BOUND = " Use at most {budget} tokens."


def is_file(prompt: str) -> bool:
    """Whether a prompt names a file, and not one of those that come along."""
    return prompt not in SHIPPED and ("." in prompt or "/" in prompt)


def instruction(prompt: str, budget: int) -> str:
    """The words that ask for a summary of at most so many tokens.

    Args:
        prompt: One of `SHIPPED`, or the path of a text file.
        budget: Tokens.

    Raises:
        UsageError: There is no such prompt, or the file cannot be read or is empty.
    """
    text = _shipped(prompt) if prompt in SHIPPED else _of_file(prompt)
    # a file that names no bound gets one: a summary without an end would fill the window
    text = text if PLACE in text else f"{text}{_BOUND}"
    return text.replace(PLACE, str(budget))


def prompt_digest(prompt: str) -> str:
    """Hash of the words of a file.

    Raises:
        UsageError: It cannot be read, or is empty.
    """
    return digest(_of_file(prompt), size=4)


@lru_cache(maxsize=len(SHIPPED))
def _shipped(name: str) -> str:
    folder = files("harness.sessions.policies").joinpath("prompts")
    return folder.joinpath(f"{name}.txt").read_text("utf-8").strip()


def _of_file(prompt: str) -> str:
    if not is_file(prompt):
        raise UsageError(
            f"unknown prompt '{prompt}': {nearest(prompt, SHIPPED)} (or give the path of a file,"
            " such as prompts/mine.txt)"
        )
    try:
        text = Path(prompt).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not in UTF-8"
        raise UsageError(f"prompt '{prompt}' cannot be read: {why}") from None
    if not text:
        raise UsageError(f"prompt '{prompt}' is empty; write what the summary should keep")
    return text
