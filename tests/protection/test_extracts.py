"""Need to know, by non-interference: whatever changes elsewhere, a reader's files stay the same.

Whole folders are compared, byte for byte: names, text, JSON, PDF with its metadata.
"""

from __future__ import annotations

import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.plan import Paper, Plan, Protection
from retinue.protection.extracts import (
    ROLES,
    Extract,
    extract_for,
    extracts_of,
    file_stem,
    recipients,
)
from retinue.report.extract_sheet import extract_pdf
from tests.protection.drawn_plan import (
    CATERER,
    KEEPER,
    OTHERS,
    STATION,
    STOP,
    TEAM,
    drawn,
)

READERS = (
    ("crossing keeper", KEEPER),
    ("station", STATION),
    ("station", STOP),
    ("team leader", TEAM),
    ("team leader", f"post at {STATION}"),
    ("caterer", CATERER),
)
_own_drawn = cache(drawn)


def _files(extract: Extract) -> dict[str, bytes]:
    """Return what a reader is handed, by file name."""
    record = extract.record(1)
    return {
        f"{extract.stem}.txt": extract.text(1).encode(),
        f"{extract.stem}.json": json.dumps(record, ensure_ascii=False).encode(),
        f"{extract.stem}.pdf": extract_pdf(record),
    }


def _folder(plan: Plan, protection: Protection, readers: Any = READERS) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for role, whom in readers:
        found |= _files(extract_for(plan, protection, role, whom))
    return found


@cache
def _expected(named: bool = True) -> dict[str, bytes]:
    return _folder(*drawn(named=named), _readers(named))


def _readers(named: bool) -> Any:
    return tuple(r for r in READERS if named or r[1] != TEAM)


_word = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@st.composite
def _elsewhere(draw: st.DrawFn) -> tuple[Plan, Protection]:
    """The same plan and protection with everything changed that is not a reader's."""
    plan, protection = _own_drawn()
    mark = draw(st.text("abcdefghij0123456789", min_size=1, max_size=6))
    legs = []
    for leg in plan.legs:
        ends = {
            name: getattr(leg, name).model_copy(
                update={"name": draw(_word), "lat": draw(st.floats(-80, 80))}
            )
            for name in ("from_", "to")
        }
        legs.append(
            leg.model_copy(
                update={
                    "id": f"leg-{mark}",
                    "title": draw(_word),
                    **ends,
                    "timeline": (),
                    "notes": (),
                    "sections": (),
                }
            )
        )
    plan = plan.model_copy(update={
        "title": draw(_word), "hash": draw(_word), "made_at": draw(_word), "legs": tuple(legs),
        "origin": legs[0].from_, "destination": legs[-1].to,
        "journey": plan.journey.model_copy(update={
            "text": f"party: {{members: [{{who: '{mark}'}}]}}", "name": mark, "file": mark}),
        "sites": (),
    })  # fmt: skip
    own = {"Mill Lane", "Halt", "Bergen"}

    def key(site: str) -> str:
        return f"{mark}-{site}"

    def others(items: Any, place: Any) -> list[Any]:
        """Drop some of the others' records; keep the readers'."""
        return [i for i in items if place(i) in own or draw(st.booleans())]

    def elsewhere(item: Any, **update: Any) -> Any:
        common = {"id": key(item.id), "leg": f"leg-{mark}", "site": key(item.site), **update}
        if item.place not in own:
            common |= {"place": draw(_word), "lat": draw(st.floats(-80, 80)), "zone": "Asia/Tokyo"}
        return item.model_copy(update=common)

    sites = [
        dict(s) | {"id": key(s["id"]), "key": key(s["key"]), "leg": f"leg-{mark}"}
        | ({} if s["name"] in own else {"name": draw(_word), "lat_deg": draw(st.floats(-80, 80))})
        for s in others(protection.sites, lambda s: s["name"])
    ]  # fmt: skip
    at = {s["id"]: s["name"] for s in protection.sites}
    bands = [
        b.model_copy(update={"leg": f"leg-{mark}", "site": key(b.site)})
        for b in others(protection.passages, lambda b: at[b.site])
    ]
    closures = [
        elsewhere(c, close=c.close.model_copy(update={"event": draw(_word), "place": draw(_word),
                  "distance_m": draw(st.floats(0, 1e6)), "planned_utc": 0.0, "earliest_utc": 0.0}))
        for c in others(protection.closures, lambda c: c.place)
    ]  # fmt: skip
    tasks = [elsewhere(t) for t in protection.tasks]
    duties = []
    for number, duty in enumerate(protection.duties):
        places = {t.place for t in protection.tasks if t.id in {s.task for s in duty.steps}}
        if not places & own and draw(st.booleans()):
            continue
        steps = tuple(s.model_copy(update={"task": key(s.task)}) for s in duty.steps)
        update: dict[str, Any] = {"id": f"duty-{mark}-{number}", "steps": steps}
        if duty.assumed:
            update |= {"team": f"team {mark}", "base": draw(_word)}
        duties.append(duty.model_copy(update=update))
    crews = others(protection.crews, lambda _: "")
    protection = protection.model_copy(update={
        "plan_hash": draw(_word), "hash": draw(_word), "title": draw(_word), "policy": draw(_word),
        "policy_text": "traffic: {}", "sites": tuple(draw(st.permutations(sites))),
        "passages": tuple(draw(st.permutations(bands))),
        "closures": tuple(draw(st.permutations(closures))),
        "tasks": tuple(draw(st.permutations(tasks))),
        "duties": tuple(draw(st.permutations(duties))),
        "crews": tuple(crews), "decisions": (), "channels": (), "odds": {"seed": mark},
        "figures": {"x": mark}, "joint_coverage": 0.5,
    })  # fmt: skip
    return plan, protection


@settings(max_examples=40, deadline=None)
@given(_elsewhere())
def test_whatever_changes_elsewhere_leaves_the_readers_files_the_same(
    other: tuple[Plan, Protection],
) -> None:
    assert _folder(*other) == _expected()


@pytest.mark.parametrize(
    "other",
    [
        {"destination": "Dunmore", "end_km": 60.0, "title": "Another visit"},
        {"origin": "Zell", "destination": "Ypern", "who": "Nobody at all"},
        {"others": ()},
        {"others": OTHERS[3:]},
        {"others": (*OTHERS, ("level_crossing", 9.0, "New Road"), ("signal_box", 26.0, "Süd"))},
        {"others": tuple((k, km + 0.3, n[::-1]) for k, km, n in OTHERS)},
    ],
    ids=lambda o: " ".join(o),
)
def test_a_new_plan_with_the_same_passages_gives_the_same_files(other: dict[str, Any]) -> None:
    # Everything is computed anew: report points, triggers and teams of the others move.
    assert _folder(*drawn(**other)) == _expected()


def test_a_team_that_nobody_named_has_neither_number_nor_base() -> None:
    plan, protection = drawn(named=False)
    text = extract_for(plan, protection, "team leader", f"post at {STATION}").text(1)
    assert "Asterburg" not in text
    assert not re.search(r"team \d", text)


def test_what_is_the_readers_own_does_show() -> None:
    plan, protection = _own_drawn()
    moved = tuple(
        c.model_copy(update={"latest_close_utc": c.latest_close_utc - 120})
        if c.place == "Mill Lane" else c
        for c in protection.closures
    )  # fmt: skip
    changed = _folder(plan, protection.model_copy(update={"closures": moved}))
    assert {n for n, b in changed.items() if b != _expected()[n]} == {
        f"{file_stem('crossing keeper', KEEPER)}.{ending}" for ending in ("txt", "json", "pdf")
    }


_MOMENT = re.compile(r"\b\d\d:\d\d\b")
_FACTS = re.compile(
    r"\(-?\d+\.\d{4}, -?\d+\.\d{4}\)|[A-Z][\w'äöü]+ (?:Road|Lane|Way|tunnel)|\b\d\d:\d\d\b"
)


def test_two_recipients_together_learn_only_the_union() -> None:
    plan, protection = _own_drawn()
    texts = {
        e.whom: e.text(1).partition("-" * 40)[0]
        for e in extracts_of(plan, protection, ("crossing keeper",))
    }
    facts = {whom: set(_FACTS.findall(text)) for whom, text in texts.items()}
    names = {c.place for c in protection.closures}
    for whom, text in texts.items():
        others = [o for o in texts if o != whom]
        for other in others:
            together = set(_FACTS.findall(text + texts[other]))
            assert together == facts[whom] | facts[other]
        # No name or position of anybody else.
        for name in names:
            assert (name in text) == (name in whom)
        positions = set(re.findall(r"\(-?\d+\.\d{4}, -?\d+\.\d{4}\)", text))
        assert len(positions) == 1 and positions.pop() in whom


def test_every_time_of_a_keeper_is_one_of_its_own_records() -> None:
    plan, protection = _own_drawn()
    own = [c for c in protection.closures if c.place == "Mill Lane"]
    site = own[0].site
    bands = [b for b in protection.passages if b.site == site]
    moments = {m for c in own for m in (c.latest_close_utc, c.band_open_utc)} | {
        m for b in bands for m in (b.head_utc, b.head_low_utc, b.head_high_utc, b.tail_utc)
    }
    sheet = extract_for(plan, protection, "crossing keeper", KEEPER).sheet
    for section in sheet.sections:
        for row in section.rows:
            for told in (row.at, row.until):
                if told is not None and row.label != "be there from":
                    assert any(abs(told - m) < 60 for m in moments), row


def test_a_keeper_is_there_before_any_order_and_never_told_to_close_late() -> None:
    plan, protection = _own_drawn()
    for extract in extracts_of(plan, protection, ("crossing keeper",)):
        own = [
            c for c in sorted(protection.closures, key=lambda c: c.latest_close_utc)
            if f"({c.lat:.4f}, {c.lon:.4f})" in extract.whom
        ]  # fmt: skip
        for closure, section in zip(own, extract.sheet.sections, strict=False):
            rows = {row.label: row for row in section.rows}
            there, close = rows["be there from"], rows["close when ordered, in any case by"]
            assert there.at is not None and there.at <= closure.band_close_utc
            assert close.at is not None and close.at <= closure.latest_close_utc
            released = rows["released not later than"].at
            assert released is not None and released >= closure.band_open_utc


def test_metadata_of_the_pdf_say_nothing() -> None:
    seen = []
    for name, content in _expected().items():
        if name.endswith(".pdf"):
            reader = pypdf.PdfReader(io.BytesIO(content))
            told: dict[str, Any] = dict(reader.metadata or {})
            assert set(told) <= {"/Creator"}
            seen.append(told.get("/Creator"))
            text = "".join(page.extract_text() for page in reader.pages)
            assert "Clover" not in text and "Visit" not in text and "Bertram" not in text
    assert len(set(seen)) == 1


def test_the_notice_has_trains_and_times_and_no_names() -> None:
    plan, protection = _own_drawn()
    text = extract_for(plan, protection, "railway notice", "DE").text(1)
    assert "Special train 1, 300 m long" in text
    assert "Special train 2, 300 m long" in text
    for word in ("Duke", "Visit", "main", "advance", "catering", "protection"):
        assert word not in text
    departs, passes = re.search(r"departs +23:20", text), re.search(r"passes +23:55 +Halt", text)
    assert departs and passes


def test_air_traffic_is_told_by_addressee() -> None:
    plan, protection = _own_drawn()
    papers = tuple(
        Paper(
            id=to, kind="flight-plan", title="t", leg="1-rail", to=to, country=c,
            text=f"(FPL-{c})\n",
        )
        for to, c in (("reporting office", "DE"), ("airspace cell", "FR"))
    )  # fmt: skip
    other = papers[0].model_copy(update={"way": "another way", "to": "not told"})
    plan = plan.model_copy(update={"papers": (*papers, other)})
    assert recipients(plan, protection, "air traffic") == (
        "airspace cell, FR",
        "reporting office, DE",
    )
    text = extract_for(plan, protection, "air traffic", "airspace cell, FR").text(1)
    assert "(FPL-FR)" in text and "(FPL-DE)" not in text


def test_office_and_commander_read_the_whole() -> None:
    plan, protection = _own_drawn()
    office = extract_for(plan, protection, "principal's office").text(1)
    assert "Visit of the Duke" in office and "cancel by" in office
    order = extract_for(plan, protection, "security order").text(1)
    for closure in protection.closures:
        assert closure.close.place in order or closure.close.event in " ".join(order.split())


def test_no_two_recipients_share_a_file_name() -> None:
    plan, protection = _own_drawn()
    stems = [e.stem for e in extracts_of(plan, protection)]
    assert len(set(stems)) == len(stems)
    assert file_stem("station", "A-B") != file_stem("station", "A B")
    assert all(re.fullmatch(r"[a-z0-9-]{1,79}", s) for s in stems)
    assert re.fullmatch(r"[a-z0-9-]{1,79}", file_stem("station", "平壤/../역" * 40))


@pytest.mark.parametrize(
    ("role", "whom"), [("keeper", ""), ("station", ""), ("station", "Hallt"), ("air traffic", "")]
)
def test_an_unknown_role_or_recipient_is_refused(role: str, whom: str) -> None:
    with pytest.raises(InputError) as caught:
        extract_for(*_own_drawn(), role, whom)
    assert caught.value.cure


def test_every_role_has_a_writer() -> None:
    plan, protection = _own_drawn()
    told = {e.role for e in extracts_of(plan, protection)}
    assert told == set(ROLES) - {"air traffic"}


def test_folder_holds_nothing_but_the_sheets(tmp_path: Path) -> None:
    for name, content in _expected().items():
        (tmp_path / name).write_bytes(content)
    assert len(list(tmp_path.iterdir())) == 3 * len(READERS)
