"""`retinue options`, as a user runs it: the model case, Europe, an island, and who will not fly."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from retinue.checks.options import check_options
from retinue.cli.choices import shown
from retinue.journey.file import SHIPPED
from retinue.plan.options import OptionSet
from tests.cli.conftest import Run

COLOGNE = """\
retinue: 1
title: Cologne to Vienna
depart: 2024-05-14 08:00 Europe/Berlin
party: {principal: 1, officials: 12, guards: 10}
legs:
  - rail: {from: "Köln, DE", to: "Wien, AT", train: charter-8}
"""

VALLETTA = """\
retinue: 1
title: Rome to Valletta
depart: 2024-05-14 08:00 Europe/Rome
legs:
  - air: {from: LIRF, to: LMML, aircraft: boeing-737-700-bbj}
  - road: {to: "Valletta, MT", convoy: state-motorcade}
"""


def _checked(text: str) -> dict[str, Any]:
    """Read a set and hold it to the independent checker."""
    record: dict[str, Any] = json.loads(text)
    finding = check_options(OptionSet.model_validate(record))
    assert not finding.faults
    return record


def _will_not_fly() -> str:
    text = (SHIPPED / "vladivostok-2023.yaml").read_text(encoding="utf-8")
    party = "party: {principal: 1, officials: 24, guards: 60, staff: 40, crew: 12}"
    assert party in text
    members = "{who: the guest, will not: fly}"
    return text.replace(party, party[:-1] + f", members: [{members}]}}")


def test_the_model_case_shows_rail_air_and_mixed(retinue: Run, tmp_path: Path) -> None:
    # The bar of issue 4: at least rail, air and mixed for Pyongyang-Vladivostok.
    done = retinue("options", "vladivostok-2023", "--json", "-o", "found.json")
    record = _checked(done.stdout)
    patterns = {option["pattern"] for option in record["options"]}
    assert {"rail", "air"} <= patterns
    assert any("+" in pattern for pattern in patterns)
    for option in record["options"]:
        # Door to door, whatever the trunk.
        assert option["legs"][0]["from"] == "city residence"
        assert option["legs"][-1]["to"] == "Far Eastern Federal University"
    road = next(option for option in record["impossible"] if option["pattern"] == "road")
    assert "border" in road["reasons"][0]["what"]
    written = tmp_path / "found.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert json.loads(written.read_text(encoding="utf-8")) == record


def test_options_are_the_same_each_time(retinue: Run) -> None:
    one, two = (retinue("options", "panmunjom-2018", "--json").stdout for _ in range(2))
    assert one == two


def test_who_will_not_fly_takes_every_flight_away(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(_will_not_fly(), encoding="utf-8")
    record = _checked(retinue("options", "trip.yaml", "--json").stdout)
    assert record["options"]
    assert not any("air" in option["modes"] for option in record["options"])
    flights = [option for option in record["impossible"] if "air" in option["modes"]]
    assert flights
    for option in flights:
        assert "the guest will not fly" in option["reasons"][0]["what"]
        assert option["reasons"][0]["kind"] == "party"


def test_a_journey_in_europe_has_every_pure_way(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(COLOGNE, encoding="utf-8")
    record = _checked(retinue("options", "trip.yaml", "--json").stdout)
    by_pattern = {option["pattern"]: option for option in record["options"]}
    assert {"rail", "air", "road"} <= set(by_pattern)
    assert by_pattern["rail"]["as_planned"] is True
    assert by_pattern["rail"]["reference"] is True
    # The flight leaves from and lands at aerodromes of both cities (EDDK and LOWW are theirs).
    flight = next(leg for leg in by_pattern["air"]["legs"] if leg["mode"] == "air")
    assert "Cologne" in flight["from"]
    assert "Vienna" in flight["to"]


def test_a_round_trip_is_compared_on_its_way_out(retinue: Run) -> None:
    record = _checked(retinue("options", "kyiv-2023", "--json").stdout)
    assert "way out" in record["remark"]
    assert record["destination"] != record["origin"]
    assert {option["legs"][-1]["to"] for option in record["options"]} == {record["destination"]}


def test_an_island_without_railway_has_no_train_to_it(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(VALLETTA, encoding="utf-8")
    record = _checked(retinue("options", "trip.yaml", "--json").stdout)
    assert "rail" not in {option["pattern"] for option in record["options"]}
    assert all(option["legs"][-1]["mode"] == "road" for option in record["options"])
    road = next(option for option in record["impossible"] if option["pattern"] == "road")
    assert "water" in road["reasons"][0]["what"]


def test_the_table_keeps_to_the_terminal(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(_will_not_fly(), encoding="utf-8")
    retinue("options", "trip.yaml", "-o", "found.json", "--quiet")
    found = OptionSet.model_validate_json((tmp_path / "found.json").read_text(encoding="utf-8"))
    for columns in (80, 120):
        console = Console(width=columns, file=io.StringIO(), color_system=None)
        for part in shown(found, columns):
            console.print(part)
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert max(map(len, lines)) <= columns
        text = " ".join(" ".join(lines).split())
        assert "rail, as planned" in text
        assert "cannot be made" in text
        assert "the guest will not fly, and leg 2 is by air" in text


@pytest.mark.parametrize("place", ["there/is/none.json", "."])
def test_a_place_that_cannot_be_written_is_told_before_the_work(retinue: Run, place: str) -> None:
    done = retinue("options", "panmunjom-2018", "-o", place, expect=2)
    assert "--output" in done.stderr


def test_an_unknown_journey_is_told_in_a_sentence(retinue: Run) -> None:
    assert "is not a journey" in retinue("options", "vladivostok-2032", expect=2).stderr
