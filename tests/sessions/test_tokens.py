from __future__ import annotations

import os
from functools import cache
from itertools import islice

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.core.scenario import FillerSpec
from harness.sessions.fillers import make_filler
from harness.sessions.kept_counts import KeptCounts
from harness.sessions.tokens import (
    ENCODING,
    KEPT,
    TokenCounter,
    _encoding,
    _find_files,
    counts_kept,
    kept_counts,
)
from harness.sessions.word_counts import SPLITS_AT_SPACES, WordCounts

PIECES = [
    "\n\n",
    "a",
    "Be",
    "'s",
    "don't",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "1",
    "2048",
    "é",
    "漢字",
    "\u3000",
]
PIECES += [
    "\xa0",
    "\x1c",
    "\x85",
    ".",
    ",",
    "/",
    "-",
    "it's",
    "😀",
    "\u0301",
    "\ud800",
    "\u200b",
    "１",
    "\n    ",
    "\n\n    ",
    "):",
]


@cache
def whole(name):
    """What the tokenizer itself says, in one piece."""
    _find_files()
    return tiktoken.get_encoding(name).encode_ordinary


@pytest.mark.parametrize("name", [ENCODING, "cl100k_base"])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_words_count_as_the_tokenizer_counts_the_whole_text(name, pieces):
    assert name in SPLITS_AT_SPACES
    text = "".join(pieces)
    assert TokenCounter(name).count_text(text) == len(whole(name)(text))


@given(st.text(max_size=40))
def test_any_text_counts_as_the_tokenizer_counts_it(text):
    assert TokenCounter().count_text(text) == len(whole(ENCODING)(text))


def test_a_word_is_tokenized_once():
    asked = []
    counts = WordCounts(lambda text: asked.append(text) or len(text))
    assert counts("so it is, it is") == counts("so it is, it is") == len("so it is, it is")
    assert asked == ["so", " it", " is,", " is"]


def test_code_is_counted_by_what_stands_between_its_spaces_and_each_of_it_once():
    asked = []
    counts = WordCounts(lambda text: asked.append(text) or len(text))
    code = "def f(a):\n    return a\n\n    # so it is\n\n\ndone\n"
    assert counts(code) == len(code)
    assert {"def", " f(a):\n    return", " a\n\n    #", " so", " it"} < set(asked)
    asked.clear()
    assert counts(code) == len(code)
    assert asked == [" is\n\n\ndone\n"]  # white space at the end may be one with what follows


def test_what_stands_around_an_empty_line_is_counted_as_words():
    asked = []
    counts = WordCounts(lambda text: asked.append(text) or len(text))
    text = "Yes.\n\nIt is.\n\nNow\n\nwe go"
    assert counts(text) == counts(text) == len(text)
    assert asked == ["Yes.\n\n", "It", " is.\n\n", "Now\n\n", "we", " go"]


def test_the_file_of_the_tokenizer_is_read_as_its_own_reader_reads_it():
    ours, theirs = _encoding(ENCODING), whole(ENCODING).__self__
    assert ours is not theirs
    for what in ("_mergeable_ranks", "_pat_str", "_special_tokens"):
        assert getattr(ours, what) == getattr(theirs, what)


def test_an_unknown_encoding_is_refused_by_name():
    with pytest.raises(UsageError, match="unknown token encoding 'nonsense'"):
        TokenCounter("nonsense").count_text("x")


def test_counts_are_kept_for_the_next_run_as_numbers_and_hashes(tmp_path):
    words = "Grimsby zanzibar quokka-4417"
    with counts_kept(tmp_path):
        tokens = TokenCounter().count_text(words)
    assert tokens == len(whole(ENCODING)(words))
    kept = kept_counts(tmp_path)
    assert (kept.words, kept.find("Grimsby"), kept.find("never said")) == (
        3, len(whole(ENCODING)("Grimsby")), None,
    )  # fmt: skip
    held = (tmp_path / KEPT).read_bytes()
    assert not any(word.encode() in held for word in words.split())


def test_what_two_processes_count_is_kept_of_both(tmp_path):
    one, two = KeptCounts(tmp_path / "c", "x"), KeptCounts(tmp_path / "c", "x")
    one.add("a", 1)
    two.add("b", 2)
    one.save()
    two.save()
    found = KeptCounts(tmp_path / "c", "x")
    assert (found.words, found.find("a"), found.find("b")) == (2, 1, 2)
    assert KeptCounts(tmp_path / "c", "another version").words == 0


@pytest.fixture
def good(tmp_path):
    kept = KeptCounts(tmp_path / "c", "x")
    kept.add("a", 1)
    kept.save()
    return tmp_path / "c"


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data + b"\0" * 10,
        lambda _: b"\x80\x04cposix\nsystem\n",
        lambda data: data * 40_000,
    ],
)
def test_a_spoiled_file_is_as_none_and_is_written_anew(good, spoiled):
    good.write_bytes(spoiled(good.read_bytes()))
    kept = KeptCounts(good, "x")
    assert kept.find("a") is None
    kept.add("b", 2)
    kept.save()
    assert KeptCounts(good, "x").find("b") == 2


def test_what_is_no_file_of_this_users_own_is_not_read(good, tmp_path):
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(good)
    os.mkfifo(pipe)
    assert [KeptCounts(path, "x").words for path in (good, link, pipe, tmp_path)] == [1, 0, 0, 0]
    good.chmod(0o666)
    assert KeptCounts(good, "x").words == 0


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with counts_kept(tmp_path / "file"):
        assert TokenCounter().count_text("Grimsby again") > 0
    with counts_kept(None):
        assert TokenCounter().count_text("Grimsby again") > 0


def test_filler_counts_as_the_tokenizer_counts_it():
    for name in ("workday", "agent-work"):
        turns = islice(make_filler(FillerSpec(name=name)).turns(Draws("x", 1)), 40)
        texts = [message.text for turn in turns for message in turn.messages]
        assert TokenCounter().count_texts(texts) == [len(whole(ENCODING)(text)) for text in texts]
