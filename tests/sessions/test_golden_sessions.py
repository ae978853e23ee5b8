"""Sessions as every version has built them: their texts are part of each trial's key."""

from __future__ import annotations

from itertools import islice

import pytest

from harness.core.draws import Draws, digest
from harness.core.scenario import Fills
from harness.core.window import Window
from harness.scenarios import load
from harness.sessions.build import build
from harness.sessions.fillers.agent_work import AgentWork
from harness.sessions.fillers.workday import Workday
from harness.sessions.layouts import blueprints
from harness.sessions.materials import Materials, Workshop
from harness.sessions.tokens import TokenCounter

BUILT = {
    ("brand-voice", "o200k_base"): "b58bb837dfd4af7afca97fff7ce0145c",
    ("agent-debugging", "o200k_base"): "14eb96410b88cee16d307836cfb7b4f4",
    ("ryokan", "o200k_base"): "204cff629d9724b89d2cd0e4eb4073f0",
    ("client-call", "cl100k_base"): "feece5a4aa371897ff9ebd346fdbd960",
    ("needle", "p50k_base"): "e0a2bcee13d5bbdefe6617e7a60d5212",
}
FILLERS = {
    "workday": (Workday(), "6c2cf7f254d365e20851a0d1065b66c4"),
    "workday, German": (Workday("de"), "f4e476e12ad7c036b2bccfc222d5a2f0"),
    "agent-work": (AgentWork(), "0d713bdf434d4eb64f6cd1a83a6fb426"),
}


@pytest.mark.parametrize(("name", "encoding"), BUILT)
def test_a_session_has_the_texts_and_lengths_that_it_always_had(name, encoding):
    materials = Materials(load(f"scenarios/{name}.yaml"), 1, Workshop(TokenCounter(encoding)))
    prints = blueprints(materials, Window(6_000, 128), Fills(exact=(0.04, 0.5, 1.0)))
    built = [build(one, materials) for one in prints[:4]]
    told = [
        [one.hashes, one.trunk, one.offsets, one.kind_offsets, [p.message for p in one.plants]]
        for one in built
    ]
    assert digest(told) == BUILT[name, encoding]


@pytest.mark.parametrize("name", FILLERS)
def test_a_filler_says_what_it_always_said(name):
    filler, expected = FILLERS[name]
    turns = islice(filler.turns(Draws("golden", 3)), 120)
    assert digest([[message.hash for message in turn.messages] for turn in turns]) == expected
