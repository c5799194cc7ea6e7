"""The lists of a provisioning as plain text: meals, stores, loading, kitchen, services and more."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from retinue.clock import MONTHS, duration_text, local, local_text
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan.loading import loading_rank
from retinue.plan.local_clock import LocalClock
from retinue.plan.summary import table_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retinue.plan.meals import KitchenJob
    from retinue.plan.plan import Plan
    from retinue.plan.provision import Provision
    from retinue.plan.stores import SupplyRun

__all__ = ["PROVISION_LISTS", "clock_of", "percent", "provision_list_text", "stock_words"]


#: An end later than this after the last change of the clock needs no hour, but its year.
_NEAR_S = 14 * 86400.0
_STOCKS = {"principal": "principal", "guest": "guests", "house": "house"}


def stock_words(stock: str) -> str:
    """Return for whom goods are kept."""
    return _STOCKS.get(stock, stock)


def percent(value: float) -> str:
    """Return ``99.945 %``: cut, not rounded, so that no promise seems kept which was not."""
    return f"{int(value * 1e5 + 1e-6) / 1e3:g} %"


def clock_of(provision: Provision) -> LocalClock:
    """Return the clock on the wall, as far as the document's own records tell its zones."""
    stores, services = provision.stores, provision.services
    told = [(meal.time_utc, meal.zone) for meal in provision.kitchen.meals]
    told += [(entry.start_utc, entry.zone) for entry in provision.programme.entries]
    told += [(stop.start_utc, stop.zone) for stop in services.stops]
    told += [(one.until_utc, one.place.zone) for one in stores.deliveries]
    return LocalClock.told_by(told)


def provision_list_text(provision: Provision, name: str, plan: Plan | None = None) -> str:
    """Return one list in full.

    Parameters
    ----------
    name
        One of `PROVISION_LISTS`.
    plan
        Tells exactly when the clock is put on or back; without it the document's own records do.

    Raises
    ------
    InputError
        For an unknown list.
    """
    if name not in PROVISION_LISTS:
        raise InputError(
            f'"{name}" is not a list of provisioning',
            where="--show",
            cure=suggest(name, PROVISION_LISTS) or f"Known: {', '.join(PROVISION_LISTS)}.",
        )
    clock = clock_of(provision) if plan is None else LocalClock.of(plan)
    return PROVISION_LISTS[name](provision, clock)


def _meals(provision: Provision, clock: LocalClock) -> str:
    kitchen = provision.kitchen
    rows = []
    for meal in sorted(kitchen.meals, key=lambda one: (one.time_utc, one.id)):
        name = meal.kind + (" (body)" if meal.clock == "body" else "")
        rows.append([clock.moment(meal.time_utc), name, "", "", "; ".join(meal.moved_because)])
        served = [(s.from_utc, s.until_utc, s.coach, s.people) for s in kitchen.sittings
                  if s.meal == meal.id]  # fmt: skip
        served += [(r.from_utc, r.until_utc, r.because, {r.group: r.people})
                   for r in kitchen.room_service if r.meal == meal.id]  # fmt: skip
        for begin, end, where, people in served:
            who = ", ".join(f"{group} {count}" for group, count in people.items())
            rows.append(["", f"  {clock.clock(begin)}-{clock.clock(end)}", where, who])
    shut = [
        [clock.span(one.from_utc, one.until_utc), one.kind, one.place, one.why]
        for one in kitchen.closed
    ]
    text = table_text(["at", "meal", "where", "who", "moved because"], rows)
    if shut:
        text += "\n\n" + table_text(["no meal", "", "at", "because"], shut)
    return text


def _stores(provision: Provision, clock: LocalClock) -> str:
    stores = provision.stores
    rows = []
    for room in stores.rooms:
        lying: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        first: dict[str, float] = {}
        for lot in stores.lots:
            for placed in lot.placements:
                if placed.room == room.id:
                    lying[lot.ingredient][lot.stock != "principal"] += placed.kg
                    end = min(first.get(lot.ingredient, lot.serve_until_utc), lot.serve_until_utc)
                    first[lot.ingredient] = end
        for k, name in enumerate(sorted(lying)):
            of_principal, of_guests = lying[name]
            rows.append([
                f"{room.coach}, {room.storage}" if k == 0 else "", name,
                f"{of_principal:,.2f}" if of_principal else "",
                f"{of_guests:,.2f}" if of_guests else "", _use_by(first[name], clock),
            ])  # fmt: skip
    head = ["room", "goods", "principal kg", "guests kg", "use by"]
    return table_text(head, rows, right=frozenset({2, 3}))


def _use_by(moment: float, clock: LocalClock) -> str:
    """Return a moment; one well behind the journey needs no hour, but its year."""
    if moment < clock.begins[-1] + _NEAR_S:
        return clock.moment(moment)
    day = local(moment, clock.zone(moment))
    return f"{day.day:2d} {MONTHS[day.month - 1]} {day.year}"


def _loading(provision: Provision, clock: LocalClock) -> str:
    stores = provision.stores
    rooms = {room.id: room for room in stores.rooms}
    rows = []
    for number, delivery in enumerate(stores.deliveries, start=1):
        rows.append([
            str(number), delivery.place.name, clock.span(delivery.from_utc, delivery.until_utc),
            f"{delivery.mass_kg:,.0f}", str(len(delivery.lots)),
            duration_text(delivery.loading_s) if delivery.loading_s else "",
        ])  # fmt: skip
        kg: dict[str, float] = defaultdict(float)
        lots: dict[str, int] = defaultdict(int)
        for lot in stores.lots:
            if lot.delivery == delivery.id:
                for placed in lot.placements:
                    kg[placed.room] += placed.kg
                    lots[placed.room] += 1
        order = sorted(kg, key=lambda name: (loading_rank(rooms[name].storage), name))
        rows += [
            ["", f"  {rooms[name].coach}", rooms[name].storage, f"{kg[name]:,.0f}", str(lots[name])]
            for name in order
        ]
    head = ["", "delivery", "train stands", "kg", "lots", "loading"]
    return table_text(head, rows, right=frozenset({0, 3, 4, 5}))


def _kitchen(provision: Provision, clock: LocalClock) -> str:
    kitchen = provision.kitchen
    rows = []
    for meal in sorted(kitchen.meals, key=lambda one: (one.time_utc, one.id)):
        # By the clock of the meal, as it bears no date and no zone of its own.
        zone = clock.zone(meal.time_utc)
        jobs = [job for job in kitchen.jobs if job.meal == meal.id]
        if jobs:
            rows.append([
                clock.moment(meal.time_utc), meal.id, clock.moment(min(j.start_utc for j in jobs)),
                local_text(_first_served(jobs), zone, date=False, offset=False),
                str(len({j.dish for j in jobs})), str(sum(j.portions for j in jobs if j.last_step)),
                str(len({cook for j in jobs for cook in j.cooks})),
            ])  # fmt: skip
    head = ["served", "meal", "begun", "first dish", "dishes", "portions", "cooks"]
    shifts = [
        [
            clock.moment(one.start_utc), clock.moment(one.end_utc), one.cook,
            duration_text(one.work_s),
            "-" if one.rest_before_s is None else duration_text(one.rest_before_s),
        ]
        for one in sorted(kitchen.shifts, key=lambda s: (s.start_utc, len(s.cook), s.cook))
    ]  # fmt: skip
    parts = [table_text(head, rows, right=frozenset({4, 5, 6}))]
    if shifts:
        names = ["on duty", "until", "cook", "hands at work", "rest before"]
        parts.append(table_text(names, shifts, right=frozenset({3, 4})))
    if kitchen.before_departure:
        parts.append("done ashore: " + "; ".join(kitchen.before_departure))
    return "\n\n".join(parts)


def _first_served(jobs: Sequence[KitchenJob]) -> float:
    """Return when the first portion of a meal is served."""
    return min(job.first_portion_utc for job in [j for j in jobs if j.last_step] or jobs)


def _services(provision: Provision, clock: LocalClock) -> str:
    services = provision.services
    stops = [
        [
            one.place, one.kind, clock.span(one.start_utc, one.end_utc), f"{one.total_m3:,.2f}",
            ", ".join(f"{name} {amount:,.2f}" for name, amount in one.amounts_m3.items()),
            "; ".join(w for w in ("PROPOSED" if one.proposed else "", one.because, one.assumed)
                      if w),
        ]
        for one in services.stops
    ]  # fmt: skip
    parts = [table_text(["at", "", "served", "m3", "by coach", ""], stops, right=frozenset({3}))]
    if services.waste:
        waste = [
            [one.kind, *(f"{v:,.2f}" for v in (one.total_m3, one.per_day_m3, one.left_at_end_m3))]
            for one in services.waste
        ]
        head = ["to take off", "m3", "a day", "left at the end"]
        parts.append(table_text(head, waste, right=frozenset({1, 2, 3})))
    if services.energy is not None:
        energy = services.energy
        parts.append(
            f"electricity {energy.total_kwh:,.0f} kWh, of it heating {energy.heating_kwh:,.0f} and"
            f" cooling {energy.cooling_kwh:,.0f}; fed by {energy.fed_by}; fuel"
            f" {energy.fuel_m3:,.2f} m3"
        )
    return "\n\n".join(parts)


def _programme(provision: Provision, clock: LocalClock) -> str:
    programme = provision.programme
    if not programme.entries:
        return "nothing is on the programme"
    rows = [
        [one.local, one.body, duration_text(one.end_utc - one.start_utc), one.what, one.kind,
         ", ".join(one.who), one.where]
        for one in programme.entries
    ]  # fmt: skip
    text = table_text(["local", "body", "for", "what", "", "who", "where"], rows)
    clashes = [
        f"! {clock.span(one.from_utc, one.until_utc)} {one.kind}: {one.text}"
        for one in programme.conflicts
    ]
    return "\n\n".join([text, *(["\n".join(clashes)] if clashes else [])])


def _steps(provision: Provision, clock: LocalClock) -> str:
    rows = [
        [clock.moment(one.start_utc), clock.moment(one.end_utc), clock.moment(one.limit_utc),
         one.kind, one.what, one.meal, f"{one.kg:,.2f}", one.rule]
        for one in sorted(provision.stores.steps, key=lambda s: (s.start_utc, s.kind, s.what))
    ]  # fmt: skip
    head = ["from", "until", "at the latest", "step", "what", "for", "kg", "rule"]
    return table_text(head, rows, right=frozenset({6})) if rows else "no steps are needed"


def _supplies(provision: Provision, clock: LocalClock) -> str:
    zones = {one.id: one.place.zone for one in provision.stores.deliveries}

    def there(moment: float | None, run: SupplyRun) -> str:
        # A truck keeps the time of the station that it goes to, wherever the train is by then.
        own = clock.kept_at(zones.get(run.delivery, ""))
        return "" if moment is None else own.moment(moment)

    rows = [
        [
            one.title, one.vehicle, f"{one.load_kg:,.0f}",
            there(one.depart_utc, one), there(one.arrive_utc, one), there(one.due_utc, one),
            "" if one.feasible else f"! not possible: {'; '.join(one.reasons)}",
        ]
        for one in provision.supplies
    ]  # fmt: skip
    parts = []
    if rows:
        head = ["run", "with", "kg", "leaves", "there", "due", ""]
        parts.append(table_text(head, rows, right=frozenset({2})))
    places = {one.id: one.place.name for one in provision.stores.deliveries}
    missed = [
        [places.get(one.delivery, one.delivery), stock_words(one.stock), percent(one.fill_rate),
         percent(one.fill_rate_with_substitutes), one.first_refused_meal,
         ", ".join(one.dishes_lost)]
        for one in provision.stores.missed
    ]  # fmt: skip
    if missed:
        head = ["if missed", "for", "fill rate", "with stand-ins", "first refusal", "no longer had"]
        parts.append(table_text(head, missed, right=frozenset({2, 3})))
    return "\n\n".join(parts) or "nothing is brought on the way"


def _costs(provision: Provision, _clock: LocalClock) -> str:
    rows = [
        [one.what, f"{one.quantity:,.1f} {one.unit}", f"{one.price:,.2f} {one.currency}",
         f"{one.amount_base:,.0f}", f"{one.source} ({one.confidence})"]
        for one in provision.costs
    ]  # fmt: skip
    rows.append(["total", "", "", f"{provision.cost_total:,.0f}"])
    head = ["what", "quantity", "price", provision.currency, "source"]
    return table_text(head, rows, right=frozenset({1, 2, 3}))


def _assumptions(provision: Provision, _clock: LocalClock) -> str:
    rows = [[one.subject, one.what, one.value, one.because] for one in provision.assumptions]
    return table_text(["about", "what", "taken", "because"], rows) if rows else "nothing is assumed"


#: What ``--show`` knows.
PROVISION_LISTS: dict[str, Callable[[Provision, LocalClock], str]] = {
    "meals": _meals,
    "stores": _stores,
    "loading": _loading,
    "kitchen": _kitchen,
    "services": _services,
    "programme": _programme,
    "steps": _steps,
    "supplies": _supplies,
    "costs": _costs,
    "assumptions": _assumptions,
}
