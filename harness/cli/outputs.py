"""Files that a verb is asked to write, looked at before any work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def check_outputs(outputs: Sequence[Path], what: str, suffixes: Sequence[str]) -> None:
    """Refuse an output that cannot be written.

    Args:
        outputs: The files.
        what: What they hold, as the message calls it.
        suffixes: Those that are known, with their dots.

    Raises:
        UsageError: Its suffix or its folder is unknown.
    """
    for output in outputs:
        if output.suffix.lower() not in suffixes:
            raise UsageError(
                f"'{output}': no {what} ends in '{output.suffix}' (known suffixes:"
                f" {', '.join(suffixes)})"
            )
        if not output.parent.is_dir():
            raise UsageError(
                f"'{output}': the folder '{output.parent}' does not exist; make it first"
            )
