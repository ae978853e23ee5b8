"""The built-in filler `workday`: threads of everyday work between a user and an assistant."""

from harness.sessions.fillers.workday.catalogue import LANGUAGES
from harness.sessions.fillers.workday.filler import Workday

__all__ = ["LANGUAGES", "Workday"]
