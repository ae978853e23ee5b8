from __future__ import annotations

import pytest

from harness.core.probe import Probe, Reply
from harness.core.scenario import Value

QUESTION = "Which brand voice did the art director ask for?"


def make_probe(*expected, **more):
    """A probe from plain texts."""
    many = {
        key: tuple(Value(text) for text in more.pop(key, ()))
        for key in ("stale", "planted", "decoys")
    }
    return Probe(
        question_id=more.pop("question_id", "tone"),
        kind=more.pop("kind", "recall"),
        question=more.pop("question", QUESTION),
        expected=tuple(v if isinstance(v, Value) else Value(v) for v in expected),
        shape=more.pop("shape", None),
        **many,
        **more,
    )


@pytest.fixture
def probe():
    return make_probe


@pytest.fixture
def tone():
    return make_probe(
        "dry",
        stale=["solemn"],
        planted=["Friday", "KX-4417"],
        decoys=["tender", "exuberant", "matter-of-fact"],
    )


@pytest.fixture
def reply():
    def make(text, finish_reason="stop"):
        return Reply(text=text, finish_reason=finish_reason, prompt_tokens=10)

    return make
