"""A realistic plan, made by hand through the record classes.

Pyongyang to Vladivostok by motorcade, special train with advance and following train,
and motorcade; the flight beside it.  Rounded, coarse and made up where nothing is
published: it serves to draw every kind of thing that a plan can hold.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from retinue.clock import parse_moment
from retinue.movement import Movement, MovementStop, StopTask
from retinue.plan import (
    AircraftRecord,
    Alternative,
    Assumption,
    Comparison,
    ConvoyRecord,
    CostItem,
    Event,
    Handover,
    JourneyRecord,
    Leg,
    MadeWith,
    Note,
    PlaceRecord,
    Plan,
    Section,
    Source,
    SpeedProfile,
    TrainRecord,
    VehicleRecord,
)

KP, RU = "Asia/Pyongyang", "Asia/Vladivostok"

PLACES = {
    "city residence": PlaceRecord(
        name="city residence", lat=39.03, lon=125.75, country="KP", zone=KP
    ),
    "Pyongyang": PlaceRecord(
        name="Pyongyang",
        lat=39.006,
        lon=125.737,
        country="KP",
        zone=KP,
        native_name="평양",
        found_in="line book",
    ),
    "Vladivostok": PlaceRecord(
        name="Vladivostok",
        lat=43.111,
        lon=131.882,
        country="RU",
        zone=RU,
        native_name="Владивосток",
        found_in="line book",
    ),
    "Far Eastern Federal University": PlaceRecord(
        name="Far Eastern Federal University",
        lat=43.025,
        lon=131.894,
        country="RU",
        zone=RU,
        native_name="ДВФУ",
        found_in="journey",
    ),
    "Sunan": PlaceRecord(
        name="Sunan",
        lat=39.224,
        lon=125.670,
        country="KP",
        zone=KP,
        native_name="평양국제비행장",
        found_in="aerodromes",
    ),
    "Knevichi": PlaceRecord(
        name="Knevichi",
        lat=43.399,
        lon=132.148,
        country="RU",
        zone=RU,
        native_name="Кневичи",
        found_in="aerodromes",
    ),
}

# (name, zone, lat, lon, km, limit to the next in km/h, minutes of stop, why)
LINE = [
    ("Pyongyang", KP, 39.006, 125.737, 0.0, 50, 0, ""),
    ("Sinsongchon", KP, 39.42, 126.22, 66.0, 45, 0, ""),
    ("Yangdok", KP, 39.21, 126.66, 127.0, 30, 0, ""),
    ("Kowon", KP, 39.435, 127.243, 213.0, 45, 20, "crew"),
    ("Hamhung", KP, 39.912, 127.546, 277.0, 45, 0, ""),
    ("Sinpo", KP, 40.03, 128.18, 349.0, 40, 0, ""),
    ("Tanchon", KP, 40.46, 128.91, 436.0, 45, 0, ""),
    ("Kim Chaek", KP, 40.67, 129.20, 480.0, 45, 0, ""),
    ("Kilju", KP, 40.96, 129.33, 521.0, 45, 0, ""),
    ("Chongjin", KP, 41.785, 129.775, 675.0, 35, 30, "crew and water"),
    ("Rajin", KP, 42.249, 130.298, 755.0, 30, 0, ""),
    ("Tumangang", KP, 42.416, 130.611, 845.0, 20, 180, "bogie exchange"),
    ("Khasan", RU, 42.428, 130.646, 850.0, 60, 30, "border"),
    ("Baranovsky", RU, 43.62, 131.92, 1088.0, 60, 0, ""),
    ("Vladivostok", RU, 43.111, 131.882, 1176.0, 60, 0, ""),
]

BENDS = {
    "Sinpo": [(40.05, 128.35), (40.17, 128.55), (40.33, 128.75)],
    "Kilju": [(41.08, 129.45), (41.30, 129.66), (41.50, 129.72)],
    "Rajin": [(42.33, 130.40), (42.29, 130.52)],
    "Khasan": [(42.62, 130.78), (42.75, 131.05), (43.02, 131.25), (43.2, 131.42), (43.55, 131.62)],
    "Baranovsky": [(43.45, 132.03), (43.28, 132.02)],
    "Pyongyang": [(39.15, 125.95), (39.33, 126.05)],
    "Yangdok": [(39.17, 126.95)],
    "Kowon": [(39.62, 127.32), (39.75, 127.45)],
}


def _shape() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lat: list[float] = []
    lon: list[float] = []
    at: list[float] = []
    for here, there in pairwise(LINE):
        chain = [(here[2], here[3]), *BENDS.get(here[0], []), (there[2], there[3])]
        steps = [0.0]
        for a, b in pairwise(chain):
            steps.append(steps[-1] + math.hypot(b[0] - a[0], (b[1] - a[1]) * 0.75))
        for (y, x), s in zip(chain[:-1], steps[:-1], strict=True):
            lat.append(y)
            lon.append(x)
            at.append((here[4] + (there[4] - here[4]) * s / steps[-1]) * 1000)
    return (
        np.array([*lat, LINE[-1][2]]),
        np.array([*lon, LINE[-1][3]]),
        np.array([*at, 1_176_000.0]),
    )


def _profile() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    grid = np.arange(0.0, 1_176_001.0, 500.0)
    starts = np.array([s[4] * 1000 for s in LINE])
    limits = np.array([s[5] / 3.6 for s in LINE])
    limit = limits[np.clip(np.searchsorted(starts, grid, side="right") - 1, 0, len(LINE) - 2)]
    halts = [0.0, *(s[4] * 1000 for s in LINE if s[6]), 1_176_000.0]
    from_halt = np.min([np.abs(grid - h) for h in halts], axis=0)
    speed = np.minimum(limit, np.sqrt(2 * 0.05 * from_halt))
    return grid, speed, starts[:-1], limits[:-1]


def _train(role: str, name: str, length_m: float, start_s: float, late_s: float) -> Movement:
    lat, lon, at = _shape()
    grid, speed, _, _ = _profile()
    pace = np.concatenate(
        ([0.0], np.cumsum(np.diff(grid) / (0.5 * (speed[1:] + speed[:-1]) + 1e-9)))
    )
    distance = np.union1d(grid, at)
    clock = np.interp(distance, grid, pace)
    stops = []
    pieces_d, pieces_t = [distance], [clock]
    offset = 0.0
    for place, zone, _, _, km, _, minutes, why in LINE:
        if not minutes:
            continue
        here = km * 1000
        arrive = start_s + late_s + float(np.interp(here, grid, pace)) + offset
        tasks = ()
        if why == "bogie exchange":
            tasks = (
                StopTask("shunt into the shed", 0, 2400),
                StopTask("lift and exchange bogies, 21 coaches", 2400, 7200),
                StopTask("brake test", 9600, 1200),
            )
        elif why == "border":
            tasks = (
                StopTask("Russian locomotives 2 x 2M62", 0, 1200),
                StopTask("brake test", 1200, 600),
            )
        stops.append(MovementStop(place, zone, why, here, arrive, arrive + minutes * 60, tasks))
        offset += minutes * 60
    d, t = pieces_d[0], pieces_t[0]
    for stop, minutes in zip(stops, [s[6] for s in LINE if s[6]], strict=True):
        place_at = int(np.searchsorted(d, stop.distance_m, side="right"))
        d = np.insert(d, place_at, stop.distance_m)
        t = np.insert(t, place_at, t[place_at - 1])
        t[place_at:] += minutes * 60
    return Movement(
        role=role,
        name=name,
        length_m=length_m,  # type: ignore[arg-type]
        lon_deg=np.interp(d, at, lon),
        lat_deg=np.interp(d, at, lat),
        distance_m=d,
        time_s=np.round(t + start_s + late_s),
        stops=tuple(stops),
    )


def _coach(role: str, *, principal: bool = False, armoured: bool = True) -> VehicleRecord:
    return VehicleRecord(
        label=role.replace("-", " ").capitalize(),
        role=role,
        length_m=24.5,
        mass_kg=82_000 if armoured else 54_000,
        axles=6 if armoured else 4,
        armoured=armoured,
        principal=principal,
        type_name="22-series",
    )


ROLES = [
    "generator",
    "baggage",
    "guards",
    "guards",
    "communications",
    "staff",
    "sleeping",
    "sleeping",
    "kitchen",
    "dining",
    "conference",
    "saloon",
    "sleeping",
    "medical",
    "staff",
    "sleeping",
    "guards",
    "car-transporter",
    "car-transporter",
    "guards",
    "baggage",
]


def _formation(
    role: str, name: str, from_place: str, locomotives: list[VehicleRecord]
) -> TrainRecord:
    if role == "main":
        coaches = [
            _coach(r, principal=r == "saloon", armoured=r not in ("generator", "baggage"))
            for r in ROLES
        ]
    else:
        coaches = [_coach(r) for r in ("guards", "communications", "guards")]
    vehicles = (*locomotives, *coaches)
    return TrainRecord(
        name=name,
        role=role,
        from_place=from_place,
        vehicles=vehicles,
        length_m=sum(v.length_m for v in vehicles),
        mass_kg=sum(v.mass_kg for v in vehicles),
        max_speed_mps=80 / 3.6,
        brake_percentage=62.0,
        power_systems=("3 kV DC",) if from_place == "Pyongyang" else ("diesel",),
        assumed=("armour mass", "brake percentage"),
    )


def _loco(
    label: str, length_m: float, mass_kg: float, axles: int, *, turned: bool = False
) -> VehicleRecord:
    return VehicleRecord(
        label=label,
        role="locomotive",
        length_m=length_m,
        mass_kg=mass_kg,
        axles=axles,
        type_name=label,
        turned=turned,
    )


def _road(start_s: float, names: tuple[str, str], name: str, km: float) -> Movement:
    a, b = (PLACES[n] for n in names)
    lat = np.linspace(a.lat, b.lat, 25) + 0.012 * np.sin(np.linspace(0, np.pi, 25))
    lon = np.linspace(a.lon, b.lon, 25) + 0.02 * np.sin(np.linspace(0, 2 * np.pi, 25))
    distance = np.linspace(0, km * 1000, 25)
    time = start_s + distance / (km * 1000) * (km / 32 * 3600)
    return Movement(
        role="main",
        name=name,
        length_m=180.0,
        lon_deg=lon,
        lat_deg=lat,
        distance_m=distance,
        time_s=np.round(time),
        tail_time_s=np.round(time + 20.0),
    )


def _convoy(name: str, count: int) -> ConvoyRecord:
    roles = [
        "pilot-car",
        "lead-car",
        "main-car",
        "spare-car",
        "guards-car",
        "guards-car",
        "communications-car",
        "ambulance",
        "staff-bus",
        "tail-car",
    ][:count]
    vehicles = tuple(
        VehicleRecord(
            label=r.replace("-car", "").replace("-", " "),
            role=r,
            length_m=6.2 if r == "main-car" else 10.5 if r == "staff-bus" else 5.2,
            mass_kg=5200 if r in ("main-car", "spare-car") else 2600,
            armoured=r in ("main-car", "spare-car"),
            principal=r == "main-car",
        )
        for r in roles
    )
    return ConvoyRecord(
        name=name, vehicles=vehicles, open_gap_m=30, close_gap_m=8, length_at_speed_m=310
    )


def _rail_timeline(trains: tuple[Movement, ...]) -> tuple[Event, ...]:
    events = []
    for train in trains:
        for place, zone, lat, lon, km, _, minutes, why in LINE:
            arrive, leave = train.time_at(km * 1000), train.time_at(km * 1000, leaving=True)
            country = "KP" if zone == KP else "RU"

            def add(kind: str, moment: float, text: str, duration_s: float | None = None) -> None:
                events.append(
                    Event(
                        time_utc=moment,
                        zone=zone,
                        kind=kind,
                        place=place,
                        text=text,
                        role=train.role,  # type: ignore[arg-type] # noqa: B023
                        distance_m=km * 1000,
                        lat=lat,
                        lon=lon,
                        duration_s=duration_s,
                        country=country,  # noqa: B023
                    )
                )

            if km == 0:
                add("depart", leave, "")
            elif minutes:
                add("arrive", arrive, why)
                if train.role == "main":
                    stop = next(s for s in train.stops if s.place == place)
                    for task in stop.tasks:
                        add("task", arrive + task.start_s, task.what, task.duration_s)
                    if why == "bogie exchange":
                        add("gauge-change", arrive + 9600, "1435 → 1520 mm")
                    if why == "border":
                        add(
                            "border", arrive, "into Russia, KP → RU; passports and customs on board"
                        )
                add("depart", leave, "")
            elif km == 1176:
                add("arrive", arrive, "platform 1, doors left")
            else:
                add("pass", arrive, "")
    return tuple(sorted(events, key=lambda e: e.time_utc))


def _sections() -> tuple[Section, ...]:
    made = []
    for here, there in pairwise(LINE):
        russian = here[1] == RU
        made.append(
            Section(
                from_place=here[0],
                to_place=there[0],
                from_m=here[4] * 1000,
                to_m=there[4] * 1000,
                line="Khasan-Baranovsky" if russian else "Pyongyang-Tumangang",
                gauge_mm=(1435, 1520)
                if here[0] == "Tumangang"
                else (1520,)
                if russian
                else (1435,),
                electrification="25 kV 50 Hz AC"
                if here[0] == "Baranovsky"
                else "none"
                if russian or here[0] == "Tumangang"
                else "3 kV DC",
                speed_mps=here[5] / 3.6,
                tracks=2 if here[0] in ("Pyongyang", "Baranovsky") else 1,
                ruling_gradient=0.023 if here[0] == "Sinsongchon" else 0.012,
                axle_load_kg=21_000,
                assumed=("ruling gradient", "axle load")
                + (() if here[0] == "Pyongyang" else ("line speed",)),
            )
        )
    return tuple(made)


def sample_plan() -> Plan:
    """Return the sealed sample plan."""
    start = parse_moment("2023-09-10 16:35 Asia/Pyongyang")
    road_1 = _road(start, ("city residence", "Pyongyang"), "state motorcade", 11)
    leaves = parse_moment("2023-09-10 17:30 Asia/Pyongyang")
    trains = (
        _train("main", "main train", 552, leaves, 0.0),
        _train("advance", "advance train", 95, leaves, -1200.0),
        _train("following", "following train", 95, leaves, 1200.0),
    )
    main = trains[0]
    road_2 = _road(
        main.arrive_s + 1500, ("Vladivostok", "Far Eastern Federal University"), "own cars", 21
    )
    grid, speed, limit_at, limit = _profile()
    electric = [
        _loco("Red Flag 1", 17.6, 103_000, 6),
        _loco("Red Flag 1", 17.6, 103_000, 6, turned=True),
    ]
    diesel = [_loco("2M62", 17.6, 120_000, 6), _loco("2M62", 17.6, 120_000, 6, turned=True)]
    rail = Leg(
        id="rail-1",
        mode="rail",
        title="Pyongyang to Vladivostok",
        **{"from": PLACES["Pyongyang"]},
        to=PLACES["Vladivostok"],
        depart_utc=main.depart_s,
        arrive_utc=main.arrive_s,
        distance_m=1_176_000,
        graph_distance_m=1_152_600,
        running_time_s=main.arrive_s - main.depart_s - 260 * 60,
        standing_time_s=260 * 60,
        energy_kwh=21_480,
        movements=trains,
        timeline=_rail_timeline(trains),
        sections=_sections(),
        profile=SpeedProfile(
            distance_m=tuple(grid.tolist()),
            speed_mps=tuple(speed.tolist()),
            limit_distance_m=tuple(limit_at.tolist()),
            limit_mps=tuple(limit.tolist()),
        ),
        train=_formation("main", "special train, 21 coaches", "Pyongyang", electric),
        countries=("KP", "RU"),
        costs=(
            CostItem(
                what="track access, Khasan-Vladivostok",
                quantity=326,
                unit="train-km",
                price=420,
                currency="RUB",
                amount=136_920,
                amount_base=1_330,
                source="rate file",
                confidence="L",
            ),
            CostItem(
                what="bogie exchange",
                quantity=21,
                unit="coach",
                price=180,
                currency="USD",
                amount=3_780,
                amount_base=3_500,
                source="rate file",
                confidence="assumed",
            ),
        ),
        notes=(
            Note(
                level="info",
                subject="reported",
                source="facts of 2019",
                text='"About 20 hours at about 50 km/h" was reported for this journey. The plan needs '
                "29 h 00 in motion because the line book holds 30-45 km/h on most of the east coast.",
            ),
            Note(
                level="warning",
                subject="Sinsongchon-Yangdok",
                text="The train cannot hold 30 km/h on 23 per mille: 24 km/h for 6.2 km.",
            ),
        ),
        trains=(
            _formation("main", "special train, 21 coaches", "Pyongyang", electric),
            _formation("advance", "advance train", "Pyongyang", electric[:1]),
            _formation("following", "following train", "Pyongyang", electric[:1]),
            _formation("main", "special train, 21 coaches", "Khasan", diesel),
        ),
    )

    def drive(
        ident: str, road: Movement, names: tuple[str, str], convoy: ConvoyRecord, tz: str
    ) -> Leg:
        a, b = (PLACES[n] for n in names)
        return Leg(
            id=ident,
            mode="road",
            title=f"{a.name} to {b.name}",
            **{"from": a},
            to=b,
            depart_utc=road.depart_s,
            arrive_utc=road.arrive_s,
            distance_m=road.total_m,
            running_time_s=road.arrive_s - road.depart_s,
            movements=(road,),
            convoy=convoy,
            timeline=(
                Event(
                    time_utc=road.depart_s - 1800,
                    zone=tz,
                    kind="ready",
                    place=a.name,
                    text="cars in position",
                ),
                Event(
                    time_utc=road.depart_s,
                    zone=tz,
                    kind="depart",
                    place=a.name,
                    text="",
                    distance_m=0.0,
                ),
                Event(
                    time_utc=road.arrive_s,
                    zone=tz,
                    kind="arrive",
                    place=b.name,
                    text="",
                    distance_m=road.total_m,
                ),
            ),
            countries=(a.country,),
        )

    legs = (
        drive(
            "road-1", road_1, ("city residence", "Pyongyang"), _convoy("state motorcade", 10), KP
        ),
        rail,
        drive(
            "road-2",
            road_2,
            ("Vladivostok", "Far Eastern Federal University"),
            _convoy("own cars", 5),
            RU,
        ),
    )
    t = np.linspace(0, 1, 40)
    a, b = PLACES["Sunan"], PLACES["Knevichi"]
    takeoff = parse_moment("2023-09-10 18:00 Asia/Pyongyang")
    flight = Movement(
        role="main",
        name="PRK-615",
        length_m=53.0,
        lat_deg=a.lat + t * (b.lat - a.lat) + 0.1 * np.sin(np.pi * t),
        lon_deg=a.lon + t * (b.lon - a.lon),
        distance_m=t * 700_000.0,
        time_s=np.round(takeoff + t * 5700),
        altitude_m=np.minimum(np.minimum(t, 1 - t) * 5 * 10_600, 10_600.0),
    )
    air = Leg(
        id="air-1",
        mode="air",
        title="Sunan to Knevichi",
        **{"from": a},
        to=b,
        depart_utc=takeoff,
        arrive_utc=takeoff + 5700,
        distance_m=700_000,
        running_time_s=5700,
        movements=(flight,),
        countries=("KP", "RU"),
        aircraft=AircraftRecord(
            type_name="Il-62M",
            registration="P-881",
            call_sign="PRK-615",
            payload_kg=9_000,
            fuel_needed_kg=21_000,
            fuel_capacity_kg=82_000,
            range_m=7_800_000,
            runway_needed_take_off_m=3_300,
            runway_needed_landing_m=2_500,
            cruise_mps=236,
            cruise_altitude_m=10_600,
            assumed=("landing distance",),
        ),
        timeline=(
            Event(time_utc=takeoff, zone=KP, kind="take-off", place="Sunan", text="runway 01/19"),
            Event(time_utc=takeoff + 5700, zone=RU, kind="landing", place="Knevichi", text=""),
        ),
    )
    assumptions = tuple(
        Assumption(
            subject=f"line {a[0]}-{b[0]}",
            what="line speed",
            value=f"{a[5]} km/h",
            because="press reports of 30-50 km/h on this line, nothing published by section",
            legs=("rail-1",),
        )
        for a, b in list(pairwise(LINE))[1:9]
    ) + (
        Assumption(
            subject="access road to Far Eastern Federal University",
            what="length",
            value="6.6 km",
            because="the road graph ends there; straight line times 1.3",
            legs=("road-2",),
        ),
    )
    end = legs[-1].arrive_utc
    return Plan(
        title="Pyongyang to Vladivostok",
        made_with=MadeWith(
            retinue="0.1.0",
            pack_version="2026.11",
            pack_sha256="ab" * 32,
            catalogue_sha256="cd" * 32,
        ),
        journey=JourneyRecord(
            name="vladivostok-2023", file="vladivostok-2023.yaml", text="retinue: 1\n"
        ),
        origin=PLACES["city residence"],
        destination=PLACES["Far Eastern Federal University"],
        depart_utc=start,
        arrive_utc=end,
        legs=legs,
        handovers=(
            Handover(
                from_leg="road-1",
                to_leg="rail-1",
                place="Pyongyang",
                zone=KP,
                ready_utc=leaves - 3600,
                arrive_utc=legs[0].arrive_utc,
                depart_utc=leaves,
                needed_s=900,
                available_s=leaves - legs[0].arrive_utc,
                tasks=("cars to platform", "boarding"),
            ),
            Handover(
                from_leg="rail-1",
                to_leg="road-2",
                place="Vladivostok",
                zone=RU,
                ready_utc=main.arrive_s - 900,
                arrive_utc=main.arrive_s,
                depart_utc=legs[2].depart_utc,
                needed_s=1200,
                available_s=legs[2].depart_utc - main.arrive_s,
                tasks=("unload the cars from the train", "platform to car"),
            ),
        ),
        alternatives=(
            Alternative(title="by air", legs=(air,)),
            Alternative(
                title="by road",
                feasible=False,
                reasons=("the border at Tumangang is closed to road traffic",),
            ),
        ),
        comparison=(
            Comparison(
                title="as planned",
                modes=("road", "rail", "road"),
                duration_s=end - start,
                distance_m=1_208_000,
                cost_base=61_200,
                countries=("KP", "RU"),
                assumptions=9,
            ),
            Comparison(
                title="by air",
                modes=("air",),
                duration_s=5700,
                distance_m=700_000,
                cost_base=28_400,
                countries=("KP", "RU"),
                assumptions=2,
            ),
        ),
        notes=(
            Note(
                level="info", subject="route", text="The train turns for Vladivostok at Baranovsky."
            ),
        ),
        assumptions=assumptions,
        sources=(
            Source(
                id="osm",
                text="OpenStreetMap contributors: rail and road graph (ODbL)",
                url="https://www.openstreetmap.org/copyright",
                confidence="H",
                used_for=("geometry",),
            ),
            Source(
                id="geonames",
                text="GeoNames (CC BY 4.0)",
                url="https://www.geonames.org",
                used_for=("places",),
            ),
            Source(id="ne", text="Natural Earth (public domain)", used_for=("land", "countries")),
            Source(
                id="line-book",
                text="press reports and timetables as cited in the line book",
                confidence="M",
                used_for=("km", "line speed"),
            ),
        ),
    ).sealed()
