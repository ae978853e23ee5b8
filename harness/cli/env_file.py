"""What is taken from `.env` of the working folder, which may be a stranger's.

Its one rule: keys and plain settings only. What could name code, a file elsewhere, or a host that a
key of this shell is then sent to, is left out unless `--trust-env` is given.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from harness.core.errors import UsageError
from harness.core.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENV_FILE = ".env"
TRUST = "--trust-env"
_TRUSTED = "HARNESS_TRUST_ENV"
_MOST_BYTES = 1_000_000
_MOST_NAMED = 8

_KEY = re.compile(r"[A-Z][A-Z0-9_]*_(?:KEY|KEY_ID|TOKEN)")
"""Names of keys; the value of one is a secret, and sends nothing elsewhere."""
_PLAIN_NAMES = (
    "BUDGET_TOKENS BUDGET_USD CACHE_DAYS CONFIRM CONTROLS DETECT EXECUTOR FILLS FIRST_SEED"
    " GIVE_UP_AFTER HALF_WIDTH LAYOUT LEVEL MAX_CONNECTIONS MEMORY MODEL N NO_CACHE"
    " ON_INCONCLUSIVE POLICY POSITIONS POWER RECORD REPEATS REPLAY REPLIES RPM SEEDS TIMEOUT TPM"
    " WINDOW WORKERS"
)
_PLAIN = frozenset(f"HARNESS_{name}" for name in _PLAIN_NAMES.split())
"""Settings that are a number, a switch or a name."""
_FILES = frozenset(
    f"HARNESS_{name}" for name in ("BASELINE", "CASSETTE", "FILLER", "OUT", "SYSTEM_PROMPT")
)
"""Settings that are a file or a folder, which has to lie in this one."""
_NAMES_CODE = re.compile(r"[\w.]+:[^\W\d]")
_ADDRESS = re.compile(
    r"HARNESS_|.*(?:API_BASE|BASE_URL|API_URL|ENDPOINT|HOST|PROXY)\Z", re.IGNORECASE
)
"""Names that a reader of the line expects to be told about."""


def load_env_file(arguments: list[str]) -> None:
    """Set what may be taken from `.env`, say so, and take `--trust-env` out of the arguments.

    What is set in the environment already wins.

    Raises:
        UsageError: The file is no text of UTF-8, or too large.
    """
    trusted = _trusted(arguments)
    given = _read(interpolate=trusted)
    fresh = {name: value for name, value in given.items() if name not in os.environ}
    taken = {name: value for name, value in fresh.items() if trusted or _is_harmless(name, value)}
    os.environ.update(taken)
    left = [name for name in fresh if name not in taken and _ADDRESS.match(name)]
    if taken or left:
        click.echo(_told(taken, left), err=True)


def _trusted(arguments: list[str]) -> bool:
    """Whether the file is to be taken whole; the option may stand anywhere before `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    named = TRUST in arguments[:end]
    arguments[:end] = [text for text in arguments[:end] if text != TRUST]
    return named or os.environ.get(_TRUSTED, "").lower() in {"1", "true", "yes"}


def _read(*, interpolate: bool) -> Mapping[str, str]:
    """The file's settings; none where there is no file."""
    if not os.path.isfile(ENV_FILE):  # noqa: PTH113 -- pathlib costs start-up time that few calls need
        return {}
    from dotenv import dotenv_values

    if os.path.getsize(ENV_FILE) > _MOST_BYTES:  # noqa: PTH202 -- as above
        raise UsageError(
            f"{ENV_FILE}: larger than {_MOST_BYTES:,} bytes; that is no file of settings"
        )
    try:
        found = dotenv_values(ENV_FILE, interpolate=interpolate)
    except UnicodeDecodeError as error:
        raise UsageError(f"{ENV_FILE}: not UTF-8 text: {error.reason}") from None
    return {
        name: value
        for name, value in found.items()
        if value is not None and name and "=" not in name and "\0" not in name + value
    }


def _is_harmless(name: str, value: str) -> bool:
    """Whether a setting of a stranger can do no more than pay with the stranger's own key."""
    if name in _FILES:
        path = PurePath(value)
        inside = not path.is_absolute() and ".." not in path.parts and not value.startswith("~")
        return inside and "://" not in value and not _NAMES_CODE.match(value)
    if name in _PLAIN:
        return "://" not in value and not _leads_to_code(name, value)
    return not name.startswith(("HARNESS_", "PYTHON", "LD_")) and _KEY.fullmatch(name) is not None


def _leads_to_code(name: str, value: str) -> bool:
    """Whether one of the names in a value is `package.module:Name`, or has options like an address.

    A model's name may hold a colon (`ollama_chat/llama3:8b`) unless it is one of ours.
    """
    parts = [part.strip() for part in value.split(",")]
    if name == "HARNESS_MODEL":
        own = "reference/"
        return any(p.startswith(own) and _NAMES_CODE.match(p.removeprefix(own)) for p in parts)
    return any(_NAMES_CODE.match(part) or "address=" in part for part in parts)


def _told(taken: Iterable[str], left: Iterable[str]) -> str:
    """The line that says what the file has set, by name alone."""
    parts = []
    for what, names in (("took", sorted(taken)), ("left out", sorted(left))):
        if names:
            more = len(names) - _MOST_NAMED
            listed = ", ".join(shown(name, 40) for name in names[:_MOST_NAMED])
            parts.append(f"{what} {listed}{f' and {more} more' if more > 0 else ''}")
    hint = f" ({TRUST} takes all of it)" if list(left) else ""
    return f"{ENV_FILE}: {'; '.join(parts)}{hint}"
