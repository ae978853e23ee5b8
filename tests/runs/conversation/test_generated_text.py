from __future__ import annotations

import asyncio
import gc

import pytest

from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.models.call_options import CallOptions
from harness.runs.conversation.generated_text import GeneratedTexts


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
