from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr

import click

from harness.cli.progress import Bar
from harness.cli.streams import speak_plainly
from tests.support.records import make_record


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_shows_trials_calls_in_flight_tokens_cost_and_retries():
    screen = Terminal()
    with redirect_stderr(screen), Bar() as bar:
        bar.begin(2, 0)
        for _ in range(3):
            bar.sent()
        bar.returned()
        done = make_record(status="ok", prompt_tokens=500_000, cost_usd=1.25, attempts=3)
        bar.finished(done)
    last = screen.getvalue().rsplit("\r", 1)[-1]
    assert "1/2" in last
    assert "2 in flight, 0.50M tokens, $1.25, 2 retries" in last


def test_a_price_that_is_not_known_makes_the_cost_unknown():
    screen = Terminal()
    with redirect_stderr(screen), Bar() as bar:
        bar.begin(1, 0)
        bar.finished(make_record(status="ok", cost_usd=None))
    assert "cost unknown" in screen.getvalue()


def test_a_note_is_a_line_and_there_is_no_bar_where_nobody_looks():
    file = io.StringIO()
    with redirect_stderr(file), Bar() as bar:
        bar.begin(2, 0)
        bar.sent()
        bar.note("openai/x: waiting 30 s, as the provider asks")
    assert file.getvalue() == "openai/x: waiting 30 s, as the provider asks\n"


def test_no_text_of_a_file_or_a_model_moves_the_cursor_on_either_stream(monkeypatch):
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    speak_plainly()
    speak_plainly()
    click.echo("dry\x1b[2J\x07")
    click.echo("dry\x9b31m\r", err=True)
    with Bar() as bar:
        bar.begin(2, 0)
        bar.note("a model says \x1b]0;title\x07")
    assert out.getvalue() == "dry␛[2J␇\n"
    assert err.getvalue().startswith("dry\ufffd31m␍\n")
    assert "a model says ␛]0;title␇\n" in err.getvalue()
    assert "\r" in err.getvalue()[8:], "the bar itself goes back to the start of its line"
