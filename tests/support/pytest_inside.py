"""Runs real pytest inside pytest, with the plugin as an installed package would bring it."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SAMPLE = Path(__file__).parents[1] / "sample"

# In-process pytest forgets what was imported inside it, and much of this bears being imported once
# only, or takes long: so everything is imported before.
import litellm  # noqa: E402, F401 -- see above
import scipy.stats  # noqa: E402, F401 -- see above

import harness  # noqa: E402 -- see above

for _module in walk_packages(harness.__path__, "harness."):
    # the plugin itself comes as pytest brings it; ray is heavy and not needed
    if not _module.name.endswith(("__main__", "pytest_plugin", "ray")):
        import_module(_module.name)


def plugin() -> tuple[str, ...]:
    """What loads the plugin where its entry point is not installed, as in a bare checkout."""
    installed = any(point.name == "harness" for point in entry_points(group="pytest11"))
    return () if installed else ("-p", "harness.pytest_plugin")


def inside(pytester: pytest.Pytester, *args: object) -> pytest.RunTotals:
    """What `pytest ARGS` comes to, in this process."""
    return pytester.runpytest_inprocess(*plugin(), "-p", "no:asyncio", *map(str, args))


def sample(pytester: pytest.Pytester) -> Path:
    """A copy of the sample project, in which pytest runs from now on."""
    shutil.copytree(SAMPLE, pytester.path, dirs_exist_ok=True)
    return pytester.path
