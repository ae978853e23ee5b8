"""A key in each place where one can be given is found nowhere in what is written or printed."""

from __future__ import annotations

import hashlib
import json
import os
import re

import pytest
from werkzeug import Response

from tests.support.command import SCENARIOS, harness

OPTIONS = (
    "api_key", "organization", "user", "signature", "custom_auth", "fancy", "session", "deployment",
    "client_secret",
)  # fmt: skip
"""Options of `-M`, those included that nobody here knows."""
HEADERS = (
    "Authorization", "X-Api-Key", "X-Auth", "X-Auth-Token", "X-Session", "X-Custom", "Cookie",
    "Api-Key", "X-Functions-Key", "Ocp-Apim-Subscription-Key", "X-Amz-Security-Token", "X-Tenant",
)  # fmt: skip
BODY = ("token", "key", "metadata", "nested", "list", "custom", "deep", "credentials")
QUERY = ("access_token", "code", "sig", "key", "subscription-key", "x", "api-version", "t")
ENVIRONMENT = (
    "ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "MY_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN", "HF_TOKEN", "SERVICE_APIKEY", "X_SECRET", "SESSION_COOKIE", "PGPASSWORD",
    "SLACK_BOT_TOKEN", "SIGNING_KEY", "GPG_PASSPHRASE", "VAULT_CREDENTIALS", "BASIC_AUTH",
    "DATABASE_URL", "REDIS_URL", "SENTRY_DSN", "WEBHOOK_URL", "GITLAB_PAT", "APP_JWT",
)  # fmt: skip
PLACES = (
    *(f"option {name}" for name in OPTIONS), *(f"header {name}" for name in HEADERS),
    *(f"body {name}" for name in BODY), *(f"query {name}" for name in QUERY),
    "user of the address", "password of the address",
    *(f"variable {name}" for name in ENVIRONMENT),
)  # fmt: skip


def canary(place):
    """A key that stands nowhere else; no eight characters of it are those of another."""
    return f"Cn{hashlib.sha256(place.encode()).hexdigest()[:22]}"


CANARIES = {place: canary(place) for place in PLACES}
PARTS = {
    key[i : i + 8].lower(): place for place, key in CANARIES.items() for i in range(len(key) - 7)
}


def test_there_are_sixty_places():
    assert len(CANARIES) >= 60


def given(base, *, door):
    """The options that hold a canary each; user and password exclude other authorization."""
    of = CANARIES.__getitem__
    query = "&".join(f"{name}={of(f'query {name}')}" for name in QUERY)
    opens = f"{of('user of the address')}:{of('password of the address')}"
    headers = {name: of(f"header {name}") for name in HEADERS}
    headers["Authorization"] = f"Bearer {headers['Authorization']}"
    body = {name: of(f"body {name}") for name in BODY}
    body |= {"nested": {"a": body["nested"]}, "list": [body["list"]], "deep": [{"b": body["deep"]}]}
    options = {name: of(f"option {name}") for name in OPTIONS}
    if door:
        del headers["Authorization"], options["api_key"]
        base = base.replace("://", f"://{opens}@")
    options |= {
        "api_base": f"{base}?{query}",
        "extra_headers": json.dumps(dict(list(headers.items())[:8])),
        "headers": json.dumps(dict(list(headers.items())[8:])),
        "extra_body": json.dumps(body),
    }
    return [part for name, value in options.items() for part in ("-M", f"{name}={value}")]


def set_environment(monkeypatch):
    of = CANARIES.__getitem__
    for name in ENVIRONMENT:
        value = of(f"variable {name}")
        if name == "WEBHOOK_URL":
            value = f"https://hooks.example/x?k={value}"
        elif name.endswith(("_URL", "_DSN")):
            value = f"postgres://user:{value}@host/db"
        monkeypatch.setenv(name, value)


by_hand = pytest.mark.skipif(
    not os.environ.get("HARNESS_TEST_LONG"), reason="HARNESS_TEST_LONG=1 asks in every way"
)
DOOR = {"user of the address", "password of the address"}
KEYS = {"header Authorization", "option api_key"}


def quoted(*, door):
    """All that are given as a body quotes keys: whole, and by their ends."""
    left_out = KEYS if door else DOOR
    keys = (key for place, key in CANARIES.items() if place not in left_out)
    return "; ".join(f"{key} ends in {key[-8:]}" for key in keys)


def found_in(text):
    """The places whose canary stands in a text, whole or in a part of eight characters."""
    folded = text.lower()
    return sorted({place for part, place in PARTS.items() if part in folded})


@pytest.mark.parametrize("via", ["http", "litellm"])
@pytest.mark.parametrize(
    "case",
    [
        ("good", False),
        ("refused", False),
        pytest.param(("broken", False), marks=by_hand),
        pytest.param(("good", True), marks=by_hand),
        pytest.param(("refused", True), marks=by_hand),
    ],
    ids=lambda case: f"{case[0]}{', key in the address' if case[1] else ''}",
)
def test_a_key_is_found_nowhere_in_what_is_written_or_printed(
    tmp_path, httpserver, monkeypatch, via, case
):
    outcome, door = case
    set_environment(monkeypatch)
    monkeypatch.delenv("HARNESS_NO_CACHE")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def answer(request):
        sent = f"{request.url}; {dict(request.headers)}; {request.get_data(as_text=True)}"
        told = f"{quoted(door=door)}; {sent}"
        if outcome == "broken":
            return Response(f"<html>{told}", status=200)
        if outcome == "refused":
            error = {"error": {"message": f"Incorrect API key provided: {told}", "code": "bad"}}
            return Response(json.dumps(error), status=401, content_type="application/json")
        choice = {"message": {"role": "assistant", "content": told}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
        body |= {"choices": [choice | {"index": 0}], "usage": usage, "system_fingerprint": told}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    done = harness(
        "run", SCENARIOS / "needle.yaml", "-m", "openai/mine", "-w", "2k", "--seeds", 1,
        "--fills", "0.2", "--no-controls", "--cassette", "tape.jsonl", "--record",
        "-M", f"via={via}", "-M", "max_attempts=1", *given(httpserver.url_for("/v1"), door=door),
        cwd=tmp_path,
    )  # fmt: skip
    assert "Traceback" not in done.err, done.err
    printed = done.out + done.err
    runs = list((tmp_path / "results").glob("2*"))
    for run in runs:
        for suffix in ("html", "json", "md", "csv", "txt"):
            printed += harness("report", run, "-o", f"report.{suffix}", cwd=tmp_path).err
        resumed = harness("run", "--resume", run.name, cwd=tmp_path)
        printed += resumed.out + resumed.err
        shown = harness("ls", cwd=tmp_path)
        printed += shown.out + shown.err
    assert runs, done.err
    assert httpserver.log or (door and via == "litellm"), done.err  # litellm sends a key always
    assert found_in(printed) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    leaks = {
        path.name: found
        for path in written
        if (found := found_in(path.read_bytes().decode("latin-1")))
    }
    assert leaks == {}
    assert os.environ["MY_TOKEN"] == CANARIES["variable MY_TOKEN"]
