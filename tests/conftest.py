from __future__ import annotations

import os
from unittest import mock

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, and nothing of what is tested. Examples
# are the same on every machine, so that a change is judged and not a draw; HARNESS_TEST_RANDOM=1
# draws new ones.
settings.register_profile(
    "harness", deadline=None, derandomize=not os.environ.get("HARNESS_TEST_RANDOM")
)
settings.load_profile("harness")

# Hundreds of processes are started by the tests: none compiles what the one before it compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def _environment():
    """Each test in an environment of its own: commands take settings into it from `.env`.

    Answers are asked anew: servers on loopback come back under one address with other answers.
    """
    with mock.patch.dict(os.environ, {"HARNESS_NO_CACHE": "1"}):
        yield
