"""What a model, a file or a folder is called starts nothing where the report is read."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.printable import escaped, printable, shown, well_formed
from harness.reports import format as fmt
from harness.reports.files.csv_file import cell

FORMULAS = ("=cmd()", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "|calc", "%0A")
CALLS = ("@everyone", "see @octocat/team", "#12", "owner/repo#3", "GH-4", "![x](http://e/i.png)",
         "<img src=x>", "<script>", "[a](javascript:x)", "http://evil.example", "www.evil.example",
         "`code`", "| a | b |", "&lt;", "~~~", "$x$", "**b**", "a\nb", "\x1b[31m")  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_begins_a_formula(text):
    assert cell(text)[0] == "'"
    file = io.StringIO()
    csv.writer(file).writerow([cell(text), "next"])
    assert next(csv.reader([file.getvalue()])) == [cell(text), "next"]


@pytest.mark.parametrize("text", CALLS)
def test_markdown_calls_nobody_and_shows_no_picture(text):
    told = fmt.escape_markdown(text)
    for sign in ("@", "#", "://", "www."):
        if sign in told:
            assert told.partition(sign)[2][:1] in {"\u200b", ""}
    assert "\n" not in told
    for mark in "<>[]`*|~$&":
        assert told.count(mark) == told.count(f"\\{mark}")


@given(st.text(st.characters()))
def test_what_is_printed_holds_nothing_that_a_terminal_obeys(text):
    for told in (printable(text), shown(text, 40), fmt.plain(text), escaped(json.dumps(text))):
        assert not any(ord(c) < 32 and c not in "\n\t" for c in told)
        assert not any(0x7F <= ord(c) < 0xA0 for c in told)
        told.encode()  # whatever is printed can be
    assert json.loads(escaped(json.dumps(text, ensure_ascii=False))) == text
    well_formed(text).encode()


@given(st.text(st.characters()))
def test_plain_text_is_xml(text):
    element = ET.Element("a", {"b": fmt.plain(text)})
    element.text = fmt.plain(text)
    again = ET.fromstring(ET.tostring(element))  # noqa: S314 -- what was just written
    assert again.text == (fmt.plain(text) or None)
