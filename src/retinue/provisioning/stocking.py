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
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from retinue.errors import NoPlan
from retinue.plan.records import PlaceRecord
from retinue.plan.stores import Missed, ServiceLevel
from retinue.provisioning.cold_chain import sample_storage
from retinue.provisioning.demand import Demand, StockClass, build_demand
from retinue.provisioning.dish_alone import each_dish_alone
from retinue.provisioning.eaters import eater_types
from retinue.provisioning.guarantee import ladder_of, measured, with_fill_rate
from retinue.provisioning.levels import Levels, Sampler, cheapest_levels
from retinue.provisioning.lots import Keeping, keeping_of
from retinue.provisioning.memory import Remember, fields_of
from retinue.provisioning.missed import missed_deliveries
from retinue.provisioning.offers import Offers, house_demand, offers_of
from retinue.provisioning.requests import NearestAerodrome, TransportRequest, transport_requests
from retinue.provisioning.resupply import Capacity, Goods, Purchases, plan_purchases
from retinue.provisioning.serving import LotRow
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
    from numpy.typing import NDArray

    from retinue.plan import Plan
    from retinue.plan.stores import BorderCrossing, StoreRoom, Stores
    from retinue.provisioning.demand import EaterType, MealAsked
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.suppliers import SupplyBase

    Array = NDArray[np.float64]

__all__ = ["ClassStock", "Stocked", "Stocking", "stock"]

_ROUNDS = 5
_TIGHTER = 0.9
_RESERVE_SD = 3.0
_SAMPLED: tuple[StockClass, ...] = ("principal", "guest")


class TrainMeal(Protocol):
    """A meal and the leg on which it is eaten."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def time_s(self) -> float: ...
    @property
    def groups(self) -> Mapping[str, int]: ...
    @property
    def leg(self) -> str: ...


@dataclass(frozen=True, eq=False)
class ClassStock:
    """What is stocked for one purse.

    Attributes
    ----------
    bought
        Cumulative stock of each column as it is bought, no less than the levels.
    levels
        None for the house, whose demand is known.
    """

    demand: Demand
    checks: Checks
    bought: Array
    levels: Levels | None = None

    @property
    def kg(self) -> Array:
        """Return what is bought in each window."""
        return self.checks.quantities(self.bought)


@dataclass(frozen=True, eq=False)
class Stocking:
    """Everything the stores were derived from."""

    plan: Plan
    menu: Menu
    policy: ProvisioningPolicy
    rules: SupplyRules
    meals: tuple[TrainMeal, ...]
    types: tuple[EaterType, ...]
    options: tuple[SupplyOption, ...]
    crossings: tuple[BorderCrossing, ...]
    rooms: tuple[StoreRoom, ...]
    keeping: Mapping[tuple[int, int], Keeping]
    offers: Offers
    price: Array
    purchases: Purchases
    stocks: Mapping[StockClass, ClassStock]
    seed: int

    def lot_rows(
        self,
        stock: StockClass,
        without: frozenset[int] = frozenset(),
        late: Mapping[int, float] | None = None,
    ) -> list[LotRow]:
        """Return the lots of a purse as the kernel sees them, some options left out or late.

        Parameters
        ----------
        late
            From when the goods of an option serve, Unix seconds, where that is later.
        """
        late = {} if late is None else late
        own = self.stocks[stock]
        times = own.demand.meal_time_s
        rows = []
        for window, kg in zip(own.checks.windows, own.kg.tolist(), strict=True):
            if window.point in without or kg <= 0:
                continue
            until = self.keeping[window.ingredient, window.point].serve_until_s
            last = int(np.searchsorted(times, until, side="right")) - 1
            # It may be drawn as soon as it is aboard.
            usable = late.get(window.point, self.options[window.point].usable_s)
            first = int(np.searchsorted(times, usable))
            if first > last:
                continue
            rows.append(LotRow(window.ingredient, first, last, kg))
        return rows


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
    remember = Remember(memory)
    on_train = {leg.id for leg in plan.legs if leg.mode == "rail"}
    ordered = tuple(sorted((m for m in meals if m.leg in on_train), key=lambda m: (m.time_s, m.id)))
    types = eater_types(party, policy)
    options = supply_options(
        plan, rules, exchange, band_of, bases=bases, imports=imports, carried=carried
    )
    crossings = crossings_of(plan, forbids or _everything_may)
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
    served = _served(menu, options, keeping, times)
    offers = offers_of(menu, ordered, served)
    demands = _demands(menu, policy, rules, types, ordered, offers, known)
    price = np.array([in_base(menu.ingredients[name].price, exchange) for name in names])
    volume = np.array([menu.ingredients[name].volume_m3_per_kg for name in names])
    weight = price + volume * in_base(rules.storage_cost_per_volume, exchange) + policy.waste_price
    goods = _goods(menu, options, keeping, demands, weight)
    numbers = [names.index(item.name) for item in goods]
    share, higher = 1.0, dict.fromkeys(_SAMPLED, 0)
    for attempt in range(_ROUNDS):
        capacity = {
            storage: Capacity(room.volume_m3 * share, room.mass_kg * share)
            for storage, room in capacity_of(rooms).items()
        }
        missing = {item.storage for item in goods} - set(capacity)
        capacity |= {storage: Capacity(0.0, 0.0) for storage in missing}
        purchases = plan_purchases(
            goods, options, times, capacity,
            reserved={sample_storage(policy.samples): _sample_room(policy, ordered, demands)},
            remember=remember,
        )  # fmt: skip
        stocks = _stocks(
            menu, policy, demands, purchases, numbers, options, keeping, weight, seed, higher,
            remember,
        )  # fmt: skip
        grounds = Stocking(
            plan, menu, policy, rules, ordered, types, options, crossings, rooms, keeping,
            offers, price, purchases, stocks, seed,
        )  # fmt: skip
        try:
            # Rooms first: what is measured afterwards costs time and changes no lot.
            stores = stores_of(grounds, (), ())
        except NoPlan:
            # The program counted on a little less than the promise takes: give it less room.
            if attempt == _ROUNDS - 1:
                raise
            share *= _TIGHTER
            continue
        service = _service(grounds, weight, remember)
        unproven = [one.stock for one in service if one.lower_bound < one.promise]
        if not unproven:
            break
        # Fresh journeys prove it almost surely; where they do not, a little more is bought.
        higher |= {own: higher[own] + 1 for own in _SAMPLED if own in unproven}
    missed = remember(
        ("missed", lost_key(grounds)),
        partial(missed_deliveries, grounds),
        packed=lambda found: [one.model_dump() for one in found],
        unpacked=lambda kept: tuple(Missed(**one) for one in kept),
    )
    stores = stores.model_copy(update={"service": service, "missed": missed})
    start = plan.origin if base is None else base
    requests, notes = transport_requests(stores.deliveries, rules, start, nearest)
    stores = stores.model_copy(update={"notes": (*stores.notes, *notes)})
    return Stocked(stores, requests, grounds)


def _everything_may(_goods: str, _from: str, _to: str) -> str:
    return ""


def _served(
    menu: Menu,
    options: Sequence[SupplyOption],
    keeping: Mapping[tuple[int, int], Keeping],
    times: Array,
) -> NDArray[np.bool_]:
    """Return whether goods can be had at a meal, shape (meals, ingredients)."""
    found = np.zeros((len(times), len(menu.ingredients)), np.bool_)
    for i, item in enumerate(menu.ingredients.values()):
        for o, option in enumerate(options):
            if option.brings(item.supplier):
                found[:, i] |= (times >= option.usable_s) & (times <= keeping[i, o].serve_until_s)
    return found


def _demands(
    menu: Menu,
    policy: ProvisioningPolicy,
    rules: SupplyRules,
    types: Sequence[EaterType],
    meals: Sequence[MealAsked],
    offers: Offers,
    known: Mapping[tuple[str, str], Mapping[str, int]] | None,
) -> dict[StockClass, Demand]:
    found: dict[StockClass, Demand] = {
        own: build_demand(
            menu, own, types, meals, sample_kg=policy.samples.mass_kg, known=known,
            withdrawn=offers.withdrawn, stand_ins=offers.stand_ins,
        )
        for own in _SAMPLED
    }  # fmt: skip
    choices: dict[str, int] = {
        role: policy.classes[name].choices for role, name in policy.class_of.items()
    }
    found["house"] = house_demand(menu, types, meals, choices, rules.house_margin, offers)
    return found


def _goods(
    menu: Menu,
    options: Sequence[SupplyOption],
    keeping: Mapping[tuple[int, int], Keeping],
    demands: Mapping[StockClass, Demand],
    weight: Array,
) -> list[Goods]:
    """Return what the lot sizing must know; the need of a meal has its share of the reserve."""
    need: Array | None = None
    for demand in demands.values():
        mean = demand.expected_kg()
        total = mean.sum(axis=0)
        # A portion's typical kilograms give the spread of a sum of portions.
        lump = np.where(total > 0, (demand.recipe() ** 2).max(axis=0) ** 0.5, 0.0)
        random = demand.stock != "house"
        reserve = _RESERVE_SD * np.sqrt(total * lump) if random else np.zeros_like(total)
        own = mean * (1.0 + reserve / np.maximum(total, 1e-12))
        need = own if need is None else need + own
    assert need is not None
    found = []
    for i, item in enumerate(menu.ingredients.values()):
        if not need[:, i].any():
            continue
        until = np.array(
            [
                keeping[i, o].serve_until_s if option.brings(item.supplier) else -np.inf
                for o, option in enumerate(options)
            ]
        )
        found.append(
            Goods(
                item.name, item.storage, float(weight[i]), item.volume_m3_per_kg,
                item.mass_kg_per_kg, need[:, i], until,
            )
        )  # fmt: skip
    return found


def _sample_room(
    policy: ProvisioningPolicy,
    meals: Sequence[MealAsked],
    demands: Mapping[StockClass, Demand],
) -> Capacity:
    """Return the room that retained samples take where most of them are kept at once."""
    served = sum(d.expected_samples().sum(axis=1) for d in demands.values())
    times = np.array([m.time_s for m in meals])
    kept = [
        float(np.asarray(served)[(times <= t) & (times > t - policy.samples.kept_s)].sum())
        for t in times
    ]
    mass = max(kept, default=0.0) * policy.samples.mass_kg
    return Capacity(mass * 0.003, mass * 1.2)


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
    found: dict[StockClass, ClassStock] = {}
    for own in _SAMPLED:
        demand = demands[own]
        promise = (
            policy.service_level_principal if own == "principal" else policy.service_level_guests
        )
        ratio = policy.variance_to_mean if policy.variance_to_mean > 1.0 else None
        levels = remember(
            ("levels", demand_key(demand, checks, cost), promise, ratio, seed, higher[own]),
            partial(
                cheapest_levels, demand, checks, cost, promise, Sampler(demand, seed, ratio),
                higher=higher[own],
            ),
            packed=fields_of,
            unpacked=lambda kept: Levels(**kept),
        )  # fmt: skip
        found[own] = ClassStock(demand, checks, levels.kg, levels)
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


def _service(grounds: Stocking, weight: Array, remember: Remember) -> tuple[ServiceLevel, ...]:
    """Measure the promise of those who choose freely."""
    found = []
    for own in _SAMPLED:
        one = grounds.stocks[own]
        if one.levels is None or not one.demand.types:
            continue
        levels, demand, checks = one.levels, one.demand, one.checks
        factor = np.array([grounds.options[w.point].price_factor for w in checks.windows])
        cost = weight[checks.ingredient] * factor
        lots = grounds.lot_rows(own)
        ladder = ladder_of(grounds.menu, demand)

        def work(
            one: ClassStock = one, levels: Levels = levels, cost: Array = cost,
            lots: list[LotRow] = lots, ladder: dict[int, tuple[int, ...]] = ladder,
        ) -> ServiceLevel:  # fmt: skip
            alone = each_dish_alone(one.demand, one.checks, cost, levels.promise)
            return measured(
                one.demand, one.checks, levels, one.bought, lots, ladder, alone, grounds.seed
            )

        key = (
            "service", demand_key(demand, checks, cost), one.bought.tobytes(), tuple(lots),
            tuple(ladder.items()), levels.promise, grounds.seed,
        )  # fmt: skip
        found.append(
            remember(
                key,
                work,
                packed=lambda level: level.model_dump(),
                unpacked=lambda kept: ServiceLevel(**kept),
            )
        )
    return with_fill_rate(found, grounds.policy.fill_rate)
