"""OpenAI's Responses API on loopback, as its documentation describes it: a law behind it.

It keeps responses (`previous_response_id`), compacts (`/responses/compact`: the messages of the
user stay, everything else goes into one item that only it can read), and truncates where it is
told to.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from harness.core.messages import Message
from harness.models.reference import laws
from harness.models.reference.base import tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

LEAST_TOKENS = 16


class RefusedError(Exception):
    """The API says no."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class ResponsesServer:
    """The server. `requests` holds every body that came in, with its path under `path`.

    Args:
        server: The loopback server of pytest-httpserver.
        law: Which reference law answers.
        limit: Tokens of the model's window.
        keeps: Whether a message that is compacted gets into the item.
    """

    def __init__(
        self,
        server: HTTPServer,
        law: str = "perfect",
        *,
        limit: int = 8_000,
        keeps: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self.api_base = server.url_for("/v1")
        self._law, self._limit, self._keeps = law, limit, keeps
        self._responses: dict[str, list[dict[str, Any]]] = {}
        self._sealed: dict[str, str] = {}
        for path, answer in (
            ("/v1/responses", self._respond),
            ("/v1/responses/compact", self._compact),
        ):
            at = server.expect_request(path, method="POST")
            at.respond_with_handler(self._handler(path, answer))

    @property
    def options(self) -> dict[str, object]:
        """What a model needs to be told to come here."""
        return {"api_base": self.api_base, "api_key": "x"}

    def sent(self, path: str = "/v1/responses") -> list[dict[str, Any]]:
        """The bodies that came in at a path."""
        return [body for body in self.requests if body["path"] == path]

    def _handler(
        self, path: str, answer: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> Callable[[Request], Response]:
        def handle(request: Request) -> Response:
            body = json.loads(request.get_data())
            self.requests.append({**body, "path": path})
            if request.headers.get("Authorization") != "Bearer x":
                return Response('{"error": {"message": "Incorrect API key"}}', 401)
            try:
                return Response(json.dumps(answer(body)), mimetype="application/json")
            except RefusedError as error:
                said = {"message": str(error), "type": "invalid_request_error", "code": error.code}
                return Response(json.dumps({"error": said}), 400, mimetype="application/json")

        return handle

    def _items(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        given = body.get("input")
        if not isinstance(given, list) or not given:
            raise RefusedError("input must be a list of items here")
        before = body.get("previous_response_id")
        if before is not None and before not in self._responses:
            raise RefusedError(f"Previous response with id '{before}' not found.")
        return [*self._responses.get(before or "", []), *given]

    def _messages(self, items: Sequence[Mapping[str, Any]]) -> list[Message]:
        """What the model reads: items that were sealed are opened, and nobody else can."""
        found = []
        for item in items:
            if item.get("type") == "compaction":
                text = self._sealed.get(item.get("encrypted_content", ""))
                if text is None:
                    raise RefusedError("The encrypted content could not be verified.")
                found.append(Message("user", text or "Nothing."))
            elif item.get("type") == "function_call":
                found.append(Message("assistant", f"{item['name']}({item['arguments']})"))
            elif item.get("type") == "function_call_output":
                found.append(Message("user", item["output"]))
            else:
                content = item["content"]
                if isinstance(content, list):
                    content = "\n".join(part["text"] for part in content)
                found.append(Message(item["role"], content))
        return found

    def _respond(self, body: Mapping[str, Any]) -> dict[str, Any]:
        most = body.get("max_output_tokens")
        if most is not None and most < LEAST_TOKENS:
            raise RefusedError(f"max_output_tokens must be at least {LEAST_TOKENS}")
        items = self._items(body)
        messages = self._messages(items)
        if tokens_of(messages) > self._limit:
            if body.get("truncation") != "auto":
                raise RefusedError(
                    "Your input exceeds the context window of this model. Please adjust your input"
                    " and try again.",
                    "context_length_exceeded",
                )
            while len(messages) > 1 and tokens_of(messages) > self._limit:
                del messages[0]
        answer = laws.resolve(self._law).answer(messages, most)
        number = f"resp_{len(self.requests)}"
        said = {
            "type": "message", "id": f"msg_{len(self.requests)}", "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": answer.text, "annotations": []}],
        }  # fmt: skip
        if body.get("store", True):
            self._responses[number] = [*items, said]
        cut = answer.finish_reason == "length"
        return {
            "id": number,
            "object": "response",
            "model": body["model"],
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "error": None,
            "output": [said],
            "usage": _usage(tokens_of(messages), answer.completion_tokens or 0),
        }

    def _compact(self, body: Mapping[str, Any]) -> dict[str, Any]:
        unknown = set(body) - {"model", "input", "previous_response_id", "instructions"}
        if unknown:
            raise RefusedError(f"Unknown parameter: '{min(unknown)}'.")
        messages = self._messages(self._items(body))
        kept = [one for one in messages if one.role == "user"]
        rest = [one.text for one in messages if one.role != "user" and self._keeps(one.text)]
        sealed = "\n".join(rest)
        blob = blake2b(sealed.encode(), digest_size=12).hexdigest()
        self._sealed[blob] = sealed
        return {
            "id": f"resp_{len(self.requests)}",
            "object": "response.compaction",
            "output": [
                *(
                    {"type": "message", "role": "user",
                     "content": [{"type": "input_text", "text": one.text}]}
                    for one in kept
                ),
                {"type": "compaction", "id": f"cmp_{blob[:8]}", "encrypted_content": blob},
            ],
            "usage": _usage(tokens_of(messages), len(sealed) // 4),
        }  # fmt: skip


def _usage(prompt: int, completion: int) -> dict[str, Any]:
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + completion,
    }
