"""Possessions and speed restrictions: the newest version holds, on the blocks it lies on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.line_network import Step
from retinue.traffic.occupation import Occupations
from retinue.traffic.restrictions import (
    load_restrictions,
    place_restrictions,
    possession_occupations,
)
from retinue.traffic.slow_way import way_spans
from tests.traffic.small_line import line

HEAD = "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"


def entry(name: str = "P-1", version: int = 1, kind: str = "possession", extra: str = "") -> str:
    return (
        f"  - id: {name}\n    version: {version}\n    kind: {kind}\n    between: [A, B]\n"
        "    begins: 2026-11-23 10:00 Europe/Zurich\n    ends: 2026-11-23 12:00 Europe/Zurich\n"
        + extra
    )


def write(path: Path, *entries: str) -> Path:
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return path


TEN = parse_moment("2026-11-23 10:00 Europe/Zurich")
NETWORK = line([10_000.0, 10_000.0], [2, 1], [2, 2, 2])


def test_of_one_restriction_the_newest_version_holds(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", entry(version=3, kind="speed", extra="    speed: 40 km/h\n"))
    write(tmp_path / "b.yaml", entry(version=2), entry("P-2"))
    found = load_restrictions([tmp_path])
    assert [(r.id, r.version, r.kind) for r in found] == [
        ("P-1", 3, "speed"), ("P-2", 1, "possession"),
    ]  # fmt: skip
    assert found[0].speed_mps == pytest.approx(40 / 3.6)
    assert found[0].begins_s == TEN


def test_two_contents_of_one_version_are_refused_with_both_places(tmp_path: Path) -> None:
    one = write(tmp_path / "a.yaml", entry())
    two = write(tmp_path / "b.yaml", entry(extra="    towards: B\n"))
    with pytest.raises(InputError, match="says other things") as caught:
        load_restrictions([one, two])
    assert "b.yaml:4" in caught.value.where and "a.yaml:4" in caught.value.message


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (entry().replace("12:00", "09:00"), "ends"),
        (entry().replace("2026-11-23 10:00 Europe/Zurich", "soon"), "begins"),
        (entry(kind="speed"), "kind"),
        (entry(extra="    speed: 40 km/h\n"), "speed"),
        (entry(kind="speed", extra="    speed: 40\n"), "speed"),
        (entry(extra="    towards: C\n"), "towards"),
        (entry().replace("version: 1", "version: one"), "version"),
        (entry().replace("possession", "party"), "kind"),
        (entry(kind="speed", extra="    speed: 0.1 km/h\n"), "speed"),
        (entry(extra="    within: [3 km, 2 km]\n"), "within"),
        (entry(extra="    within: [-1 km, 2 km]\n"), "within"),
        (entry(extra="    within: [3 km]\n"), "within"),
        (entry('"P\\u202e1"'), "id"),
        (entry(extra=f"    why: {'x' * 300}\n"), "why"),
        (entry(extra='    why: "\\u0007"\n'), "why"),
    ],
)
def test_a_fault_in_a_file_is_named_by_line_and_key(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        load_restrictions([write(tmp_path / "a.yaml", text)])
    assert "a.yaml:" in caught.value.where and where in caught.value.where


def test_a_place_the_network_does_not_know_is_refused(tmp_path: Path) -> None:
    text = entry().replace("[A, B]", "[A, Nowhere]")
    found = load_restrictions([write(tmp_path / "a.yaml", text)])
    with pytest.raises(InputError, match='no station "Nowhere"'):
        place_restrictions(NETWORK, found)


def test_a_possession_holds_both_tracks_or_the_one_it_names(tmp_path: Path) -> None:
    both = load_restrictions([write(tmp_path / "a.yaml", entry())])
    one = load_restrictions([write(tmp_path / "b.yaml", entry(extra="    towards: B\n"))])
    section = NETWORK.sections[0]
    placed = place_restrictions(NETWORK, both)
    assert placed[0].resources == {*section.blocks_up, *section.blocks_down}
    placed = place_restrictions(NETWORK, one)
    assert placed[0].resources == set(section.blocks_up)
    held, titles = possession_occupations(NETWORK, placed, 1)
    assert titles == ["possession P-1 (Region north, version 1)"]
    train = Occupations(
        *(np.array([v]) for v in (0, section.blocks_up[0], TEN + 60, TEN + 90, 1, 0, 0, 0))
    )
    found = find_conflicts(NETWORK, Occupations.joined([train, held]))
    assert (found.holder.tolist(), found.comer.tolist()) == ([1], [0])


def test_a_part_of_a_stretch_takes_the_blocks_it_lies_on(tmp_path: Path) -> None:
    # Blocks of 5 km: the part lies on the second one, of either direction.
    file = write(tmp_path / "a.yaml", entry(extra="    within: [6 km, 6.5 km]\n"))
    (placed,) = place_restrictions(NETWORK, load_restrictions([file]))
    section = NETWORK.sections[0]
    assert placed.resources == {section.blocks_up[1], section.blocks_down[0]}
    assert placed.spans == ((6_000.0, 6_500.0),)
    beyond = write(tmp_path / "b.yaml", entry(extra="    within: [11 km, 12 km]\n"))
    with pytest.raises(InputError, match=r"10\.0 km long on this network"):
        place_restrictions(NETWORK, load_restrictions([beyond]))


def test_where_a_slow_stretch_lies_on_a_way_and_for_whom(tmp_path: Path) -> None:
    text = entry("S-1", kind="speed", extra="    speed: 60 km/h\n    within: [2 km, 4 km]\n")
    other = entry("S-2", kind="speed", extra="    speed: 36 km/h\n    towards: A\n")
    whole = entry("S-3", kind="speed", extra="    speed: 36 km/h\n").replace("[A, B]", "[C, A]")
    file = write(tmp_path / "a.yaml", text, other, whole)
    placed = place_restrictions(NETWORK, load_restrictions([file]))
    there = NETWORK.along((Step(0, True), Step(1, True)))
    # The leg counts 1 % longer, from 1 km on.
    spans = way_spans(NETWORK, there.steps, there.node_m * 1.01 + 1_000.0, placed)
    assert [(s.restriction.id, round(s.from_m), round(s.to_m), s.own_track) for s in spans] == [
        ("S-2", 1_000, 11_100, False), ("S-3", 1_000, 21_200, True), ("S-1", 3_020, 5_040, True),
    ]  # fmt: skip
    back = NETWORK.along((Step(1, False), Step(0, False)))
    spans = way_spans(NETWORK, back.steps, back.node_m, placed)
    assert [(s.restriction.id, s.from_m, s.to_m, s.own_track) for s in spans] == [
        ("S-3", 0.0, 20_000.0, True), ("S-2", 10_000.0, 20_000.0, True),
        ("S-1", 16_000.0, 18_000.0, True),
    ]  # fmt: skip


def test_a_folder_without_files_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file of restrictions"):
        load_restrictions([tmp_path])


def test_the_words_say_all_and_the_hash_changes_with_them(tmp_path: Path) -> None:
    one = load_restrictions([write(tmp_path / "a.yaml", entry())])[0]
    other = load_restrictions(
        [write(tmp_path / "b.yaml", entry(extra="    within: [1 km, 2 km]\n"))]
    )[0]
    assert one.sha256 != other.sha256
    assert one.words("Europe/Zurich") == (
        "possession, A - B, 23 Nov 10:00 +01 to 23 Nov 12:00 +01 (P-1, version 1, by Region north)"
    )
    assert "1 to 2 km after A" in other.words("UTC")
