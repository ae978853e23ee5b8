"""The cells of docs/notebook.md run as they stand, one after the other, as a notebook runs them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from contextlib import chdir

from tests.support.command import ROOT

PAGE = ROOT / "docs" / "notebook.md"
CELL = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run_cell(text, names):
    """Run a cell, and give what its last line is worth."""
    tree = ast.parse(text)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec_cell(ast.unparse(tree), names, "exec")
    return None if last is None else exec_cell(ast.unparse(last), names, "eval")


def exec_cell(text, names, mode):
    code = compile(text, str(PAGE), mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    value = eval(code, names)  # noqa: S307 -- our own page
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def test_the_cells_of_the_page_run_in_order_and_show_what_it_says(tmp_path, capsys):
    cells = CELL.findall(PAGE.read_text(encoding="utf-8"))
    names = {"__name__": "__main__"}
    with chdir(tmp_path):
        shown = [run_cell(cell, names) for cell in cells]
        assert "<table>" in shown[0]._repr_html_()
    printed = capsys.readouterr().out
    assert "recalled" in printed
    assert "weights" in printed
    assert (tmp_path / "report.html").exists()
