from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr

import click

from harness.cli.progress import Bar
from harness.cli.streams import speak_plainly
from harness.cli.time_left import TimeLeft
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


def test_without_a_terminal_there_is_a_line_a_minute_even_while_nothing_comes_back():
    file = io.StringIO()
    with redirect_stderr(file), Bar(every_s=0.01) as bar:
        bar.begin(40, 0)
        bar.sent()
        while file.getvalue().count("\n") < 2:
            pass
    first = file.getvalue().splitlines()[0]
    assert first == "0 of 40 trials, 1 in flight, 0.00M tokens, $0.00"


def test_each_model_has_a_time_left_from_its_own_rate():
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    left.expect({"openai/fast": 110, "openai/slow": 20})
    for _ in range(10):
        now[0] += 1.0
        left.finished("openai/fast")
        if now[0] % 2 == 0:
            left.finished("openai/slow")
    assert left.words() == "ETA fast 2 min, slow 30 s"


def test_an_only_model_needs_no_name_and_one_that_said_too_little_has_no_time():
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    left.expect({"openai/x": 3600})
    assert left.words() == ""
    for _ in range(6):
        now[0] += 10.0
        left.finished("openai/x")
    assert left.words() == "ETA 9 h 59 min"


def test_an_adaptive_run_shows_its_interval_as_it_narrows():
    screen = Terminal()
    with redirect_stderr(screen), Bar() as bar:
        bar.begin(None, 0)
        bar.narrowed("openai/x", 8000, "onset 60 % (40 to 80 %)")
        bar.narrowed("openai/x", 8000, "onset 62 % (55 to 70 %)")
        bar.finished(make_record())
    assert "onset 62 % (55 to 70 %)" in screen.getvalue().rsplit("\r", 1)[-1]
