from __future__ import annotations

import re

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.models import make_model

KEY = "sk-canary-redirect-0123456789"


@pytest.fixture
def elsewhere():
    with HTTPServer(port=0) as server:
        server.expect_request("/v1/chat/completions").respond_with_json({"choices": []})
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("via", ["http", "litellm"])
async def test_a_redirect_is_not_followed_with_a_key(httpserver, elsewhere, status, via):
    target = f"{elsewhere.url_for('/v1/chat/completions')}?token=opens"
    httpserver.expect_request("/v1/chat/completions").respond_with_response(
        Response(status=status, headers={"Location": target})
    )
    options = {
        "api_base": httpserver.url_for("/v1"),
        "api_key": KEY,
        "via": via,
        "max_attempts": 1,
        "extra_headers": {"X-Auth": KEY},
    }
    model = make_model("openai/mine", options)
    with pytest.raises(ModelError) as caught:
        await model.ask([Message("user", "Hello?")], {})
    await model.close()
    assert elsewhere.log == []
    assert KEY not in str(caught.value)
    assert "opens" not in str(caught.value)
    if via == "http":
        assert f"HTTP {status}: the server sends the call on to http://" in str(caught.value)
        assert caught.value.stops


@pytest.mark.parametrize(
    ("name", "path", "handler"),
    [
        ("openai/mine", "/v1", "false"),  # the SDK of OpenAI in place of litellm's own client
        ("azure/mine", "", "true"),
        ("anthropic/mine", "/v1/messages", "true"),
        ("ollama_chat/mine", "", "true"),
        ("mistral/mine", "/v1", "true"),
    ],
)
async def test_no_client_of_litellm_follows_a_redirect(  # noqa: PLR0917 -- three are fixtures
    httpserver, monkeypatch, elsewhere, name, path, handler
):
    monkeypatch.setenv("EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER", handler)
    target = elsewhere.url_for("/v1/chat/completions")
    httpserver.expect_request(re.compile(".*")).respond_with_response(
        Response(status=307, headers={"Location": target})
    )
    options = {
        "api_base": httpserver.url_for(path),
        "api_key": KEY,
        "via": "litellm",
        "max_attempts": 1,
        "extra_headers": {"X-Auth": KEY},
    } | ({"api_version": "2024-10-21"} if name.startswith("azure") else {})
    model = make_model(name, options)
    with pytest.raises(ModelError) as caught:
        await model.ask([Message("user", "Hello?")], {})
    await model.close()
    assert httpserver.log, "nothing was asked, so nothing was shown"
    assert elsewhere.log == []
    assert KEY not in str(caught.value)
