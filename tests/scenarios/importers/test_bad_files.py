"""Files that are broken, cut off, hostile or of another kind: words, never a traceback."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.core.errors import FileError, HarnessError, NothingSelectedError, UsageError
from harness.core.transcript import Row, Skipped, Transcript
from harness.scenarios.importers import ByteSource, file_source, guess, importers
from harness.scenarios.importers import source as source_module
from harness.scenarios.importers.lines import line
from harness.scenarios.importers.tally import Tally
from tests.scenarios.importers.conftest import FILES

NAMES = [name for name in importers.names() if name != "inspect"]


def of(content, name="x.json"):
    return ByteSource(name=name, chunks=lambda: [content])


def everything(content, name=None):
    """What the command does with a file, down to the lines that it would write."""
    source = of(content)
    tally = Tally(name="x.json")
    importer = importers.resolve(name or guess(source))
    found = [line(one, 1) for one in tally.sifted(importer.sessions(source))]
    tally.sentence()
    tally.check_any()
    return found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "x.json: the file is empty"),
        (b"\xef\xbb\xbf \n", "x.json: the file is empty"),
        (b"PK\x03\x04....", "x.json: this is a zip archive inside another file; unpack it and"),
        (b"\x1f\x8b....", "x.json: what is packed with gzip is damaged: Error -3 while"),
        (gzip.compress(b"[]" * 99, mtime=0)[:-9], "x.json: what is packed with gzip is cut off"),
        (b"PAR1....", "x.json: this Parquet file is cut off or damaged: "),
        ("[]".encode("utf-16"), "x.json: this is UTF-16 text; save it as UTF-8"),
        (b"\x7fELF\0\0\0", "x.json: this is a binary file, not a transcript"),
        (b"no transcript at all", "cannot tell which program wrote this: it begins with"),
        (
            b'{"a": 1, "b": 2}',
            "cannot tell which program wrote this: its first record is an object with",
        ),
        (b"[1, 2]", "cannot tell which program wrote this: its first record is a number"),
        (b"[", "x.json:1: this is not JSON any more: the file ends in the middle of a record"),
        (b'{"a": \n}', "x.json:2: this is not JSON any more: unallowed token"),
    ],
)
def test_a_file_that_is_no_transcript_is_told_what_it_is(content, said):
    with pytest.raises(FileError, match=re.escape(said)):
        guess(of(content))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(UsageError, match=r"no such file: .*gone\.json"):
        file_source(tmp_path / "gone.json")
    with pytest.raises(UsageError, match="is a folder; give the files in it"):
        file_source(tmp_path)


def test_text_where_json_was_promised_is_refused_with_its_line():
    with pytest.raises(FileError, match=r"x\.json:1: this is not JSON: it begins with '# Ferry"):
        list(importers.resolve("chatgpt").sessions(of(b"# Ferry\n")))


@pytest.mark.parametrize("name", ["chatgpt", "claude", "sharegpt", "longmemeval", "locomo"])
def test_an_array_that_is_cut_off_gives_its_first_records_and_then_its_place(name):
    content = FILES[name].read_bytes()
    whole = json.dumps(json.loads(content)[:1] * 40, indent=1).encode()
    cut = whole[: int(len(whole) * 0.9)]
    tally = Tally(name="x.json")
    with pytest.raises(FileError, match=r"x.json:\d+: .*ends in the middle of a record \(record"):
        list(tally.sifted(importers.resolve(name).sessions(of(cut))))
    assert tally.sessions >= 30


def test_an_array_with_damage_in_it_is_told_its_record():
    with pytest.raises(FileError, match=r"x.json:2: .* \(record 2, near byte"):
        list(of(b'[{"a": 1},\n {"b": nope}]').rows())


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b'{"messages": ', "not JSON: Expecting value"),
        (b'{"messages": "\xff"}', "byte 0xff is not UTF-8; save the file as UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not readable: Exceeds the limit"),
    ],
)
def test_of_a_damaged_line_only_that_line_is_left_out(bad, said):
    good = b'{"messages": [{"role": "user", "content": "a"}]}'
    first, broken, last = of(good + b"\n" + bad + b"\n\n" + good + b"\r\n").rows()
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert last.number == 4
    assert isinstance(broken, Skipped)
    assert broken.where is not None
    assert broken.where.line == 2
    assert said in broken.detail


def test_a_line_that_is_too_long_is_left_out_and_not_held(monkeypatch):
    monkeypatch.setattr(source_module, "MOST_BYTES", 1 << 20)
    good = b'{"messages": [{"role": "user", "content": "a"}]}\n'
    long = b'{"messages": "' + b"x" * (1 << 21) + b'"}\n'
    pieces = [long[i : i + 1000] for i in range(0, len(long), 1000)]
    source = ByteSource(name="x", chunks=lambda: [good, *pieces, good])
    kinds = [getattr(row, "detail", "") for row in source.rows()]
    assert kinds == ["", "longer than 1 MB", ""]


def test_a_record_that_is_too_large_stops_the_import_with_its_number(monkeypatch):
    monkeypatch.setattr(source_module, "MOST_BYTES", 1 << 20)
    content = b'[{"a": 1}, {"b": "' + b"x" * (1 << 21) + b'"}]'
    with pytest.raises(FileError, match="record 2 is larger than 1 MB; split the file"):
        list(of(content).rows())


def test_an_array_nested_without_end_is_told_or_read_but_never_falls_over():
    for content in (b"[" * 300_000, b"[" * 300_000 + b"]" * 300_000, b'[{"a":' * 200_000):
        with pytest.raises(HarnessError):
            everything(content)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [[]], {"a": []}, True, 1e308])
def test_values_of_the_wrong_type_are_as_good_as_none(name, value):
    """Every value of a good file, one at a time, becomes something else."""
    text = FILES[name].read_text(encoding="utf-8")
    if FILES[name].suffix == ".md":
        pytest.skip("has no types")
    rows = json.loads(text) if text[0] == "[" else [json.loads(row) for row in _good(text)]
    for row in rows[:3]:
        for path in list(_paths(row))[:60]:
            wrong = json.loads(json.dumps(row))
            _put(wrong, path, value)
            for found in importers.resolve(name).sessions(of(json.dumps([wrong]).encode())):
                if isinstance(found, Transcript):
                    line(found, 1).encode("utf-8")


def _good(text):
    for row in text.splitlines():
        try:
            json.loads(row)
        except ValueError:
            continue
        yield row


def _paths(value, path=()):
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], (*path, key))


def _put(value, path, new):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


@given(st.binary(max_size=400), st.sampled_from(NAMES))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_arbitrary_bytes_are_words_or_messages(content, name):
    for chosen in (name, None):
        with suppress(HarnessError):
            everything(content, chosen)


@given(
    st.sampled_from(NAMES),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.binary(min_size=0, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_good_files_with_a_wound_are_words_or_messages(name, start, length, graft):
    content = FILES[name].read_bytes()
    at = start % len(content)
    wounded = content[:at] + graft + content[at + length % 40 :]
    for chosen in (name, None):
        with suppress(HarnessError):
            everything(wounded, chosen)


def test_halves_of_characters_become_a_mark_that_can_be_written():
    chat = b'{"messages": [{"role": "user", "content": "a \\ud800 b"}]}'
    (written,) = everything(chat)
    assert json.loads(written)["messages"][0]["content"] == "a \ufffd b"


def test_when_nothing_came_the_first_thing_that_was_wrong_is_said():
    with pytest.raises(FileError, match=r"nothing could be read: record 1 is an object with"):
        everything(b'{"some": "thing"}\n', "openai")
    with pytest.raises(NothingSelectedError, match=r"left out: conversation without a message 1"):
        everything(b'{"messages": [{"role": "tool", "content": "x"}]}', "openai")


def test_the_bytes_come_in_pieces_of_any_size():
    for name in NAMES:
        content = FILES[name].read_bytes()
        whole = list(importers.resolve(name).sessions(of(content, "x")))
        pieces = [content[i : i + 7] for i in range(0, len(content), 7)]
        again = ByteSource(name="x", chunks=lambda pieces=pieces: pieces)
        assert list(importers.resolve(name).sessions(again)) == whole


def test_a_large_export_is_read_in_bounded_memory(tmp_path):
    """20 MB of conversations take less than 20 MB more than one of them."""
    (small, large), out = (tmp_path / "small.json", tmp_path / "large.json"), tmp_path / "out.jsonl"
    conversation = json.loads(FILES["chatgpt"].read_text(encoding="utf-8"))[0]
    conversation["mapping"]["a2"]["message"]["content"]["parts"] = ["It is warm. " * 2000]
    one = json.dumps(conversation).encode()
    small.write_bytes(b"[" + one + b"]")
    with large.open("wb") as file:
        file.write(b"[" + one + (b"," + one) * (20_000_000 // len(one)) + b"]")
    used = [_peak_mb("import", str(path), "-o", str(out), "--force") for path in (small, large)]
    assert large.stat().st_size > 19_000_000
    assert used[1] - used[0] < 20


def _peak_mb(*command):
    code = (
        "import resource, sys; from harness.cli import main\n"
        "sys.argv = ['harness', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit as leave: assert not leave.code\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])
