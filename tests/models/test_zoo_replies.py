import pytest

from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.models import make_model
from harness.models.conformance import told
from tests.support import zoo_replies as zoo
from tests.support.zoo_server import ZooServer

PROMPT = [Message("system", "You are brief."), *told(7, tokens=900, position=0.5)]
SWITCH = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"


@pytest.fixture(params=["wire", "true", "false"], ids=["wire", "http handler", "openai sdk"])
def route(request, monkeypatch):
    if request.param == "wire":
        return {}
    monkeypatch.setenv(SWITCH, request.param)
    return {"via": "litellm"}


async def asked(server, route, *, max_tokens="4096", prompt=PROMPT):
    model = make_model("openai/zoo", {**server.options, "max_wait_s": 0.01, **route})
    try:
        return await model.ask(prompt, {"max_tokens": max_tokens})
    finally:
        await model.close()


@pytest.mark.parametrize("behaviour", zoo.READ_RIGHT, ids=lambda b: b.__name__)
async def test_the_answer_is_read_and_the_thinking_kept_beside_it(behaviour, route):
    with ZooServer(behaviour) as server:
        reply = await asked(server, route)
    answer, thought = server.calls[0].answer.text, zoo.thought(server.calls[0])
    assert reply.cut is None
    if behaviour is zoo.mentions_a_mark:
        assert reply.text.endswith(f"at once: {answer}")
    else:
        assert reply.text == answer
    silent = {zoo.lone_closing, zoo.mentions_a_mark, zoo.answer_in_reasoning}
    assert (thought in reply.thinking) == (behaviour not in silent)


MARKED = [b for b in zoo.READ_RIGHT if b.__name__ not in {
    "lone_closing", "mentions_a_mark", "answer_in_reasoning", "typed_parts", "reasoning_parts",
}]  # fmt: skip


@pytest.mark.parametrize("behaviour", MARKED, ids=lambda b: b.__name__)
async def test_thinking_that_used_up_the_answer_is_no_answer(behaviour, route):
    with ZooServer(behaviour) as server:
        reply = await asked(server, route, max_tokens="40")
    if behaviour is zoo.no_opening:  # nothing tells it from a text that was cut
        assert reply.cut == "length"
    else:
        assert (reply.text, reply.cut) == ("", "thinking")


@pytest.mark.parametrize(
    ("behaviour", "cut"),
    [
        (zoo.no_closing, "thinking"),
        (zoo.thinks_past_any_room, "thinking"),
        (zoo.thinks_unmarked_past_any_room, "length"),
        (zoo.stops_at_the_limit, "length"),
    ],
    ids=lambda b: getattr(b, "__name__", b),
)
async def test_a_reply_that_ends_before_its_answer_says_so(behaviour, cut, route):
    with ZooServer(behaviour) as server:
        reply = await asked(server, route, max_tokens="128")
    assert reply.cut == cut


@pytest.mark.parametrize("behaviour", [zoo.broken_off, zoo.error_in_the_choice])
async def test_an_answer_that_is_broken_off_is_asked_for_again_and_then_taken(behaviour, route):
    long = [PROMPT[0], *[Message("user", "Go on."), Message("assistant", "Yes.")] * 30, *PROMPT[1:]]
    with ZooServer(behaviour) as server:
        reply = await asked(server, route, prompt=long)
    assert (reply.cut, reply.attempts) == ("broken_off", 3)
    assert len(server.calls) == 3


async def test_a_refusal_beside_empty_content_is_a_refusal(route):
    with (
        ZooServer(zoo.refuses_beside) as server,
        pytest.raises(ModelError, match="the model refused: I'm sorry") as caught,
    ):
        await asked(server, route)
    assert caught.value.kind == "content_filter"
    assert len(server.calls) == 1
