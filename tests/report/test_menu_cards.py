"""Menu cards print every name in its own script, or say that it is romanised."""

import io
import json

import pypdf
from fontTools.ttLib import TTFont

from retinue.plan import Provision
from retinue.provisioning.menu import load_menu
from retinue.provisioning.menu_card import menu_card
from retinue.report.menu_cards import card_content, menu_cards, romanised_names
from retinue.report.typeface import FONT_FOLDER, face_of, printable, script_covers

SCRIPTS = FONT_FOLDER / "scripts"


def text_of(provision: Provision) -> str:
    pages = pypdf.PdfReader(io.BytesIO(menu_cards(provision))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_every_script_of_the_five_cuisines_is_on_the_card(provision: Provision) -> None:
    text = text_of(provision)
    for name in ("Борщ", "宫保鸡丁", "비빔밥", "うなぎ丼", "Crème brûlée à la vanille"):
        assert name in text


def test_a_script_without_a_font_is_romanised_and_the_card_says_so(provision: Provision) -> None:
    whole = provision.cards[0]
    assert romanised_names(whole) == ["Stuffed vine leaves"]
    text = text_of(provision)
    assert "ورق" not in text
    assert "Latin letters" in text


def test_no_character_of_a_card_is_without_a_glyph(provision: Provision) -> None:
    for card in provision.cards:
        words = printable(json.dumps(card_content(card), ensure_ascii=False), scripts=True)
        assert all(script_covers(c) or c.isspace() for c in words)


def test_shipped_menus_need_no_romanising() -> None:
    for name in ("five-cuisines", "plain-fare"):
        for section in menu_card(load_menu(name)).sections:
            for entry in section.entries:
                assert all(script_covers(c) or c.isspace() for c in entry.native_name), entry


def test_the_table_of_scripts_is_that_of_the_font_files() -> None:
    table = json.loads((SCRIPTS / "coverage.json").read_text(encoding="utf-8"))["characters"]
    assert set(table) == {"JP", "KR", "SC"}
    for face, known in table.items():
        font = TTFont(SCRIPTS / f"NotoSansCJK{face}-Regular.otf")
        assert font["name"].getDebugName(1) == f"Noto Sans CJK {face}"
        assert set(map(ord, known)) == set(font.getBestCmap())


def test_script_fonts_are_small_and_their_licence_stands_beside_them() -> None:
    assert sum(file.stat().st_size for file in SCRIPTS.glob("*.otf")) < 1_700_000
    text = (SCRIPTS / "LICENSE-NotoSansCJK.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Reserved Font Name" in text


def test_han_is_drawn_as_the_dishes_own_country_draws_it() -> None:
    assert face_of("鰻丼", "japanese") == "JP"
    assert face_of("すき焼き") == "JP"
    assert face_of("宫保鸡丁", "chinese") == "SC"
    assert face_of("비빔밥") == "KR"
    assert face_of("Борщ") == ""


def test_a_card_for_an_allergy_says_what_it_is_without(provision: Provision) -> None:
    content = card_content(provision.cards[1])
    assert content["without"] == "peanuts"
    assert (content["title"], content["under"]) == ("Five cuisines", "for guards, without peanuts")
    names = [i["name"] for c in content["courses"] for p in c["parts"] for i in p["items"]]
    assert names == ["Borscht"]


def test_numbers_of_allergens_cannot_be_read_as_one(provision: Provision) -> None:
    parts = card_content(provision.cards[0])["courses"][0]["parts"]
    shown = {item["name"]: item["allergens"] for part in parts for item in part["items"]}
    assert shown["Kung pao chicken"].split(",\u2009") == ["1", "5"]
