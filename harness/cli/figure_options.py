"""Options of pictures: how wide, in which font, with or without words above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.reports.charts.layout import Layout

_FIGURES = (".pdf", ".png", ".svg")
_FONT = re.compile(r"\w[\w .-]*")

_OPTIONS = (
    click.option(
        "--width", metavar="LENGTH", help="Of a figure: 84mm, 3.3in, 240pt. Letters are then 7 pt."
    ),
    click.option("--font", metavar="NAME", help="Of a figure: the font of the paper."),
    click.option(
        "--caption/--no-caption",
        default=True,
        help="Whether a figure has its title and what was measured above it.",
    ),
)


def figure_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options, as `width`, `font` and `caption`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def figure_layout(
    outputs: Sequence[Path], *, width: str | None, font: str | None, caption: bool
) -> Layout:
    """What the options ask of the pictures among the outputs.

    Raises:
        UsageError: There is no picture among them, the width is none, or the font no name.
    """
    from harness.reports.charts.layout import SCREEN, Layout, millimetres

    if width is None and font is None and caption:
        return SCREEN
    if not any(output.suffix.lower() in _FIGURES for output in outputs):
        raise UsageError(
            "--width, --font and --no-caption are of figures; add one: -o curve.pdf"
            f" (figures end in {', '.join(_FIGURES)})"
        )
    if font is not None and _FONT.fullmatch(font) is None:
        raise UsageError(f"--font '{font}': give the name of one font, such as 'Times New Roman'")
    return Layout(
        width_mm=None if width is None else millimetres(width), font=font, caption=caption
    )
