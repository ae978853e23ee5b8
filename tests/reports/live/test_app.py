"""The server of `harness view`, asked over the loopback as a browser asks it."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest

from harness.core.record import to_json
from harness.reports.live.app import live_app
from harness.reports.live.pages import Pages
from tests.support.live_server import serving
from tests.support.records import make_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "20260102T030405Z_demo_0001"
    folder.mkdir()
    (folder / "records.jsonl").write_text(
        "".join(
            json.dumps(to_json(make_record(fill=i / 10, key=f"k{i}", reply="<b>x</b>"))) + "\n"
            for i in range(1, 10)
        ),
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def port(run: Path) -> Iterator[int]:
    with serving(live_app(lambda: [run], Pages())) as port:
        yield port


def get(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text


@pytest.mark.parametrize("path", ["/", "/progress"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_another_name_for_this_machine_is_refused(port: int, path: str, host: str) -> None:
    status, _, text = get(port, path, Host=host)
    assert status == 400
    assert "demo" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:1234"])
def test_its_own_names_are_answered(port: int, host: str) -> None:
    assert get(port, "/progress", Host=host)[0] == 200


def test_the_page_may_ask_its_own_server_and_nobody_else(port: int) -> None:
    status, headers, text = get(port, "/")
    assert status == 200
    assert "default-src 'none';" in text
    assert "connect-src 'self';" in text
    assert "'unsafe" not in text.partition("<title>")[0]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_through_it(port: int, method: str) -> None:
    assert get(port, "/", method)[0] == 405


def test_no_file_is_given_away(port: int) -> None:
    for path in ("/records.jsonl", "/../../etc/passwd", "/%2e%2e/run.json", "/docs", "/static/x"):
        assert get(port, path)[0] == 404


def test_progress_names_the_page_that_would_be_given(port: int, run: Path) -> None:
    told = json.loads(get(port, "/progress")[2])
    assert told["runs"][0]["run"] == run.name
    assert told["runs"][0]["done"] == 9
    assert f'data-version="{told["page"]}"' in get(port, "/")[2]


def test_without_a_run_it_says_how_to_start_one() -> None:
    with serving(live_app(list, Pages())) as port:
        assert "harness run -m reference/perfect" in get(port, "/")[2]


def test_records_that_cannot_be_read_are_told_and_the_server_goes_on(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("not json\n", encoding="utf-8")
    with serving(live_app(lambda: [tmp_path], Pages())) as port:
        status, _, text = get(port, "/")
        assert status == 500
        assert "records.jsonl:1" in text
        assert get(port, "/progress")[0] == 200
