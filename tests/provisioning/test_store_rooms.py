"""Goods lie in rooms of their class: what is drawn most is nearest, rooms fill exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.plan import Plan
from retinue.plan.stores import StoreRoom
from retinue.provisioning.policy import load_provisioning_policy
from retinue.provisioning.store_rooms import capacity_of, load_room_rules, place_lots, rooms_of


def room(name: str, volume: float, mass: float, distance: float, kind: str = "dry") -> StoreRoom:
    return StoreRoom(
        id=name, coach="c", storage=kind, volume_m3=volume, mass_kg=mass, kept_at_k=290.0,
        distance_m=distance,
    )  # fmt: skip


NEAR, FAR = room("near", 1.0, 100.0, 1.0), room("far", 2.0, 1000.0, 50.0)


def test_a_room_fills_exactly_before_the_next_is_begun() -> None:
    placed = place_lots([("rice", "dry", 250.0, 0.008, 1.0, 1.0)], [NEAR, FAR], {})["rice"]
    # By mass 100 kg of the near room, by volume 125: the mass binds.
    assert [(p.room, p.kg) for p in placed] == [("near", 100.0), ("far", 150.0)]


def test_what_is_drawn_most_a_kilogram_lies_nearest() -> None:
    lots = [("flour", "dry", 80.0, 0.002, 1.0, 0.1), ("tea", "dry", 30.0, 0.002, 1.0, 5.0)]
    placed = place_lots(lots, [NEAR, FAR], {})
    assert [(p.room, p.kg) for p in placed["tea"]] == [("near", 30.0)]
    assert [(p.room, p.kg) for p in placed["flour"]] == [("near", 70.0), ("far", 10.0)]


def test_what_lies_there_already_leaves_less_room() -> None:
    placed = place_lots([("rice", "dry", 60.0, 0.01, 1.0, 1.0)], [NEAR, FAR], {"near": (0.5, 20.0)})
    assert [(p.room, p.kg) for p in placed["rice"]] == [("near", 50.0), ("far", 10.0)]


@pytest.mark.parametrize(
    ("kind", "kg"), [("dry", 5000.0), ("frozen", 1.0)], ids=["too much", "no room of its class"]
)
def test_goods_that_fit_nowhere_are_refused_with_what_lacks(kind: str, kg: float) -> None:
    with pytest.raises(NoPlan, match="do not fit") as refused:
        place_lots([("x", kind, kg, 0.002, 1.0, 1.0)], [NEAR, FAR], {})
    assert kind in refused.value.reasons[0].what


_LOT = st.tuples(
    st.floats(0.1, 40.0), st.floats(0.001, 0.01), st.floats(1.0, 1.3), st.floats(0.0, 9.0)
)


@given(lots=st.lists(_LOT, max_size=8), rooms=st.integers(1, 4))
def test_every_kilogram_has_one_place_and_no_room_holds_too_much(
    lots: list[tuple[float, float, float, float]], rooms: int
) -> None:
    listed = [room(f"r{n}", 0.6, 150.0, float(n)) for n in range(rooms)]
    asked = [(f"l{n}", "dry", kg, vol, mass, draws)
             for n, (kg, vol, mass, draws) in enumerate(lots)]  # fmt: skip
    try:
        placed = place_lots(asked, listed, {})
    except NoPlan:
        # Refused only where all together they are more than the rooms.
        volume = sum(kg * vol for kg, vol, _, _ in lots)
        mass = sum(kg * heavy for kg, _, heavy, _ in lots)
        assert volume > 0.6 * rooms * 0.5 or mass > 150.0 * rooms * 0.5
        return
    held = {one.id: [0.0, 0.0] for one in listed}
    for name, _, kg, vol, heavy, _ in asked:
        assert sum(p.kg for p in placed[name]) == pytest.approx(kg, abs=1e-5)
        for place in placed[name]:
            held[place.room][0] += place.kg * vol
            held[place.room][1] += place.kg * heavy
    for volume, mass in held.values():
        assert volume <= 0.6 + 1e-6
        assert mass <= 150.0 + 1e-3


def test_the_rooms_of_a_train_follow_from_the_roles_of_its_coaches(vladivostok: Plan) -> None:
    rules = load_room_rules()
    found = rooms_of(vladivostok, rules)
    assert [r.distance_m for r in found] == sorted(r.distance_m for r in found)
    train = vladivostok.legs[1].train
    assert train is not None
    roles = [v.role for v in train.vehicles]
    assert len(found) == sum(1 for rule in rules for role in roles if rule.coach == role)
    total = capacity_of(found)
    assert set(total) == {"ambient", "dry", "chilled", "frozen", "live", "wine"}
    # Every shipped room keeps what the shipped policy asks of its class.
    policy = load_provisioning_policy("five-cuisines")
    for one in found:
        limit = policy.limit(one.storage)  # type: ignore[arg-type]
        assert limit.coldest_k is None or one.kept_at_k >= limit.coldest_k
        assert limit.warmest_k is None or one.kept_at_k <= limit.warmest_k


def test_a_train_without_a_kitchen_has_no_store_rooms(vladivostok: Plan) -> None:
    with pytest.raises(NoPlan, match="no store rooms"):
        rooms_of(vladivostok, [r for r in load_room_rules() if r.coach == "nowhere"] or
                 [load_room_rules()[0].model_copy(update={"coach": "nowhere"})])  # fmt: skip


@pytest.mark.parametrize(
    "text", ["retinue rooms: 1", "retinue store rooms: 1\nrooms: []", "", "[]", "rooms: .nan"]
)
def test_a_faulty_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rooms.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError):
        load_room_rules(path)
