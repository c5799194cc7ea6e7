"""Stocking a train: from plan, menu, policy, party and meals to every store, lot and delivery.

    demand -> what can be had when -> where it is bought (lot sizing) -> windows
           -> levels that keep the promise -> lots in rooms -> the promise measured

Pure: the same input gives the same stores.  What costs time is remembered by everything that it
depends on, so that a train that is late is stocked again at once.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.errors import NoPlan
from retinue.plan.records import PlaceRecord
from retinue.plan.stores import Missed, ServiceLevel
from retinue.provisioning.beside import Beside
from retinue.provisioning.cold_chain import sample_storage
from retinue.provisioning.demand import Demand, StockClass
from retinue.provisioning.dish_alone import each_dish_alone
from retinue.provisioning.eaters import eater_types
from retinue.provisioning.grounds import ClassStock, Stocking, TrainMeal
from retinue.provisioning.guarantee import ladder_of, measured, with_fill_rate
from retinue.provisioning.levels import Levels, Sampler, cheapest_levels
from retinue.provisioning.loading_limits import (
    brought_kg,
    planned_kg,
    tightened,
    too_heavy,
)
from retinue.provisioning.lots import Keeping, keeping_of
from retinue.provisioning.memory import Remember, fields_of
from retinue.provisioning.missed import missed_deliveries
from retinue.provisioning.needs import (
    SAMPLED,
    demands_of,
    everything_may,
    goods_of,
    sample_capacity,
    served_at,
)
from retinue.provisioning.offers import offers_of
from retinue.provisioning.requests import NearestAerodrome, TransportRequest, transport_requests
from retinue.provisioning.resupply import Capacity, Purchases, plan_purchases
from retinue.provisioning.stock_keys import demand_key, lost_key
from retinue.provisioning.store_rooms import (
    RoomRule,
    capacity_of,
    load_room_rules,
    rooms_of,
)
from retinue.provisioning.supply import (
    BandOf,
    Forbids,
    SupplyOption,
    SupplyRules,
    crossings_of,
    in_base,
    load_supply_rules,
    supply_options,
)
from retinue.provisioning.windows import Checks, Window, chained

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from retinue.plan import Plan
    from retinue.plan.stores import Stores
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.suppliers import SupplyBase

    Array = NDArray[np.float64]

__all__ = ["ClassStock", "Stocked", "Stocking", "Watcher", "stock"]

_ROUNDS = 5
_TIGHTER = 0.9
_LOADINGS = 6
_HIGHER = 4  # rows of levels, each with some per cent less risk


class Watcher:
    """Told what is known while the rest is still worked out; by default it does nothing."""

    def demanded(self, demands: Mapping[StockClass, Demand]) -> None:
        """See who asks for what."""

    def ordered(self, requests: Sequence[TransportRequest]) -> None:
        """See what must be brought, before it is proven to be enough."""


@dataclass(frozen=True, eq=False)
class Stocked:
    """The result: the record a plan keeps, what is asked of the planner, and the grounds."""

    stores: Stores
    requests: tuple[TransportRequest, ...]
    stocking: Stocking = field(repr=False)


def stock(
    plan: Plan,
    menu: Menu,
    policy: ProvisioningPolicy,
    party: PartyPlan,
    meals: Sequence[TrainMeal],
    *,
    forbids: Forbids | None = None,
    exchange: Mapping[str, float] | None = None,
    rules: SupplyRules | None = None,
    room_rules: Sequence[RoomRule] | None = None,
    band_of: BandOf | None = None,
    nearest: NearestAerodrome | None = None,
    base: PlaceRecord | None = None,
    bases: Sequence[SupplyBase] = (),
    imports: Forbids | None = None,
    carried: Mapping[str, float] | None = None,
    known: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
    seed: int = 1,
    memory: MutableMapping[bytes, Any] | None = None,
    watcher: Watcher | None = None,
) -> Stocked:
    """Stock a train for a journey.

    Parameters
    ----------
    meals
        Of the whole journey; those on legs by train count.
    forbids
        ``(border class, from, to)`` to why it may not cross; by default everything may.
    exchange
        Units of each currency for one of the plan's base currency; by default only that one.
    band_of
        Band of the main train's arrival at a stop.
    nearest
        The aerodrome that serves a place.
    base
        Where deliveries by air start; by default the journey's origin.
    bases, imports, carried
        Suppliers by air, what no delivery brings across a border, and how long deliveries were
        found to take; see `supply_options`.
    known
        Orders known ahead: ``(meal, role)`` to portions by dish.
    memory
        Remembers levels between calls; the result never depends on it.
    watcher
        Told what is known already, at the last time as it is in the result.

    Raises
    ------
    NoPlan
        Where somebody finds nothing to eat, goods cannot be had, or rooms are too small.
    InputError
        For orders, currencies or files that are wrong.
    """
    from retinue.provisioning.stocked import stores_of

    rules = load_supply_rules() if rules is None else rules
    exchange = {plan.base_currency: 1.0} if exchange is None else exchange
    remember, watcher = Remember(memory), watcher or Watcher()
    on_train = {leg.id for leg in plan.legs if leg.mode == "rail"}
    ordered = tuple(sorted((m for m in meals if m.leg in on_train), key=lambda m: (m.time_s, m.id)))
    types = eater_types(party, policy)
    options = supply_options(
        plan, rules, exchange, band_of, bases=bases, imports=imports, carried=carried
    )
    crossings = crossings_of(plan, forbids or everything_may)
    rooms = rooms_of(plan, load_room_rules() if room_rules is None else room_rules)
    names = list(menu.ingredients)
    keeping = {
        (i, o): keeping_of(
            menu.ingredients[name], option, crossings, rules, policy.food.live_planned_s
        )
        for i, name in enumerate(names)
        for o, option in enumerate(options)
    }
    times = np.array([m.time_s for m in ordered], np.float64)
    served = served_at(menu, options, keeping, times)
    offers = offers_of(menu, ordered, served)
    demands = demands_of(menu, policy, rules, types, ordered, offers, known)
    price = np.array([in_base(menu.ingredients[name].price, exchange) for name in names])
    volume = np.array([menu.ingredients[name].volume_m3_per_kg for name in names])
    weight = price + volume * in_base(rules.storage_cost_per_volume, exchange) + policy.waste_price
    goods = goods_of(menu, options, keeping, demands, weight)
    numbers = [names.index(item.name) for item in goods]
    watcher.demanded(demands)
    reserved: dict[str, Capacity] = {
        sample_storage(policy.samples): sample_capacity(policy, ordered, demands)
    }
    mass = np.array([item.mass_kg_per_kg for item in menu.ingredients.values()])
    limits: dict[int, float] = {}
    with Beside() as beside:

        def purchased(
            capacity: Mapping[str, Capacity], higher: Mapping[StockClass, int]
        ) -> tuple[Purchases, dict[StockClass, ClassStock]]:
            """Buy what every stop has the time to load."""
            for attempt in range(_LOADINGS):
                found = plan_purchases(
                    goods, options, times, capacity,
                    reserved=reserved, loading_kg=limits, remember=remember,
                )  # fmt: skip
                stocks = _stocks(
                    menu, policy, demands, found, numbers, options, keeping, weight, seed,
                    higher, remember, beside,
                )  # fmt: skip
                brought = brought_kg(stocks.values(), mass)
                tighter = tightened(options, planned_kg(found, goods), brought, limits, attempt)
                if not tighter:
                    return found, stocks
                limits.update(tighter)
            raise too_heavy(
                options,
                {number: brought[number] - options[number].loading_kg for number in tighter},
            )

        share, higher = 1.0, dict.fromkeys(SAMPLED, 0)
        for attempt in range(_ROUNDS):
            capacity = {
                storage: Capacity(room.volume_m3 * share, room.mass_kg * share)
                for storage, room in capacity_of(rooms).items()
            }
            missing = {item.storage for item in goods} - set(capacity)
            capacity |= {storage: Capacity(0.0, 0.0) for storage in missing}
            purchases, stocks = purchased(capacity, higher)
            grounds = Stocking(
                plan, menu, policy, rules, ordered, types, options, crossings, rooms, keeping,
                offers, price, purchases, stocks, seed,
            )  # fmt: skip
            # What is measured changes no lot: it begins while rooms are found for them.
            proofs = _proofs(grounds, weight, remember, beside)
            lost = beside.start(partial(_lost, grounds, remember))
            try:
                stores = stores_of(grounds, (), ())
            except NoPlan:
                for proof in proofs:
                    proof.cancel()
                lost.cancel()
                # The program counted on a little less than the promise takes: less room for it.
                if attempt == _ROUNDS - 1:
                    raise
                share *= _TIGHTER
                continue
            start = plan.origin if base is None else base
            requests, notes = transport_requests(stores.deliveries, rules, start, nearest)
            watcher.ordered(requests)
            service = with_fill_rate([one.result() for one in proofs], policy.fill_rate)
            unproven = [one.stock for one in service if one.lower_bound < one.promise]
            if not unproven:
                break
            # Fresh journeys prove it almost surely; where they do not, a little more is bought.
            higher |= {own: higher[own] + _HIGHER for own in SAMPLED if own in unproven}
        missed = lost.result()
    stores = stores.model_copy(
        update={"service": service, "missed": missed, "notes": (*stores.notes, *notes)}
    )
    return Stocked(stores, requests, grounds)


def _stocks(
    menu: Menu,
    policy: ProvisioningPolicy,
    demands: Mapping[StockClass, Demand],
    purchases: Purchases,
    numbers: Sequence[int],
    options: Sequence[SupplyOption],
    keeping: Mapping[tuple[int, int], Keeping],
    weight: Array,
    seed: int,
    higher: Mapping[StockClass, int],
    remember: Remember,
    beside: Beside,
) -> dict[StockClass, ClassStock]:
    times = demands["guest"].meal_time_s
    windows: list[Window] = []
    for i, bought in zip(numbers, purchases.bought, strict=True):
        until = [
            int(np.searchsorted(times, keeping[i, o].serve_until_s, side="right")) - 1
            for o, _, _ in bought
        ]
        windows += chained(i, bought, until)
    checks = Checks.of(windows, len(times))
    factor = np.array([options[w.point].price_factor for w in checks.windows])
    cost = weight[checks.ingredient] * factor if len(checks.windows) else np.zeros(0)
    lot = np.array([i.lot_kg for i in menu.ingredients.values()])[checks.ingredient]

    def levels_of(own: StockClass) -> Levels:
        demand = demands[own]
        promise = (
            policy.service_level_principal if own == "principal" else policy.service_level_guests
        )
        ratio = policy.variance_to_mean if policy.variance_to_mean > 1.0 else None
        return remember(
            ("levels", demand_key(demand, checks, cost), promise, ratio, seed, higher[own]),
            lambda: cheapest_levels(
                demand, checks, cost, promise, Sampler(demand, seed, ratio), higher=higher[own]
            ),
            packed=fields_of,
            unpacked=lambda kept: Levels(**kept),
        )

    # The guests take longest: they go first.
    begun = {own: beside.start(partial(levels_of, own)) for own in reversed(SAMPLED)}
    found: dict[StockClass, ClassStock] = {}
    for own in SAMPLED:
        levels = begun[own].result()
        found[own] = ClassStock(demands[own], checks, levels.kg, levels)
    house = demands["house"]
    use = house.expected_kg()
    needed = np.array(
        [use[w.chain : w.last + 1, w.ingredient].sum() for w in checks.windows], np.float64
    )
    found["house"] = ClassStock(house, checks, needed)
    # Goods come in whole cases; what a case holds beyond the need is the guests'.
    total = sum(one.bought for one in found.values())
    whole = checks.rising(np.ceil(np.round(total / lot, 9)) * lot)
    surplus = np.maximum(whole - total, 0.0)
    found["guest"] = replace(found["guest"], bought=checks.rising(found["guest"].bought + surplus))
    return found


def _proofs(
    grounds: Stocking, weight: Array, remember: Remember, beside: Beside
) -> list[Future[ServiceLevel]]:
    """Begin to measure the promise of those who choose freely."""
    own = [
        one
        for one in (grounds.stocks[name] for name in SAMPLED)
        if one.levels is not None and one.demand.types
    ]
    begun = [beside.start(partial(_proof, grounds, one, weight, remember)) for one in own[::-1]]
    return begun[::-1]


def _proof(grounds: Stocking, one: ClassStock, weight: Array, remember: Remember) -> ServiceLevel:
    levels, demand, checks = one.levels, one.demand, one.checks
    assert levels is not None
    factor = np.array([grounds.options[w.point].price_factor for w in checks.windows])
    cost = weight[checks.ingredient] * factor
    lots = grounds.lot_rows(demand.stock)
    ladder = ladder_of(grounds.menu, demand)

    def work() -> ServiceLevel:
        alone = each_dish_alone(demand, checks, cost, levels.promise)
        return measured(demand, checks, levels, one.bought, lots, ladder, alone, grounds.seed)

    return remember(
        (
            "service", demand_key(demand, checks, cost), one.bought.tobytes(), tuple(lots),
            tuple(ladder.items()), levels.promise, grounds.seed,
        ),
        work,
        packed=lambda level: level.model_dump(),
        unpacked=lambda kept: ServiceLevel(**kept),
    )  # fmt: skip


def _lost(grounds: Stocking, remember: Remember) -> tuple[Missed, ...]:
    return remember(
        ("missed", lost_key(grounds)),
        partial(missed_deliveries, grounds),
        packed=lambda found: [one.model_dump() for one in found],
        unpacked=lambda kept: tuple(Missed(**one) for one in kept),
    )
