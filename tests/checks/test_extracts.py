"""The checker of extracts finds every leak that is planted in a sound sheet."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from tests.protection.drawn_plan import CATERER, KEEPER, STATION, STOP, TEAM, drawn

from retinue.checks.extracts import check_extract, check_extracts
from retinue.protection.extracts import extract_for, extracts_of

_drawn = cache(drawn)
READERS = (
    ("crossing keeper", KEEPER), ("station", STATION), ("station", STOP), ("team leader", TEAM),
    ("team leader", f"post at {STATION}"), ("caterer", CATERER),
)  # fmt: skip


@pytest.mark.parametrize("named", [True, False])
def test_what_is_issued_is_sound(named: bool) -> None:
    plan, protection = _drawn(named=named)
    sheets = [(e.role, e.whom, e.text(3)) for e in extracts_of(plan, protection)]
    found = check_extracts(plan, protection, sheets)
    assert found.faults == ()
    assert found.looked_at == f"{len(sheets)} sheets"


def _planted(text: str, line: str) -> str:
    """Return a sheet with one more line and a footer that fits it."""
    body, rule, footer = text.partition("\n" + "-" * 40)
    # Below the first day, so that a time has its day.
    at = body.index("UTC+02\n") + 7
    body = f"{body[:at]}  {line}\n{body[at:]}"
    old = footer.split("sheet ")[1][:64]
    return body + rule + footer.replace(old, hashlib.sha256(body.encode()).hexdigest())


LEAKS = {
    "another place": "next: Owl tunnel",
    "another crossing": "after Tanner's Way",
    "a report point": "when reported past Mitte",
    "another time": "origin                  22:58",
    "another position": "see (51.0000, 7.0429)",
    "another position without brackets": "see 51.0000, 7.0429",
    "the title": "Visit of the Duke to Castle Clover",
    "a word of the title": "for the castle",
    "the origin": "from ASTERBURG",
    "the destination": "to Clover",
    "one of the party": "Duke Bertram",
    "a leg": "leg 1-rail",
    "a site": "site level_crossing:3",
    "a closure": "closure 1-rail/level_crossing:1/0/1",
    "a duty": "duty-3",
    "a distance": "at km 27.0",
    "a distance the other way": "after 27 km",
    "a number": "level 4711",
    "a hash": "ref 0123456789abcdef",
    "a file": "from clover.yaml",
    "a person": "ask anna@example.org",
    "another team": "Blue 51",
    "a crew": "train crew 1, to be named",
}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize(("role", "whom"), READERS)
def test_a_planted_leak_is_found(role: str, whom: str, leak: str) -> None:
    plan, protection = _drawn()
    text = extract_for(plan, protection, role, whom).text(1)
    assert check_extract(plan, protection, role, whom, _planted(text, "")) == ()
    assert check_extract(plan, protection, role, whom, _planted(text, LEAKS[leak])), leak


def test_the_plans_hash_is_found_whole_or_in_part() -> None:
    plan, protection = _drawn()
    text = extract_for(plan, protection, "crossing keeper", KEEPER).text(1)
    for word in (plan.hash, plan.hash[:12], plan.hash[:8], protection.hash[:8]):
        leak = _planted(text, f"plan {word}")
        assert check_extract(plan, protection, "crossing keeper", KEEPER, leak)


@pytest.mark.parametrize("role", ["railway notice", "traffic control"])
@pytest.mark.parametrize("leak", ["Duke Bertram", "Visit of the Duke to Castle Clover", "1-rail"])
def test_a_line_may_know_its_points_and_not_whose_train_it_is(role: str, leak: str) -> None:
    plan, protection = _drawn()
    text = extract_for(plan, protection, role, "DE").text(1)
    assert check_extract(plan, protection, role, "DE", _planted(text, leak))


@pytest.mark.parametrize("fault", ["hash", "body", "footer", "mark", "tail", "acknowledge"])
def test_a_spoilt_frame_is_found(fault: str) -> None:
    plan, protection = _drawn()
    text = extract_for(plan, protection, "crossing keeper", KEEPER).text(1)
    spoilt = {
        "hash": text.replace("sheet ", "sheet 0")[:-1],
        "body": text.replace("Closure 1", "Closure 2"),
        "footer": text.partition("-" * 40)[0],
        "mark": text.replace("RESTRICTED\n", ""),
        "tail": text + "10:15\n",
        "acknowledge": text.replace("Received and understood", ""),
    }[fault]
    assert check_extract(plan, protection, "crossing keeper", KEEPER, spoilt)


def test_one_readers_sheet_is_no_other_readers() -> None:
    plan, protection = _drawn()
    keepers = extracts_of(plan, protection, ("crossing keeper",))
    for one in keepers:
        for other in keepers:
            faults = check_extract(plan, protection, one.role, one.whom, other.text(1))
            assert bool(faults) == (one is not other)


def test_a_common_word_in_the_title_stops_no_sheet() -> None:
    plan, protection = drawn(title="Order of May, a Visit by Train", who="Head of Station")
    sheets = [(e.role, e.whom, e.text(1)) for e in extracts_of(plan, protection)]
    assert check_extracts(plan, protection, sheets).faults == ()
