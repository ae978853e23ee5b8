"""Scenario data as the text of a file that reads back as the same data.

The one rule: what a person will edit is written in blocks, and text is quoted wherever YAML would
take it for something else.
"""

from __future__ import annotations

from typing import Any

import yaml

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Writes lists inside mappings indented, and texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 -- lists are indented whatever PyYAML asks for
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _represent(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    block = (
        "\n" in text and not text[:1].isspace() and all(c.isprintable() or c == "\n" for c in text)
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


_Dumper.add_representer(str, _represent)


def dump(data: dict[str, Any], head: str = "") -> str:
    """The text of a scenario file.

    Args:
        data: What `yaml` is to read from it.
        head: Comment lines that come first, each with its `#`.
    """
    body = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, width=_WIDTH, sort_keys=False)
    return f"{head}{body}"
