"""Logs of inspect_ai through its own reader; run where that is installed, which is not here."""

from __future__ import annotations

import pytest

from harness.core.errors import FileError
from harness.core.transcript import Skipped, Transcript
from harness.scenarios.importers import file_source, guess, importers

log = pytest.importorskip("inspect_ai.log", reason="inspect_ai is not installed")


@pytest.fixture(params=[("x.eval", ["ferry"]), ("x.json", ["ferry"]), ("x.eval", None)])
def written(request, tmp_path):
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageTool,
        ChatMessageUser,
        ContentImage,
        ContentText,
    )

    name, ids = request.param
    picture = ContentImage(image="data:image/png;base64,iVBORw0KGgo=")
    said = [
        ChatMessageSystem(content="Be brief."),
        ChatMessageUser(content=[ContentText(text="When does it leave?"), picture]),
        ChatMessageTool(content="06:10"),
        ChatMessageAssistant(content="At 06:10."),
    ]
    samples = [
        log.EvalSample(id="ferry", epoch=epoch, input="x", target="06:10", messages=said)
        for epoch in (1, 2)
    ]
    spec = log.EvalSpec(
        created="2026-01-01T00:00:00+00:00",
        task="t",
        dataset=log.EvalDataset(sample_ids=ids),
        model="m/m",
        config=log.EvalConfig(epochs=2),
    )
    path = tmp_path / name
    log.write_eval_log(log.EvalLog(eval=spec, status="success", samples=samples), str(path))
    return path


def test_every_sample_is_a_session_and_pictures_and_tools_are_counted(written):
    source = file_source(written)
    assert guess(source) == "inspect"
    found = list(importers.resolve("inspect").sessions(source))
    one, two = [item for item in found if isinstance(item, Transcript)]
    assert [(m.role, m.text) for m in one.messages] == [
        ("system", "Be brief."), ("user", "When does it leave?"), ("assistant", "At 06:10."),
    ]  # fmt: skip
    assert (one.id, two.id) == ("ferry", "ferry-2")
    left_out = [item.what for item in found if isinstance(item, Skipped)]
    assert sorted(left_out) == ["image", "image", "tool output", "tool output"]


def test_what_its_reader_refuses_is_refused_in_a_line(tmp_path):
    path = tmp_path / "bad.eval"
    path.write_bytes(b"PK\x03\x04garbage")
    with pytest.raises(FileError, match=r"bad\.eval: inspect_ai does not read this as a log"):
        list(importers.resolve("inspect").sessions(file_source(path)))
