"""Traffic round a special train, made by hand: a line of nine stations, a morning.

Two tracks from Adorf to Ehau, one beyond.  A convoy of three, trains of every class both ways,
one held and one re-timed, a conflict that is left, and one of the timetable's own.
"""

from __future__ import annotations

from itertools import pairwise

from retinue.clock import parse_moment
from retinue.plan.traffic import (
    AlteredTrain,
    HeldWindow,
    ResourceRecord,
    TrafficRecord,
    TrainCall,
    TrainPass,
    TrainPath,
)

ZONE = "Europe/Zurich"
START = parse_moment("2014-06-03 08:00 Europe/Zurich")
PLACES = (
    ("Adorf", 0.0, 4), ("Bergheim Ost", 9.0, 2), ("Cham", 17.0, 3), ("Dorfen", 24.0, 2),
    ("Ehau", 38.0, 4), ("Felden", 47.0, 2), ("Grund", 55.0, 2), ("Hofen", 69.0, 2),
    ("Ilanz", 82.0, 5),
)  # fmt: skip
_BLOCKS = 3


def _resources() -> tuple[ResourceRecord, ...]:
    found: list[ResourceRecord] = []

    def add(kind: str, name: str, units: int, km: float) -> None:
        found.append(
            ResourceRecord(
                id=len(found), kind=kind, name=name, capacity=units, lat=47.0 + km / 111.2,
                lon=8.0, source="rule",
                track_lengths_m=(420.0, 380.0, 250.0, 200.0, 120.0)[:units]
                if name == "Ilanz" else (),
            )
        )  # fmt: skip

    for name, km, units in PLACES:
        add("station", name, units, km)
    for k, (here, there) in enumerate(pairwise(PLACES)):
        for way in range(2 if k < 4 else 1):
            for b in range(_BLOCKS):
                km = here[1] + (there[1] - here[1]) * (b + 0.5) / _BLOCKS
                back = " back" if way else ""
                add("block", f"{here[0]} - {there[0]}, block {b + 1}{back}", 1, km)
    return tuple(found)


RESOURCES = _resources()
_BY_NAME = {resource.name: resource.id for resource in RESOURCES}


def run(
    name: str, train_class: str, begin_min: float, kmh: float, *, back: bool = False,
    stops: dict[str, float] | None = None, first: int = 0, last: int = 8, role: str = "",
    length_m: float = 100.0, passengers: float = 100.0,
) -> TrainPath:  # fmt: skip
    """Return a train at one speed, with its blocking times by block and station."""
    order = list(range(first, last + 1))
    if back:
        order.reverse()
    now = START + begin_min * 60
    calls: list[TrainCall] = []
    passes: list[TrainPass] = []
    for k, at in enumerate(order):
        place = PLACES[at][0]
        stand = (stops or {}).get(place, 0.0) * 60
        calls.append(
            TrainCall(place=place, arrive_utc=now, depart_utc=now + stand, stops=stand > 0)
        )
        passes.append(
            TrainPass(
                resource=_BY_NAME[place], from_utc=now - 60, to_utc=now + stand + 45,
                direction=0, standing=stand > 0,
            )
        )  # fmt: skip
        now += stand
        if k + 1 == len(order):
            break
        low = min(at, order[k + 1])
        here, there = PLACES[low], PLACES[low + 1]
        step = abs(there[1] - here[1]) / _BLOCKS / kmh * 3600
        for b in range(_BLOCKS):
            number = _BLOCKS - b if back else b + 1
            suffix = " back" if back and low < 4 else ""
            block = _BY_NAME[f"{here[0]} - {there[0]}, block {number}{suffix}"]
            passes.append(
                TrainPass(
                    resource=block, from_utc=now - 50, to_utc=now + step + 30,
                    direction=-1 if back else 1,
                )
            )  # fmt: skip
            now += step
    return TrainPath(
        id=name.lower().replace(" ", "-"), title=name, train_class=train_class,
        special=bool(role), role=role, passengers=passengers, length_m=length_m,
        calls=tuple(calls), passes=tuple(passes),
    )  # fmt: skip


def sample_traffic() -> TrafficRecord:
    """Return the sample."""
    halts = {name: 1.0 for name, _, _ in PLACES[1:8]}
    convoy = [
        run("special advance", "special", 20, 80, role="advance", stops={"Ehau": 6},
            passengers=0),
        run("special main", "special", 35, 80, role="main", stops={"Ehau": 6}, length_m=420,
            passengers=0),
        run("special following", "special", 50, 80, role="following", stops={"Ehau": 6},
            passengers=0),
    ]  # fmt: skip
    others = [
        run("IC 703", "intercity", -8, 120, stops={"Ehau": 2}, length_m=300, passengers=400),
        run("IC 705", "intercity", 78, 120, stops={"Ehau": 2}, length_m=300, passengers=400),
        run("IC 704", "intercity", -11, 120, back=True, stops={"Ehau": 2}, passengers=400),
        run("IC 706", "intercity", 128, 120, back=True, stops={"Ehau": 2}, passengers=400),
        run("S 1 8011", "regional", 2, 70, stops=halts, last=4),
        run("S 1 8013", "regional", 57, 70, stops=halts, last=4),
        run("S 1 8012", "regional", 16, 70, stops=halts, back=True, last=4),
        run("S 1 8014", "regional", 45, 70, stops=halts, back=True, last=4),
        run("R 4711", "regional", 14, 70, stops=halts, first=4),
        run("R 4712", "regional", 60, 70, stops={**halts, "Hofen": 45}, back=True, first=4),
        run("Cargo 60123", "freight", 30, 75, back=True, first=0, last=4, length_m=500,
            passengers=0),
        run("Cargo 60991", "freight", 105, 60, stops={"Grund": 12}, first=4, length_m=500,
            passengers=0),
    ]  # fmt: skip
    before = run("R 4712", "regional", 60, 70, stops=halts, back=True, first=4)
    held = run("IC 705", "intercity", 62, 120, stops={"Ehau": 2}, passengers=400)
    r4712 = next(t for t in others if t.title == "R 4712")
    ic705 = next(t for t in others if t.title == "IC 705")
    altered = (
        AlteredTrain(
            id=r4712.id, measure="held", old_calls=before.calls, new_calls=r4712.calls,
            delay_s=r4712.calls[-1].arrive_utc - before.calls[-1].arrive_utc, weight=1.0,
            because="waits at Hofen until the following train has passed",
        ),
        AlteredTrain(
            id=ic705.id, measure="re-timed", old_calls=held.calls, new_calls=ic705.calls,
            delay_s=960.0, weight=3.0, because="would run up to the convoy before Ehau",
        ),
        AlteredTrain(
            id="cargo-60125", measure="cancelled",
            old_calls=run("Cargo 60125", "freight", 48, 60, back=True, first=4).calls,
            new_calls=(), delay_s=0.0, weight=0.5, because="no track long enough for it to wait",
        ),
    )  # fmt: skip
    windows = [
        HeldWindow(
            rule="stations sealed", resource=_BY_NAME["Ehau"],
            from_utc=START + 47 * 60, to_utc=START + 99 * 60,
        )
    ]  # fmt: skip
    main = convoy[1]
    windows += [
        HeldWindow(rule="opposite held", resource=item.resource + _BLOCKS,
                   from_utc=item.from_utc - 900, to_utc=item.to_utc + 900)
        for item in main.passes
        if RESOURCES[item.resource].kind == "block"
        and RESOURCES[item.resource].name.startswith(("Cham", "Dorfen"))
    ]  # fmt: skip
    return TrafficRecord(
        view="pessimistic", feed="made by hand", date="2014-06-03", resources=RESOURCES,
        trains=(*convoy, *others), altered=altered, windows=tuple(windows),
        known_overlaps=(("ic-703", "r-4711", _BY_NAME["Ehau - Felden, block 1"]),),
        assumptions=("block length of 3 km by rule", "one track from Ehau: no trains meet there"),
    )  # fmt: skip
