"""A realistic plan, made by hand through the record classes.

Pyongyang to Vladivostok by motorcade, special train with advance and following train,
and motorcade; the flight beside it.  Rounded, coarse and made up where nothing is
published: it serves to draw every kind of thing that a plan can hold.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from retinue.clock import parse_moment
from retinue.movement import Movement
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
)
from tests.report.sample_line import KP, LINE, RU, profile, train
from tests.report.sample_vehicles import convoy, formation, locomotive

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


def _rail_timeline(trains: tuple[Movement, ...]) -> tuple[Event, ...]:
    events: list[Event] = []
    for one in trains:
        for place, zone, lat, lon, km, _, minutes, why in LINE:
            arrive, leave = one.time_at(km * 1000), one.time_at(km * 1000, leaving=True)
            made: list[tuple[str, float, str, float | None]] = []
            if km == 0:
                made.append(("depart", leave, "", None))
            elif minutes:
                made.append(("arrive", arrive, why, None))
                if one.role == "main":
                    stop = next(s for s in one.stops if s.place == place)
                    made += [("task", arrive + t.start_s, t.what, t.duration_s) for t in stop.tasks]
                    if why == "bogie exchange":
                        made.append(("gauge-change", arrive + 9600, "1435 → 1520 mm", None))
                    if why == "border":
                        made.append(("border", arrive, "into Russia, KP → RU; passports", None))
                made.append(("depart", leave, "", None))
            elif km == 1176:
                made.append(("arrive", arrive, "platform 1, doors left", None))
            else:
                made.append(("pass", arrive, "", None))
            country = "KP" if zone == KP else "RU"
            for kind, moment, text, duration in made:
                record = {
                    "time_utc": moment, "zone": zone, "kind": kind, "place": place, "text": text,
                    "role": one.role, "distance_m": km * 1000, "lat": lat, "lon": lon,
                    "duration_s": duration, "country": country,
                }  # fmt: skip
                events.append(Event.model_validate(record))
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
        train("main", "main train", 552, leaves, 0.0),
        train("advance", "advance train", 95, leaves, -1200.0),
        train("following", "following train", 95, leaves, 1200.0),
    )
    main = trains[0]
    road_2 = _road(
        main.arrive_s + 1500, ("Vladivostok", "Far Eastern Federal University"), "own cars", 21
    )
    grid, speed, limit_at, limit = profile()
    electric = [
        locomotive("Red Flag 1", 17.6, 103_000, 6),
        locomotive("Red Flag 1", 17.6, 103_000, 6, turned=True),
    ]
    diesel = [
        locomotive("2M62", 17.6, 120_000, 6),
        locomotive("2M62", 17.6, 120_000, 6, turned=True),
    ]
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
        train=formation("main", "special train, 21 coaches", "Pyongyang", electric),
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
                text='"About 20 hours at about 50 km/h" was reported for this journey. '
                "The plan needs 29 h 00 in motion because the line book holds 30-45 km/h "
                "on most of the east coast.",
            ),
            Note(
                level="warning",
                subject="Sinsongchon-Yangdok",
                text="The train cannot hold 30 km/h on 23 per mille: 24 km/h for 6.2 km.",
            ),
        ),
        trains=(
            formation("main", "special train, 21 coaches", "Pyongyang", electric),
            formation("advance", "advance train", "Pyongyang", electric[:1]),
            formation("following", "following train", "Pyongyang", electric[:1]),
            formation("main", "special train, 21 coaches", "Khasan", diesel),
        ),
    )

    def drive(
        ident: str, road: Movement, names: tuple[str, str], cars: ConvoyRecord, tz: str
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
            convoy=cars,
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
        drive("road-1", road_1, ("city residence", "Pyongyang"), convoy("state motorcade", 10), KP),
        rail,
        drive(
            "road-2",
            road_2,
            ("Vladivostok", "Far Eastern Federal University"),
            convoy("own cars", 5),
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
    assumptions = [
        Assumption(
            subject=f"line {here[0]}-{there[0]}",
            what="line speed",
            value=f"{here[5]} km/h",
            because="press reports of 30-50 km/h on this line, nothing published by section",
            legs=("rail-1",),
        )
        for here, there in list(pairwise(LINE))[1:9]
    ]
    assumptions.append(
        Assumption(
            subject="access road to Far Eastern Federal University",
            what="length",
            value="6.6 km",
            because="the road graph ends there; straight line times 1.3",
            legs=("road-2",),
        )
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
        assumptions=tuple(assumptions),
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
