from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch):
    """Tests ask anew: servers on loopback come back under one address with other answers."""
    monkeypatch.setenv("HARNESS_NO_CACHE", "1")
