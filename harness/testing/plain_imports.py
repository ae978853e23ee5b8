"""Modules of the harness as Python imports them, under pytest too.

pytest rewrites every module of a distribution that has a plugin, so that a plugin's asserts explain
themselves. Ours has some hundreds of modules and no such assert: each would be looked for, compiled
and kept a second time, and anew in every session where the folder may not be written to.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    import pytest

_OURS = f"{__name__.partition('.')[0]}."


class _Plainly(MetaPathFinder):
    """Finds what is below our package where the package lies, before pytest looks."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Where a module of ours is; of any other nothing."""
        if path is None or not fullname.startswith(_OURS):
            return None
        return PathFinder.find_spec(fullname, path, target)


def import_plainly(config: pytest.Config) -> None:
    """From now on, until this session of pytest ends."""
    if any(isinstance(finder, _Plainly) for finder in sys.meta_path):
        return
    finder = _Plainly()
    sys.meta_path.insert(0, finder)

    def leave() -> None:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)

    config.add_cleanup(leave)
