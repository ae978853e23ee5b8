from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.openai_server import OpenAIServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_httpserver import HTTPServer


@pytest.fixture
async def openai_server(httpserver: HTTPServer) -> AsyncIterator[OpenAIServer]:
    """A reference reader behind HTTP on loopback; litellm's connections to it are closed after."""
    yield OpenAIServer(httpserver)
    if "litellm" in sys.modules:
        from harness.models import make_model

        await make_model("reference/perfect", {}).close()
