"""Imported by processes that are made for a test, so that each of them begins at once."""

from __future__ import annotations

import harness.cli.run
import harness.models.openai_http
import harness.runs.run  # noqa: F401 -- what a run needs, imported once
from harness.sessions.tokens import TokenCounter

TokenCounter().count_text("the encoding is read once")
