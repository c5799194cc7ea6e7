"""The movement order holds every name and figure as text, and the same plan the same bytes."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from retinue.plan import Assumption, Plan
from retinue.report.map_land import MapLand
from retinue.report.movement_order import movement_order, order_content
from retinue.report.typeface import inked
from retinue.report.wording import breakable
from tests.report.sample_details import flown, marched


def words(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)


def bare(text: str) -> str:
    """Return letters and figures only: line breaks and hyphens are the typesetter's."""
    return re.sub(r"[\W_]+", "", text)


@pytest.fixture(scope="module")
def order(sample: Plan, land: MapLand) -> bytes:
    return movement_order(sample, land)


def test_every_word_of_the_plan_is_in_the_text(sample: Plan, order: bytes) -> None:
    found = bare(words(order))
    wanted = [
        sample.title, "33 h 40", "depart", "Far Eastern Federal University (ДВФУ)",
        "lift and exchange bogies, 21 coaches", "1435 → 1520 mm", "Red Flag 1", "Communications",
        "25 kV 50 Hz AC", "the border at Tumangang is closed to road traffic",
        "cars to platform; boarding", "track access, Khasan-Vladivostok", "PRK-615",
        "OpenStreetMap contributors", "Natural Earth", "GeoNames", sample.hash[:12], "2026.11",
    ]  # fmt: skip
    wanted += [e.place for leg in sample.legs for e in leg.timeline]
    wanted += [a.subject for a in sample.assumptions] + [a.because for a in sample.assumptions]
    missing = [w for w in wanted if bare(inked(w)) not in found]
    assert not missing


def test_the_page_numbers_count_all_pages(order: bytes) -> None:
    pages = PdfReader(io.BytesIO(order)).pages
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page.extract_text()


def test_the_same_plan_gives_the_same_bytes(sample: Plan, land: MapLand, order: bytes) -> None:
    assert movement_order(sample, land) == order
    metadata = PdfReader(io.BytesIO(order)).metadata
    assert metadata is not None and metadata.title == f"Movement order: {sample.title}"


def test_only_the_shipped_typeface_is_used(order: bytes) -> None:
    names = set()
    for page in PdfReader(io.BytesIO(order)).pages:
        resources: Any = page["/Resources"]
        fonts = resources.get_object().get("/Font", {})
        names |= {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert names
    assert all("Inter" in name for name in names)


def test_names_in_any_script_are_printed_and_markup_is_only_text(
    hostile: Plan, land: MapLand
) -> None:
    found = bare(words(movement_order(hostile, land)))
    for name in (
        "두만강 역",
        "Хасан & Со",
        "羅津駅",
        "مطار",
        "#panic[typst] $x$ *bold* `raw` @ref <label>",
    ):
        assert bare(inked(name)) in found
    assert bare('<script>alert("1")</script>') in found
    assert "평양" in found


def test_it_says_when_it_was_made_only_where_the_plan_does(sample: Plan) -> None:
    assert "made" not in order_content(sample)["footer"]
    made = sample.model_copy(update={"made_at": "2026-11-22T20:00:00Z"})
    assert "made 2026-11-22T20:00:00Z" in order_content(made)["footer"]


def test_nothing_is_set_smaller_than_legible() -> None:
    from pathlib import Path

    import retinue.report.movement_order as module

    template = Path(module.__file__).with_suffix(".typ").read_text(encoding="utf-8")
    sizes = [float(size) for size in re.findall(r"size: ([\d.]+)pt", template)]
    assert min(sizes) >= 9


def test_a_plan_of_one_short_leg_prints_too(sample: Plan) -> None:
    leg = sample.legs[0].model_copy(update={"convoy": None, "timeline": ()})
    small = sample.model_copy(
        update={
            "legs": (leg,), "alternatives": (), "comparison": (), "handovers": (), "notes": (),
            "assumptions": (), "sources": (),
        }
    )  # fmt: skip
    assert movement_order(small).startswith(b"%PDF-")


def test_the_order_of_the_model_case_holds_air_road_and_papers(
    vladivostok: Plan, land: MapLand
) -> None:
    pdf = movement_order(vladivostok, land)
    found = bare(words(pdf))
    for text in (
        "To be asked for", "Weather and light", "Fuel, masses and times", "Runways",
        "Airspace entered and left", "Cars on the train", "Annex: papers", "Grey: after dark",
    ):  # fmt: skip
        assert bare(text) in found
    for one in vladivostok.deadlines:
        assert bare(one.latest_date) in found
    # A long annex would bury the order.
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 25


def test_figures_of_flight_and_march_are_set(sample: Plan, land: MapLand) -> None:
    other = sample.alternatives[0].model_copy(update={"legs": (flown(sample),)})
    plan = sample.model_copy(
        update={"legs": (*sample.legs[:-1], marched(sample)), "alternatives": (other,)}
    )
    found = bare(words(movement_order(plan, land)))
    for text in ("DOES NOT DO", "Mill Lane", "City Hospital", "20 more posts", "ZKKP Pyongyang"):
        assert bare(text) in found


HEADINGS = {
    "Assumptions", "Costs", "Handovers", "Notes", "Remarks", "Sources and licences", "The line",
    "Speed and limit", "Time and distance", "Stations and borders", "Deadlines",
    "Weather and light", "What nobody published, and what this plan took for it.",
}  # fmt: skip


@pytest.mark.parametrize("rows", [3, 11, 19, 31])
def test_no_page_ends_with_a_heading_nor_begins_with_a_row_alone(
    sample: Plan, land: MapLand, rows: int
) -> None:
    assumed = tuple(
        Assumption(subject=f"subject {k:03}", what="length", value=f"{k} m", because="planning")
        for k in range(rows)
    )
    pdf = movement_order(sample.model_copy(update={"assumptions": assumed}), land)
    for page in PdfReader(io.BytesIO(pdf)).pages:
        text = page.extract_text()
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        body = [line for line in lines if not line.startswith(("Retinue ", "page "))]
        assert body[-1] not in HEADINGS
        found = len(re.findall(r"subject \d{3}", text))
        assert found == 0 or found >= min(3, rows)


def test_han_and_hangul_stand_as_they_are_written_and_others_say_that_they_do_not(
    hostile: Plan, land: MapLand
) -> None:
    text = words(movement_order(hostile, land))
    found = bare(text)
    assert "두만강" in found and "羅津駅" in found
    told = bare(text.split("In Latin letters, for want of a font:")[1])
    assert bare(inked("مطار")) in told and "두만강" not in told


def test_a_long_title_leaves_the_map_on_the_cover(sample: Plan, land: MapLand) -> None:
    long = "A visit of state with a title that goes on and on until the printer is out of breath"
    plan = sample.model_copy(update={"title": f"{long}, and then some more of it: {long}"})
    first = PdfReader(io.BytesIO(movement_order(plan, land))).pages[0].extract_text()
    assert "OpenStreetMap contributors" in first
    assert "then some more" in re.sub(r"\s+", " ", first)


def test_a_word_wider_than_its_column_is_hyphenated(sample: Plan) -> None:
    name = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    assert breakable(name).replace("\u00ad", "") == name and "\u00ad" in breakable(name)
    assert breakable("Gesamtverkehrsplanung") == "Gesamtverkehrsplanung"
    leg = sample.legs[0].model_copy(
        update={"to": sample.legs[0].to.model_copy(update={"name": name})}
    )
    pdf = movement_order(sample.model_copy(update={"legs": (leg, *sample.legs[1:])}))
    assert bare(name) in bare(words(pdf))
