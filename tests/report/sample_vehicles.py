"""The sample plan's vehicles: trains and motorcades, made up where nothing is published."""

from __future__ import annotations

from retinue.plan import ConvoyRecord, TrainRecord, VehicleRecord


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


def formation(
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


def locomotive(
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


def convoy(name: str, count: int) -> ConvoyRecord:
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
