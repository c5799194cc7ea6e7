"""Repeated styles become classes; nothing else of a drawing changes."""

from __future__ import annotations

import re

from retinue.report.page_style import named_styles


def test_a_repeated_style_is_named_and_a_single_one_stays() -> None:
    shape = '<path class="route" d="M0 0" style="fill:none;stroke:red"/>'
    markup = shape + '<rect x="1" style="fill:none;stroke:red"/><line x1="0" style="stroke:blue"/>'
    found, sheet = named_styles(markup)
    assert sheet == "svg .s0{fill:none;stroke:red}"
    assert '<path class="route s0" d="M0 0"/>' in found and '<rect class="s0" x="1"/>' in found
    assert '<line x1="0" style="stroke:blue"/>' in found


def test_texts_keep_their_styles() -> None:
    markup = '<text style="font-size:9px">a</text>' * 2
    assert named_styles(markup) == (markup, "")


def test_every_shape_keeps_its_style() -> None:
    styles = ["fill:red", "fill:blue", "fill:red", "fill:none;stroke:var(--main)"] * 3
    markup = "".join(f'<circle cx="1" style="{style}"/>' for style in styles)
    found, sheet = named_styles(markup)
    rules = dict(re.findall(r"svg \.(s\d+)\{([^}]*)\}", sheet))
    assert [rules[name] for name in re.findall(r'class="(s\d+)"', found)] == styles
