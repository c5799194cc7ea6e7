"""The page stands alone, runs no text of the plan, and can be read without seeing it."""

import base64
import hashlib
import json
import re
from html import escape
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from retinue.plan import Plan
from retinue.report.map_land import MapLand
from retinue.report.page import journey_page
from retinue.report.page_data import page_json


class Elements(HTMLParser):
    """Collects elements with their attributes, and the text inside scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def page(sample: Plan, land: MapLand) -> str:
    return journey_page(sample, land)


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    elements = Elements(page)
    for _, attributes in elements.found:
        for name in ("src", "href", "data", "action", "poster", "srcset"):
            assert name not in attributes
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style is not None
    assert "url(" not in style[1] and "@import" not in style[1]
    assert len(page.encode()) < 5_000_000


def test_the_policy_allows_the_one_script_by_its_hash(page: str) -> None:
    elements = Elements(page)
    policy = next(m["content"] for m in elements.all("meta") if m.get("http-equiv"))
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(elements.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_names_are_never_run(hostile: Plan, land: MapLand) -> None:
    page = journey_page(hostile, land)
    elements = Elements(page)
    assert len(elements.scripts) == 2
    assert not elements.all("img")
    assert not [name for _, a in elements.found for name in a if name.startswith("on")]
    data = json.loads(elements.scripts[0])
    assert '"><img src=x onerror=alert(2)>' in {p[1] for leg in data["legs"] for p in leg["places"]}
    assert "\u202e" not in page and "\x00" not in page


def test_names_keep_their_own_script(hostile: Plan, land: MapLand) -> None:
    page = journey_page(hostile, land)
    for name in ("두만강 역", "Хасан &amp; Со", "羅津駅", "مطار"):
        assert name in page


def test_headings_and_tables_carry_their_meaning(page: str) -> None:
    elements = Elements(page)
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert elements.all("html")[0]["lang"] == "en"
    assert all(th.get("scope") for th in elements.all("th"))
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in elements.all("svg"))
    named = {a["id"] for _, a in elements.found if a.get("id")}
    assert {s["aria-labelledby"] for s in elements.all("section")} <= named


def test_identifiers_stand_once(page: str) -> None:
    ids = [a["id"] for _, a in Elements(page).found if "id" in a]
    assert len(ids) == len(set(ids))


def test_the_data_follow_the_movements(page: str, sample: Plan) -> None:
    data = json.loads(Elements(page).scripts[0])
    assert [row[2] for row in data["clocks"]] == ["+09", "+10"]
    main = next(m for m in data["movements"] if m["leg"] == 1 and m["role"] == "main")
    truth = sample.legs[1].main
    import numpy as np

    for at in np.linspace(1_000, 1_175_000, 50):
        drawn = np.interp(at, main["d"], main["t"]) + data["start"]
        # A minute at most is lost by keeping few points; at a stop either end is right.
        errors = [abs(drawn - truth.time_at(float(at), leaving=side)) for side in (False, True)]
        assert min(errors) < 60 or drawn <= truth.time_at(float(at), leaving=True)


def test_json_inside_a_script_cannot_close_it() -> None:
    text = page_json({"a": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028&"}


def test_the_same_plan_gives_the_same_page(sample: Plan, land: MapLand, page: str) -> None:
    assert journey_page(sample, land) == page


def test_the_page_of_the_model_case_stays_small_and_holds_everything(
    vladivostok: Plan, land: MapLand
) -> None:
    page = journey_page(vladivostok, land)
    assert len(page.encode()) < 600_000
    for words in (
        "To be asked for", "Weather and light", "Papers", "Fuel, masses and times",
        "Cars on the train", "Dark hours of the journey", "March",
    ):  # fmt: skip
        assert words in page
    for paper in vladivostok.papers:
        assert escape(paper.text.splitlines()[0]) in page
