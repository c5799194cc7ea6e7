"""The typeface prints every name: a glyph that is missing is lost without a word."""

import json

from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from retinue.report.typeface import FONT_FOLDER, covers, printable, shortened, text_width


def test_the_coverage_table_is_that_of_the_font_files() -> None:
    table = json.loads((FONT_FOLDER / "coverage.json").read_text())
    codes = [c for first, last in table["ranges"] for c in range(first, last + 1)]
    fonts = [TTFont(file) for file in sorted(FONT_FOLDER.glob("*.otf"))]
    assert len(fonts) == 3
    assert codes == sorted(set.intersection(*(set(font.getBestCmap()) for font in fonts)))
    regular = TTFont(FONT_FOLDER / "Inter-Regular.otf")
    names, widths, unit = regular.getBestCmap(), regular["hmtx"], regular["head"].unitsPerEm
    assert table["advance"] == [round(widths[names[c]][0] * 1000 / unit) for c in codes]


def test_fonts_are_small_and_their_licence_stands_beside_them() -> None:
    assert sum(file.stat().st_size for file in FONT_FOLDER.glob("*.otf")) < 2_000_000
    text = (FONT_FOLDER / "LICENSE-Inter.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Inter Project Authors" in text


def test_figures_have_one_width_where_tables_ask_for_it() -> None:
    for file in FONT_FOLDER.glob("*.otf"):
        features = {r.FeatureTag for r in TTFont(file)["GSUB"].table.FeatureList.FeatureRecord}
        assert "tnum" in features


@given(st.text(max_size=40))
def test_every_character_of_a_printable_text_has_a_glyph(text: str) -> None:
    assert all(covers(c) for c in printable(text))


@given(st.text(alphabet=st.characters(categories=["Lo", "Lu", "Ll"]), min_size=1, max_size=10))
def test_letters_never_vanish(text: str) -> None:
    assert printable(text).strip()


def test_latin_greek_and_cyrillic_stay_as_they_are() -> None:
    for name in ("Владивосток", "Chʼŏngjin", "Αθήνα", "Łódź", "Київ", "km → 1 178"):
        assert printable(name) == name


def test_other_scripts_are_romanised() -> None:
    assert printable("평양") == "PyeongYang"
    assert printable("Ussuriysk 双城子").startswith("Ussuriysk ShuangCheng")


def test_direction_marks_and_controls_are_taken_out() -> None:
    assert printable("a\u202eb\u0000c") == "abc"


def test_decomposed_letters_are_composed() -> None:
    assert printable("Cho\u0306ngjin") == "Ch\u014fngjin"


@given(st.text(alphabet="abc Владивосток", max_size=60), st.floats(20, 200))
def test_a_shortened_text_fits(text: str, width: float) -> None:
    assert text_width(shortened(text, 9, width), 9) <= max(width, text_width("\u2026", 9))
