"""How a report looks in a terminal: as wide as there is room, in colours where they are shown.

Its one rule: text that is handed in holds nothing that a terminal obeys; see `format.plain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PROSE = 100
"""Lines of words longer than that are hard to read."""
_NARROWEST, _WIDEST = 60, 240


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """The width of a terminal and whether it shows colours; plain and 80 columns unless said."""

    columns: int = fmt.COLUMNS
    color: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", min(max(self.columns, _NARROWEST), _WIDEST))

    def wrapped(self, words: str, first: str = "") -> list[str]:
        """Words of others as lines; what follows the first is indented like `first`."""
        return fmt.wrap(fmt.plain(words), min(self.columns, _PROSE), first)

    def styled(self, text: str, style: str) -> str:
        """The text in a style such as "bold" or "red"; as it is where no colours are shown."""
        if not self.color or not style:
            return text
        from rich.color import ColorSystem
        from rich.style import Style

        return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: Iterable[str] = (),
        folded: Iterable[str] = (),
        styles: Mapping[str, str] | None = None,
    ) -> list[str]:
        """A table, no line of it wider than the terminal.

        Args:
            heads: Names of the columns; a line end in one stands for a second line.
            rows: Their cells, likewise.
            right: Columns that stand to the right.
            folded: Columns that give way where there is not room for all.
            styles: Of columns.
        """
        from rich import box
        from rich.table import Table
        from rich.text import Text

        to_right, give_way, looks = set(right), set(folded), styles or {}
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0,
            header_style="bold", border_style="dim",
        )  # fmt: skip
        for head in heads:
            table.add_column(
                Text(head),
                justify="right" if head in to_right else "left",
                overflow="fold" if head in give_way else "ellipsis",
                no_wrap=head not in give_way,
                style=looks.get(head, ""),
                vertical="top",
            )
        for row in rows:
            table.add_row(*map(Text, row))
        return self._drawn(table)

    def _drawn(self, drawing: object) -> list[str]:
        from io import StringIO

        from rich.console import Console

        drawn = StringIO()
        console = Console(
            file=drawn, width=self.columns, force_terminal=self.color, legacy_windows=False,
            color_system="standard" if self.color else None, markup=False, emoji=False,
            highlight=False, _environ={},
        )  # fmt: skip
        console.print(drawing)
        return [line.rstrip() for line in drawn.getvalue().splitlines()]
