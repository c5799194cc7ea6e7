"""A vector drawing, written as SVG: a few shapes, one palette for paper, one for screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retinue.report.typeface import FAMILIES, inked

__all__ = ["PAPER", "SCREEN", "SERIES", "Drawing", "Palette", "number"]

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Palette:
    """Colours by meaning.

    Attributes
    ----------
    paper, ink, soft, faint
        Ground, main lines and text, second text, grid lines.
    sea, land, coast, border
        The map.
    main, advance, following, alternative, limit
        Movements and limits in maps and charts (Okabe and Ito's colours on screens,
        black and dash patterns on paper).
    principal, fill
        The principal's vehicle, and the body of other vehicles.
    night, closed
        Darkness behind a chart; the outline and hatching of closed airspace.
    romanise
        Whether text must be limited to what the typeface can print.
    family, slack
        The typeface, and how much wider than the shipped one its texts may run.
    detail
        How far a thinned route may leave the true one, points; small where one can zoom.
    """

    paper: str
    ink: str
    soft: str
    faint: str
    sea: str
    land: str
    coast: str
    border: str
    main: str
    advance: str
    following: str
    alternative: str
    limit: str
    principal: str
    fill: str
    night: str
    closed: str
    romanise: bool
    family: str
    slack: float
    detail: float


PAPER = Palette(
    paper="#ffffff", ink="#000000", soft="#404040", faint="#c8c8c8", sea="#dde6ec",
    land="#ffffff", coast="#5f6b73", border="#6b6b6b", main="#000000", advance="#0072b2",
    following="#d55e00", alternative="#007a59", limit="#767676", principal="#000000",
    fill="#ffffff", night="#e7e7e7", closed="#a33c00",
    romanise=True, family=FAMILIES, slack=1.05, detail=0.15,
)  # fmt: skip

SCREEN = Palette(
    paper="var(--paper)", ink="var(--ink)", soft="var(--soft)", faint="var(--faint)",
    sea="var(--sea)", land="var(--land)", coast="var(--coast)", border="var(--border)",
    main="var(--main)", advance="var(--advance)", following="var(--following)",
    alternative="var(--alternative)", limit="var(--limit)", principal="var(--main)",
    fill="var(--paper)", night="var(--night)", closed="var(--following)",
    romanise=False, family="inherit", slack=1.2, detail=0.03,
)  # fmt: skip


#: Okabe and Ito's colours for kinds of one sort, on paper and on screens of either ground.
SERIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")


def number(value: float) -> str:
    """Return a coordinate with at most two decimals and no idle zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@dataclass
class Drawing:
    """Shapes in drawing order on a sheet measured in points."""

    width: float
    height: float
    palette: Palette = PAPER
    parts: list[str] = field(default_factory=list)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 0.5,
        dash: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        self.path([(x1, y1), (x2, y2)], stroke=stroke, width=width, dash=dash)

    def path(
        self,
        points: Sequence[tuple[float, float]] | NDArray[np.float64],
        *,
        stroke: str = "none",
        fill: str = "none",
        width: float = 0.5,
        dash: str = "",
        closed: bool = False,
        css: str = "",
    ) -> None:
        """Draw a line through points."""
        self.paths(
            [points], stroke=stroke, fill=fill, width=width, dash=dash, closed=closed, css=css
        )

    def paths(
        self,
        rings: Iterable[Sequence[tuple[float, float]] | NDArray[np.float64]],
        *,
        stroke: str = "none",
        fill: str = "none",
        width: float = 0.5,
        dash: str = "",
        closed: bool = False,
        css: str = "",
    ) -> None:
        """Draw several lines, or an area with holes (even-odd), as one path."""
        data = []
        for ring in rings:
            places = [f"{number(x)} {number(y)}" for x, y in ring]
            if not places:
                continue
            data.append("M" + "L".join(places) + ("Z" if closed else ""))
        if not data:
            return
        style = f"fill:{fill};stroke:{stroke}"
        if fill != "none":
            style += ";fill-rule:evenodd"
        if stroke != "none":
            style += f";stroke-width:{number(width)};stroke-linejoin:round"
            style += f";stroke-dasharray:{dash}" if dash else ";stroke-linecap:round"
        mark = f' class="{css}"' if css else ""
        self.parts.append(f'<path{mark} d="{"".join(data)}" style="{style}"/>')

    def rectangle(
        self, x: float, y: float, width: float, height: float, *, fill: str = "none",
        stroke: str = "none", line: float = 0.5, radius: float = 0.0, opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw a rectangle by its upper left corner; ``opacity`` is that of its fill."""
        rounded = f' rx="{number(radius)}"' if radius else ""
        faded = f";fill-opacity:{number(opacity)}" if opacity < 1 else ""
        self.parts.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0.0))}" '
            f'height="{number(max(height, 0.0))}"{rounded} '
            f'style="fill:{fill};stroke:{stroke};stroke-width:{number(line)}{faded}"/>'
        )

    def area(
        self, points: Sequence[tuple[float, float]], *, fill: str, opacity: float = 1.0
    ) -> None:
        """Fill what a line surrounds."""
        data = "L".join(f"{number(x)} {number(y)}" for x, y in points)
        self.parts.append(
            f'<path d="M{data}Z" style="fill:{fill};fill-opacity:{number(opacity)}"/>'
        )

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, stroke: str = "none",
        line: float = 0.8, css: str = "",
    ) -> None:  # fmt: skip
        """Draw a circle."""
        mark = f' class="{css}"' if css else ""
        self.parts.append(
            f'<circle{mark} cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" '
            f'style="fill:{fill};stroke:{stroke};stroke-width:{number(line)}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 9.0,
        anchor: Anchor = "start",
        fill: str = "",
        weight: int = 400,
        halo: bool = False,
        turn: float = 0.0,
        spacing: float = 0.0,
        about: tuple[float, float] | None = None,
    ) -> None:
        """Write words with their base line at ``y``.

        ``halo`` keeps lines off the letters; ``about`` is the point that the words name,
        to which a script that zooms keeps them close.
        """
        words = inked(words) if self.palette.romanise else words
        style = f"fill:{fill or self.palette.ink};font-size:{number(size)}px;font-weight:{weight}"
        if spacing:
            style += f";letter-spacing:{number(spacing)}px"
        turned = f' transform="rotate({number(turn)} {number(x)} {number(y)})"' if turn else ""
        named = f' data-about="{number(about[0])} {number(about[1])}"' if about else ""
        place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{turned}{named}'
        if halo:
            style += (
                f";stroke:{self.palette.paper};stroke-width:2.6px;stroke-linejoin:round;"
                "paint-order:stroke"
            )
        self.parts.append(f'<text {place} style="{style}">{escape(words)}</text>')

    def raw(self, markup: str) -> None:
        """Add markup that this module's shapes do not cover (clip paths, groups)."""
        self.parts.append(markup)

    def svg(self, *, title: str = "", css: str = "") -> str:
        """Return the SVG document."""
        named = f"<title>{escape(title)}</title>" if title else ""
        label = f' role="img" aria-label="{escape(title, quote=True)}"' if title else ""
        mark = f' class="{css}"' if css else ""
        size = f'width="{number(self.width)}pt" height="{number(self.height)}pt" '
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg"{mark} {size}'
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" '
            f'style="font-family:{self.palette.family}"{label}>{named}{"".join(self.parts)}</svg>'
        )
