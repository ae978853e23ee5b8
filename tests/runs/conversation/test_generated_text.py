from __future__ import annotations

import asyncio
import gc

import pytest

from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.core.probe import Reply
from harness.models.call_options import CallOptions
from harness.runs.conversation.generated_text import GeneratedTexts
from harness.runs.folder.writings import FolderFiles


class Hanging:
    """A model whose call fails once it is let go."""

    def __init__(self):
        self.go = asyncio.Event()

    async def ask(self, _messages, _options, /, *, repeat=0):
        assert repeat == 0
        await self.go.wait()
        raise ModelError("the server is gone")


async def test_a_call_that_fails_after_its_run_was_interrupted_leaves_no_traceback():
    heard = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    model = Hanging()
    texts = GeneratedTexts({"m": model}, CallOptions({}))
    asked = asyncio.ensure_future(
        texts.ask(
            "m",
            [Message("user", "Hi.")],
            purpose="summary",
            trunk=("a", 0),
            repeat=0,
            max_tokens=9,
        )
    )
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    model.go.set()
    for _ in range(4):
        await asyncio.sleep(0)
    del texts, asked
    gc.collect()
    assert heard == []


class Counting:
    """A model that numbers its replies."""

    def __init__(self):
        self.asked = 0

    async def ask(self, _messages, _options, /, *, repeat=0):
        del repeat
        self.asked += 1
        return Reply(text=f"Reply {self.asked}.", finish_reason="stop", prompt_tokens=9)


def ask(texts, seed):
    return texts.ask(
        "m", [Message("user", "Hi.")], purpose="reply", trunk=("a", seed), repeat=0, max_tokens=9
    )


def line(seed, text, key):
    numbers = dict.fromkeys(("prompt_tokens", "completion_tokens", "cost_usd"))
    trunk = {} if seed is None else {"scenario": "a", "seed": seed}
    return {"key": key, "text": text, "finish_reason": "stop", **numbers, **trunk}


async def test_what_was_written_elsewhere_is_read_and_that_of_ones_own_seed_first(tmp_path):
    files = FolderFiles(tmp_path)
    model = Counting()
    first = GeneratedTexts({"m": model}, CallOptions({}), files=files)
    assert (await ask(first, 0)).text == "Reply 1."
    (kept,) = FolderFiles(tmp_path).written()
    assert (kept["scenario"], kept["seed"]) == ("a", 0)

    texts = GeneratedTexts({"m": model}, CallOptions({}), files=files, before=[kept])
    assert (await ask(texts, 1)).text == "Reply 1.", "of another seed, where one's own has none"
    texts.take_in("writings.jsonl", line(1, "Of worker one.", kept["key"]))
    assert (await ask(texts, 1)).text == "Of worker one."
    assert (await ask(texts, 0)).text == "Reply 1."
    assert model.asked == 1
    assert [one["text"] for one in texts.taken_in({("a", 1)})] == ["Of worker one."]
    assert texts.taken_in({("a", 0)}) == ()
    assert len(list(files.written())) == 2, "and each call has its line"


async def test_lines_of_before_that_name_no_seed_are_read_by_all(tmp_path):
    model = Counting()
    first = GeneratedTexts({"m": model}, CallOptions({}), files=FolderFiles(tmp_path))
    await ask(first, 0)
    (kept,) = FolderFiles(tmp_path).written()
    texts = GeneratedTexts({"m": model}, CallOptions({}), before=[line(None, "Old.", kept["key"])])
    assert (await ask(texts, 5)).text == "Old."


def test_a_store_that_is_begun_again_is_empty(tmp_path):
    texts = GeneratedTexts({}, CallOptions({}), files=FolderFiles(tmp_path))
    for _ in range(2):
        texts.take_in("memories/a.jsonl", None)
        texts.take_in("memories/a.jsonl", {"session": 1})
    assert (tmp_path / "memories" / "a.jsonl").read_text() == '{"session":1}\n'
