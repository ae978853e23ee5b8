"""The start of a command: what it imports stays, so that little is looked at for being garbage.

Only the command's own process is told so, never that of a program that imports the package.
"""

from __future__ import annotations

import gc

_OBJECTS = 300_000
"""So many new ones are looked at together meanwhile; the modules of a run come to a third of it."""

_usual: list[tuple[int, int, int]] = []


def starting() -> None:
    """The command begins."""
    if not _usual:
        _usual.append(gc.get_threshold())
        gc.set_threshold(_OBJECTS, *_usual[0][1:])


def started() -> None:
    """Its work begins: garbage is collected as ever, and what came so far is left out of it."""
    if _usual:
        gc.freeze()
        ended()


def ended() -> None:
    """The command ends, whatever came of it: where it was called by a program, that goes on."""
    if _usual:
        gc.set_threshold(*_usual.pop())
