"""What a test of one's own looks like: the fixture runs scenarios, the test says what matters."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def test_the_number_of_a_delivery_note_is_never_lost(harness_run):
    found = harness_run(HERE / "recall" / "desk.scenario.yaml")
    lost = [record for record in found.missed if record.fact == "delivery"]
    assert not lost, [(record.session, record.reply) for record in lost]
    assert not found.failed
