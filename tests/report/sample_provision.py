"""A small provisioning of the sample plan: two days, two deliveries, every kind of record."""

from __future__ import annotations

from typing import Any

from retinue.clock import parse_moment
from retinue.plan import Plan, Provision
from retinue.plan.meals import (
    ClosedTime,
    CookShift,
    KitchenJob,
    KitchenRecord,
    MealRecord,
    RoomService,
    Sitting,
    StationRecord,
    Stretch,
)
from retinue.plan.programme import ProgrammeConflict, ProgrammeEntry, ProgrammeRecord
from retinue.plan.provision import CardCourse, CardItem, GroupRecord, MenuCardRecord
from retinue.plan.records import Assumption, CostItem, Note, PlaceRecord, Source
from retinue.plan.services import (
    EnergyRecord,
    ServicesRecord,
    ServiceStop,
    TankRecord,
    WasteForecast,
)
from retinue.plan.stores import (
    BorderCrossing,
    Custody,
    Delivery,
    FoodStep,
    IngredientRecord,
    Lot,
    MealUse,
    Missed,
    Placement,
    Seal,
    ServiceLevel,
    StockLevel,
    StoreLine,
    StoreRoom,
    Stores,
    SupplyRun,
)

__all__ = ["at", "sample_provision"]

HOME = "Asia/Pyongyang"
AWAY = "Asia/Vladivostok"


def at(text: str) -> float:
    """Return a moment of the journey's first clock."""
    return parse_moment(f"2023-09-{text} {HOME}")


#: id, kind, clock, zone, begin, people
_MEALS = (
    ("1-dinner", "dinner", "local", HOME, "10 19:00", {"guards": 30, "staff": 12}),
    ("1-dinner-body", "dinner", "body", HOME, "10 19:30", {"principal": 1}),
    ("2-lunch", "lunch", "local", HOME, "11 11:30", {"guards": 30, "staff": 12}),
    ("2-dinner", "dinner", "local", AWAY, "11 20:30", {"guards": 30, "staff": 12}),
)


def _meal(
    id_: str, kind: str, clock: Any, zone: str, begin: str, people: dict[str, int]
) -> MealRecord:
    moment = at(begin)
    return MealRecord(
        id=id_, kind=kind, leg="rail-1", clock=clock, zone=zone, ideal_utc=moment,
        time_utc=moment, local_offset_s=32400.0 if zone == HOME else 36000.0,
        body_offset_s=32400.0 if clock == "body" else None, people=people,
        windows=(Stretch(from_utc=moment - 1800, until_utc=moment + 5400),),
        moved_because=("toilets locked Tumangang",) if id_ == "2-dinner" else (),
        between="Kowon - Hamhung",
    )  # fmt: skip


def _jobs() -> tuple[KitchenJob, ...]:
    jobs = []
    for meal, _, _, _, begin, people in _MEALS:
        served = at(begin)
        for k, (dish, station) in enumerate((("Borscht", "steam"), ("Bibimbap", "wok"))):
            start = served - 5400 + 1800 * k
            jobs.append(
                KitchenJob(
                    id=f"{meal}/{dish}", meal=meal, dish=dish, step=1, station=station,
                    portions=sum(people.values()), batches=1, cooks=(f"cook {k + 1}",),
                    start_utc=start, active_until_utc=start + 1500, end_utc=start + 3000,
                    ready_by_utc=served, served_until_utc=served + 3600, hold_s=600.0,
                    station_until_utc=start + 3000,
                )
            )  # fmt: skip
    return tuple(jobs)


def _kitchen() -> KitchenRecord:
    return KitchenRecord(
        closed=(
            ClosedTime(from_utc=at("10 23:00"), until_utc=at("11 06:30"), kind="quiet hours",
                       place="", why="quiet hours"),
            ClosedTime(from_utc=at("11 16:00"), until_utc=at("11 18:30"), kind="toilets locked",
                       place="Tumangang", why="coaches stand on lifts"),
            ClosedTime(from_utc=at("11 19:10"), until_utc=at("11 19:35"), kind="border",
                       place="Khasan", why="officers go through the train"),
        ),
        meals=tuple(_meal(*one) for one in _MEALS),
        sittings=tuple(
            Sitting(from_utc=at(begin) + 3600 * n, until_utc=at(begin) + 3600 * n + 3000,
                    meal=meal, number=n + 1, coach="Dining", seats=30, people={group: count},
                    stewards=2)
            for meal, _, clock, _, begin, people in _MEALS if clock == "local"
            for n, (group, count) in enumerate(people.items())
        ),
        room_service=(
            RoomService(from_utc=at("10 19:30"), until_utc=at("10 21:00"), meal="1-dinner-body",
                        group="principal", people=1, because="served where they are"),
        ),
        stations=tuple(
            StationRecord(station=name, capacity=4, source="planning", confidence="assumed")
            for name in ("steam", "wok")
        ),
        jobs=_jobs(),
        shifts=tuple(
            CookShift(cook=f"cook {k}", start_utc=at(f"{day} 09:00"), end_utc=at(f"{day} 21:30"),
                      work_s=9000.0, rest_before_s=None if day == "10" else 13 * 3600.0)
            for day in ("10", "11") for k in (1, 2)
        ),
        cooks=2, cooks_proven=True, cooks_bound=2, team=2, team_proven=True,
        longest_duty_s=43200.0, longest_work_s=36000.0, least_rest_s=36000.0, seats=30, stewards=2,
        sittings_proven=True, before_departure=("Black cod in miso, step 1: cold",),
    )  # fmt: skip


_GOODS = (
    # name, storage, supplier, delivery, kg of the principal, kg of guests
    ("beef shin", "chilled", "butcher", "origin", 1.5, 12.25),
    ("ice cream", "frozen", "dairy", "origin", 0.4, 6.0),
    ("rice", "dry", "wholesaler", "origin", 1.0, 40.0),
    ("live lobster", "live", "fishmonger", "stop", 2.0, 4.5),
    ("spinach", "chilled", "greengrocer", "stop", 0.25, 8.0),
)


def _lots() -> tuple[Lot, ...]:
    lots = []
    for name, storage, supplier, delivery, principal, guests in _GOODS:
        loaded = at("10 15:00") if delivery == "origin" else at("11 10:10")
        for stock, kg in (("principal", principal), ("guest", guests)):
            lots.append(
                Lot(
                    id=f"{delivery}/{name}/{stock}", ingredient=name, stock=stock,
                    delivery=delivery, kg=kg, expected_use_kg=kg * 0.7, volume_m3=kg * 0.002,
                    mass_kg=kg * 1.05, packed_utc=loaded - 28800, loaded_utc=loaded,
                    use_by_utc=loaded + 4 * 86400, serve_until_utc=loaded + 4 * 86400 - 7200,
                    supplier=supplier, seal=f"{delivery}/{supplier}/{stock}",
                    custody=(
                        Custody(time_utc=loaded - 28800, role=f"supplier ({supplier})",
                                what="sealed"),
                        Custody(time_utc=loaded, role="chief steward", what="seal broken"),
                    ),
                    placements=(Placement(room=f"11-{storage}", kg=kg),),
                )
            )  # fmt: skip
    return tuple(lots)


def _stores() -> Stores:
    lots = _lots()
    kinds = list(dict.fromkeys(storage for _, storage, *_ in _GOODS))
    place = PlaceRecord(name="Pyongyang", lat=39.0, lon=125.7, country="KP", zone=HOME)
    stop = PlaceRecord(name="Chongjin", lat=41.8, lon=129.8, country="KP", zone=HOME)
    brought = {
        name: tuple(lot.id for lot in lots if lot.delivery == name) for name in ("origin", "stop")
    }
    return Stores(
        currency="EUR",
        ingredients=tuple(
            IngredientRecord(name=name, storage=storage, shelf_life_s=4 * 86400.0,
                             volume_m3_per_kg=0.002, mass_kg_per_kg=1.05, coldest_k=273.15,
                             warmest_k=278.15)
            for name, storage, *_ in _GOODS
        ),
        dishes={"Borscht": ("beef shin",), "Bibimbap": ("rice", "spinach")},
        rooms=tuple(
            StoreRoom(id=f"11-{kind}", coach="Kitchen (11)", storage=kind, volume_m3=1.0,
                      mass_kg=400.0, kept_at_k=276.15, distance_m=3.0)
            for kind in kinds
        ),
        deliveries=(
            Delivery(id="origin", mode="origin", place=place, from_utc=at("10 14:00"),
                     until_utc=at("10 17:00"), due_utc=at("10 14:00"),
                     waits_until_utc=at("10 17:00"), loading_s=0.0, mass_kg=64.2, goods_cost=900.0,
                     fixed_cost=0.0, lots=brought["origin"]),
            Delivery(id="stop", mode="road", place=stop, from_utc=at("11 10:00"),
                     until_utc=at("11 10:30"), due_utc=at("11 09:40"),
                     waits_until_utc=at("11 12:00"), loading_s=240.0, mass_kg=15.5,
                     goods_cost=300.0, fixed_cost=600.0, lots=brought["stop"]),
        ),
        lots=lots,
        lines=tuple(
            StoreLine(ingredient=name, storage=storage, bought_kg=a + b, expected_use_kg=a,
                      cost=10.0, waste_kg=1.0)
            for name, storage, _, _, a, b in _GOODS
        ),
        uses=tuple(MealUse(meal=m[0], time_utc=at(m[4]), kg={}) for m in _MEALS),
        steps=(
            FoodStep(kind="thaw", what="frozen prawns", meal="2-lunch", kg=3.0,
                     start_utc=at("10 22:00"), end_utc=at("11 09:00"), limit_utc=at("11 21:00"),
                     room="11-chilled", rule="thawed in the chiller"),
            FoodStep(kind="retained sample", what="about 9 dishes", meal="2-lunch", kg=1.2,
                     start_utc=at("11 11:30"), end_utc=at("18 11:30"), limit_utc=at("18 11:30"),
                     room="11-chilled", rule="150 g of each dish"),
        ),
        crossings=(
            BorderCrossing(time_utc=at("11 19:08"), from_country="KP", to_country="RU",
                           forbidden={"fresh meat": "no certificate"}),
        ),
        levels=tuple(
            StockLevel(time_utc=at(when), storage=kind, expected_m3=share * 0.05,
                       most_m3=share * 0.06, most_kg=20.0)
            for kind in kinds
            for when, share in (("10 17:30", 1.0), ("10 20:00", 0.7), ("11 10:10", 0.9),
                                ("11 21:00", 0.3))
        ),
        service=tuple(
            ServiceLevel(stock=stock, promise=promise, target=promise + 0.0005, samples=20000,
                         refused_journeys=7, level=level, lower_bound=level - 0.0003,
                         fill_rate=0.99999, fill_rate_with_substitutes=0.999995,
                         level_with_substitutes=0.9999, over_dispersed_level=0.95,
                         over_dispersed_fill_rate=0.9991,
                         wrong_popularity_level=0.99, wrong_popularity_fill_rate=0.9998, cost=500.0,
                         cost_each_dish_alone=640.0, saving=0.219)
            for stock, promise, level in (("principal", 0.999, 0.99965), ("guest", 0.99, 0.9993))
        ),
        missed=(
            Missed(delivery="stop", stock="guest", fill_rate=0.97, fill_rate_with_substitutes=0.995,
                   first_refused_meal="2-dinner", dishes_lost=("Bibimbap",)),
        ),
        seals=tuple(
            Seal(id=f"{d}/{s}/{k}", delivery=d, supplier=s, stock=k, storage=c,
                 lots=(f"{d}/{n}/{k}",), applied_utc=at("10 07:00"), broken_utc=at("10 15:00"))
            for n, c, s, d, _, _ in _GOODS for k in ("principal", "guest")
        ),
        stand_ins=(("2-dinner", "spinach", "pak choi"),),
        withdrawn=(("2-dinner", "Lobster thermidor"),),
        sealed=True,
        cost=1800.0,
        notes=("live goods are bought for two meals",),
    )  # fmt: skip


def _services() -> ServicesRecord:
    def tank(kind: str, number: int, role: str, levels: tuple[float, ...], up: bool) -> TankRecord:
        return TankRecord(
            kind=kind, coach=f"{number} {role.capitalize()}", coach_number=number, role=role,
            capacity_m3=2.0, least_m3=0.2, fills_up=up, source="planning", confidence="assumed",
            time_utc=(at("10 17:30"), at("11 10:05"), at("11 10:05"), at("11 23:00")),
            level_m3=levels,
        )  # fmt: skip

    return ServicesRecord(
        tanks=(
            tank("water", 3, "guards", (2.0, 0.9, 2.0, 1.4), False),
            tank("water", 9, "kitchen", (2.0, 0.5, 2.0, 1.1), False),
            tank("waste", 3, "guards", (0.0, 0.8, 0.8, 1.3), True),
        ),
        stops=(
            ServiceStop(kind="water", place="Chongjin", leg="rail-1", zone=HOME,
                        start_utc=at("11 10:03"), end_utc=at("11 10:20"),
                        stop_arrive_utc=at("11 10:00"), stop_depart_utc=at("11 10:30"),
                        distance_m=700_000.0, amounts_m3={"3 Guards": 1.1, "9 Kitchen": 1.5},
                        assumed="hydrants stand there"),
            ServiceStop(kind="waste", place="Rajin", leg="rail-1", zone=HOME,
                        start_utc=at("11 11:00"), end_utc=at("11 11:10"), distance_m=750_000.0,
                        proposed=True, because="no planned stop in time",
                        amounts_m3={"3 Guards": 0.8}),
        ),
        energy=EnergyRecord(
            time_utc=(at("10 17:30"), at("11 23:00")), outside_k=(290.0, 285.0),
            load_w=(90_000.0, 80_000.0), heating_w=(0.0, 20_000.0), cooling_w=(5_000.0, 0.0),
            total_kwh=2400.0, heating_kwh=200.0, cooling_kwh=40.0, fuel_m3=0.7,
            fed_by="Generator",
        ),
        waste=(WasteForecast(kind="waste", total_m3=1.3, left_at_end_m3=0.5, per_day_m3=1.1),),
        unserved=(),
    )  # fmt: skip


def _cards() -> tuple[MenuCardRecord, ...]:
    names = (
        ("Borscht", "Борщ", "russian", (9,)), ("Kung pao chicken", "宫保鸡丁", "chinese", (1, 5)),
        ("Bibimbap", "비빔밥", "korean", (3, 6)), ("Eel on rice", "うなぎ丼", "japanese", (4,)),
        ("Crème brûlée", "Crème brûlée à la vanille", "french", (3, 7)),
        ("Stuffed vine leaves", "ورق عنب", "guest's own", ()),
    )  # fmt: skip
    items = tuple(
        CardItem(name=n, native_name=o, kind=k, allergens=a, mark="vegan" if not a else "")
        for n, o, k, a in names
    )
    legend = {"1": "gluten", "3": "eggs", "4": "fish", "5": "peanuts", "6": "soybeans",
              "7": "milk", "9": "celery"}  # fmt: skip
    whole = MenuCardRecord(
        id="all", title="Five cuisines", courses=(CardCourse(title="main", items=items),),
        legend=legend,
    )  # fmt: skip
    without = MenuCardRecord(
        id="guards-without-peanuts", title="Five cuisines: without peanuts", group="guards",
        without=("peanuts",), legend={"9": "celery"},
        courses=(CardCourse(title="main", items=items[:1]),),
    )  # fmt: skip
    return (whole, without)


def sample_provision(plan: Plan) -> Provision:
    """Return the sealed provisioning of the sample plan."""
    return Provision(
        plan_hash=plan.hash,
        title=plan.title,
        retinue="0.1.0",
        policy="five-cuisines",
        policy_title="Any dish of five cuisines",
        menu="five-cuisines",
        menu_title="Five cuisines",
        groups=(
            GroupRecord(role="principal", people=1, meal_class="state", body_zone=HOME,
                        meals_by="body"),
            GroupRecord(role="guards", people=30, meal_class="crew", body_zone=HOME,
                        meals_by="local", diets={"vegetarian": 2}, allergies={"peanuts": 1}),
            GroupRecord(role="staff", people=12, meal_class="crew", body_zone=HOME,
                        meals_by="local"),
        ),
        kitchen=_kitchen(),
        services=_services(),
        stores=_stores(),
        supplies=(
            SupplyRun(id="stop/truck", delivery="stop", kind="supply truck",
                      title="Supplies to Chongjin", origin="Hamhung", destination="Chongjin",
                      load_kg=15.5, depart_utc=at("11 05:00"), arrive_utc=at("11 09:30"),
                      due_utc=at("11 09:40"), distance_m=240_000.0, vehicle="supply truck"),
        ),
        programme=ProgrammeRecord(
            entries=(
                ProgrammeEntry(id="1 talks", what="talks", kind="meeting", who=("principal",),
                               where="conference", start_utc=at("11 11:45"),
                               end_utc=at("11 12:45"), zone=HOME, local="11 Sep 11:45 +09",
                               body="11:45"),
            ),
            conflicts=(
                ProgrammeConflict(kind="meal", entry="1 talks", other="2-lunch",
                                  from_utc=at("11 11:45"), until_utc=at("11 12:20"),
                                  text="talks: staff at 2-lunch"),
            ),
        ),
        cards=_cards(),
        costs=(
            CostItem(what="goods, chilled", quantity=23.1, unit="kg", price=11.0, currency="EUR",
                     amount=254.1, amount_base=254.1, source="prices", confidence="assumed"),
            CostItem(what="deliveries by road", quantity=1.0, unit="delivery", price=600.0,
                     currency="EUR", amount=600.0, amount_base=600.0, source="rules",
                     confidence="assumed"),
        ),
        cost_total=854.1,
        currency="EUR",
        notes=(Note(level="warning", subject="stop proposed at Rajin", text="waste"),),
        assumptions=(
            Assumption(subject="store rooms", what="volume", value="1 m3", because="unpublished"),
        ),
        sources=(Source(id="recipes", text="Retinue's own recipes", confidence="K"),),
    ).sealed()  # fmt: skip
