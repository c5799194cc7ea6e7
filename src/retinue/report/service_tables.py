"""Tables of the train's services: stops, tanks, energy, waste; re-supply runs; costs."""

from __future__ import annotations

from collections import defaultdict

from retinue.plan.consist import ConsistRecord
from retinue.plan.local_clock import LocalClock
from retinue.plan.provision import Provision
from retinue.plan.services import ServicesRecord, TankRecord
from retinue.report.table import Table, filled_columns
from retinue.report.wording import counted_unit, duration_text, grouped, km_text

__all__ = [
    "consist_tables",
    "cost_rows",
    "energy_table",
    "service_stop_table",
    "supply_run_table",
    "tank_table",
    "tightest",
    "volume_text",
    "waste_table",
]


def volume_text(volume_m3: float) -> str:
    """Return cubic metres, or litres where they are few."""
    if volume_m3 < 1:
        return f"{grouped(volume_m3 * 1000)}\u00a0l"
    return f"{grouped(volume_m3, 1)}\u00a0m³"


def service_stop_table(services: ServicesRecord, clock: LocalClock) -> Table:
    """Return what is served where and when, within the stop's stay."""
    rows, light = [], set()
    for k, stop in enumerate(services.stops):
        stay = (
            "proposed"
            if stop.stop_arrive_utc is None or stop.stop_depart_utc is None
            else clock.span(stop.stop_arrive_utc, stop.stop_depart_utc)
        )
        if stop.assumed or stop.proposed:
            light.add(k)
        coaches = ", ".join(
            f"{name} {volume_text(amount)}".replace(" ", "\u00a0")
            for name, amount in stop.amounts_m3.items()
        )
        words = "; ".join(
            part
            for part in (
                coaches,
                "fast pumps" if stop.fast else "",
                stop.because,
                f"assumed: {stop.assumed}" if stop.assumed else "",
            )
            if part
        )
        rows.append(
            (
                stop.place,
                stop.kind,
                stay,
                clock.span(stop.start_utc, stop.end_utc),
                volume_text(stop.total_m3),
                words,
            )
        )
    table = Table(
        "Service stops",
        ("at", "what", "train stands", "served", "in all", "by coach"), tuple(rows),
        right=frozenset({4}), wide={2: 1.0, 3: 1.0, 5: 1.8}, light=frozenset(light),
        strong=frozenset(k for k, stop in enumerate(services.stops) if stop.proposed),
        note="No plan serves at fewer stops." if services.proven and services.stops else "",
    )  # fmt: skip
    return filled_columns(table)


def tank_table(services: ServicesRecord) -> Table:
    """Return the tanks by kind: how many, how much, and the tightest."""
    kinds = list(dict.fromkeys(tank.kind for tank in services.tanks))
    rows = []
    for kind in kinds:
        tanks = [tank for tank in services.tanks if tank.kind == kind]
        tight = tightest(services, kind)
        worst = max(tight.level_m3) if tight.fills_up else min(tight.level_m3)
        rows.append(
            (
                kind,
                str(len(tanks)),
                volume_text(sum(tank.capacity_m3 for tank in tanks)),
                tight.coach,
                f"{volume_text(worst)} of {volume_text(tight.capacity_m3)}",
                volume_text(tight.least_m3),
                f"{tight.source} ({tight.confidence})" if tight.source else "",
            )
        )
    return Table(
        "Tanks", ("", "tanks", "hold", "tightest", "fullest or emptiest", "kept", "source"),
        tuple(rows), right=frozenset({1, 2, 4, 5}), wide={3: 1.0, 6: 1.0},
    )  # fmt: skip


def tightest(services: ServicesRecord, kind: str) -> TankRecord:
    """Return the tank of a kind that comes nearest to its limit."""
    tanks = [tank for tank in services.tanks if tank.kind == kind and tank.level_m3]

    def spare(tank: TankRecord) -> float:
        whole = tank.capacity_m3 or 1.0
        if tank.fills_up:
            return (tank.capacity_m3 - tank.least_m3 - max(tank.level_m3)) / whole
        return (min(tank.level_m3) - tank.least_m3) / whole

    return min(tanks, key=lambda tank: (spare(tank), tank.coach_number))


def energy_table(services: ServicesRecord) -> Table:
    """Return electricity: what the coaches take, heating and cooling in it, fuel."""
    energy = services.energy
    if energy is None or not energy.load_w:
        return Table("Electricity", ("", ""), ())
    loads = [
        a + b + c for a, b, c in zip(energy.load_w, energy.heating_w, energy.cooling_w, strict=True)
    ]
    cold, warm = min(energy.outside_k) - 273.15, max(energy.outside_k) - 273.15
    rows = [
        ("fed by", energy.fed_by),
        ("in all", f"{grouped(energy.total_kwh)}\u00a0kWh"),
        ("  heating", f"{grouped(energy.heating_kwh)}\u00a0kWh"),
        ("  cooling", f"{grouped(energy.cooling_kwh)}\u00a0kWh"),
        ("at once, at most", f"{grouped(max(loads) / 1000)}\u00a0kW"),
        ("outside", f"{cold:.0f} to {warm:.0f}\u00a0°C".replace("-", "\u2212")),
        ("fuel of generators", volume_text(energy.fuel_m3) if energy.fuel_m3 else "none"),
    ]
    if energy.assumed:
        rows.append(("assumed", energy.assumed))
    return Table("Electricity", ("", ""), tuple(rows), wide={1: 1.0})


def waste_table(services: ServicesRecord) -> Table:
    """Return what must be taken off the train."""
    rows = tuple(
        (
            one.kind,
            volume_text(one.total_m3),
            volume_text(one.per_day_m3),
            volume_text(one.left_at_end_m3),
        )
        for one in services.waste
    )
    return Table("Waste", ("", "in all", "a day", "on board at the end"), rows,
                 right=frozenset({1, 2, 3}), wide={0: 1.0})  # fmt: skip


def supply_run_table(provision: Provision, clock: LocalClock) -> Table:
    """Return how each re-supply comes to the train, by the clock of the place it goes to."""
    rows = []
    zones = {one.id: one.place.zone for one in provision.stores.deliveries}
    train = clock
    for run in provision.supplies:
        clock = train.kept_at(zones.get(run.delivery, ""))
        times = (
            f"{clock.moment(run.depart_utc)} to\u00a0{clock.moment(run.arrive_utc)}"
            if run.depart_utc is not None and run.arrive_utc is not None
            else ""
        )
        spare = (
            duration_text(abs(run.due_utc - run.arrive_utc))
            + (" TOO LATE" if run.arrive_utc > run.due_utc else "")
            if run.due_utc is not None and run.arrive_utc is not None
            else ""
        )
        why = "; ".join(run.reasons)
        rows.append(
            (
                run.title
                if run.origin and run.origin in run.title and run.destination in run.title
                else ", ".join(part for part in (run.title, run.origin, run.destination) if part),
                run.vehicle,
                f"{grouped(run.load_kg)}",
                km_text(run.distance_m, 0) if run.distance_m else "",
                times,
                "" if run.due_utc is None else clock.moment(run.due_utc),
                spare if run.feasible else f"NOT POSSIBLE: {why}",
            )
        )
    table = Table(
        "Re-supply runs",
        ("run", "with", "kg", "km", "under way", "due", "to spare"), tuple(rows),
        right=frozenset({2, 3}), wide={0: 1.4, 4: 1.0, 6: 0.6},
        strong=frozenset(k for k, run in enumerate(provision.supplies) if not run.feasible),
    )  # fmt: skip
    return filled_columns(table)


def cost_rows(provision: Provision) -> Table:
    """Return every priced line, equal prices of one thing together, and the total."""
    items = [
        (
            one.what,
            counted_unit(one.quantity, one.unit),
            f"{grouped(one.price, 2)} {one.currency}",
            grouped(one.amount_base),
            f"{one.source} ({one.confidence})",
        )
        for one in provision.costs
    ]
    total = ("total", "", "", grouped(provision.cost_total), "")
    return Table(
        "", ("what", "quantity", "price", provision.currency, "source"), (*items, total),
        right=frozenset({1, 2, 3}), wide={0: 1.0, 4: 0.8},
        light=frozenset(k for k, one in enumerate(provision.costs) if one.confidence == "assumed"),
        strong=frozenset({len(items)}), note="Light: an assumed price.",
    )  # fmt: skip


def consist_tables(consist: ConsistRecord) -> list[Table]:
    """Return the coaches of a chosen formation and what each rule costs."""
    coaches = tuple(
        (
            str(number),
            one.label,
            ", ".join(one.sleeps),
            str(one.places or ""),
            str(one.dining_seats or ""),
            grouped(one.stores_l) if one.stores_l else "",
            f"{one.mass_kg / 1000:.0f}",
            f"{one.length_mm / 1000:.1f}",
        )
        for number, one in enumerate(consist.coaches, start=1)
    )
    rules: dict[str, list[str]] = defaultdict(list)
    for cost in consist.costs:
        rules[cost.saved or "nothing: it does not bind"].append(cost.words)
    best = "the best there is, proven" if consist.proven else "the best found"
    return [
        filled_columns(Table(
            "Coaches, from the head",
            ("", "coach", "sleeps", "berths", "dining", "stores, l", "t", "m"), coaches,
            right=frozenset({0, 3, 4, 5, 6, 7}), wide={1: 1.0, 2: 1.4},
            note=f"{len(coaches)} coaches, {consist.length_m:.0f} m; {best}.",
        )),
        Table("What each rule costs", ("without it", "rule"),
              tuple((saved, "; ".join(words)) for saved, words in rules.items()), wide={1: 1.6}),
    ]  # fmt: skip
