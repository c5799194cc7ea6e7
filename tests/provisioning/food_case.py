"""Small made-up stores, kitchens and lots for tests of the cold chain and of custody."""

from __future__ import annotations

from typing import Any

from retinue.plan.meals import KitchenJob, KitchenRecord
from retinue.plan.records import PlaceRecord
from retinue.plan.stores import (
    Delivery,
    FoodStep,
    Held,
    IngredientRecord,
    Lot,
    MealUse,
    Placement,
    StoreRoom,
    Stores,
    SupplyRun,
)
from retinue.provisioning.cold_chain import food_limits
from retinue.provisioning.policy import load_provisioning_policy

HOUR = 3600.0
#: The meal of the made-up stores.
NOON = 1_000_000_000.0
POLICY = load_provisioning_policy("five-cuisines")
PLACE = PlaceRecord(name="Halt", lat=43.8, lon=131.9, country="RU", zone="Asia/Vladivostok")


def job(
    station: str = "oven", step: int = 1, start_s: float = NOON - 8 * HOUR, lasts_s: float = HOUR,
    last_step: bool = False, **values: Any,
) -> KitchenJob:  # fmt: skip
    """Return a job of the one dish of the one meal."""
    given: dict[str, Any] = {
        "id": f"meal/Pie/{step}", "meal": "meal", "dish": "Pie", "step": step, "station": station,
        "portions": 4, "batches": 1, "cooks": ("cook 1",), "start_utc": start_s,
        "active_until_utc": start_s + lasts_s, "end_utc": start_s + lasts_s,
        "ready_by_utc": NOON, "served_until_utc": NOON + 0.25 * HOUR, "hold_s": 2 * HOUR,
        "last_step": last_step, "station_until_utc": start_s + lasts_s,
    }  # fmt: skip
    return KitchenJob(**(given | values))


def kitchen(*jobs: KitchenJob) -> KitchenRecord:
    """Return a kitchen of some jobs."""
    return KitchenRecord(jobs=jobs)


def goods(name: str, storage: str, **values: Any) -> IngredientRecord:
    """Return goods."""
    given: dict[str, Any] = {
        "name": name, "storage": storage, "shelf_life_s": 72 * HOUR, "volume_m3_per_kg": 0.002,
        "mass_kg_per_kg": 1.05, "border_class": "fresh fish",
    }  # fmt: skip
    return IngredientRecord(**(given | values))


def lot(name: str, **values: Any) -> Lot:
    """Return a lot that was packed a day and loaded three hours before the meal."""
    given: dict[str, Any] = {
        "id": f"d1/{name}/guest", "ingredient": name, "stock": "guest", "delivery": "d1",
        "kg": 2.0, "expected_use_kg": 1.0, "volume_m3": 0.004, "mass_kg": 2.1,
        "packed_utc": NOON - 24 * HOUR, "loaded_utc": NOON - 3 * HOUR,
        "use_by_utc": NOON + 24 * HOUR, "serve_until_utc": NOON + 20 * HOUR,
        "supplier": "fishmonger", "placements": (Placement(room="chiller", kg=2.0),),
    }  # fmt: skip
    return Lot(**(given | values))


def delivery(mode: str = "road", **values: Any) -> Delivery:
    """Return a delivery at the halt, due half an hour before the train."""
    given: dict[str, Any] = {
        "id": "d1", "mode": mode, "place": PLACE, "from_utc": NOON - 3 * HOUR,
        "until_utc": NOON - 2 * HOUR, "due_utc": NOON - 3.5 * HOUR,
        "waits_until_utc": NOON, "loading_s": 60.0, "mass_kg": 300.0, "goods_cost": 10.0,
        "fixed_cost": 5.0, "lots": ("d1/salmon/guest", "d1/lobster/principal"),
    }  # fmt: skip
    return Delivery(**(given | values))


def run(name: str, depart_h: float, arrive_h: float, then: str = "", **values: Any) -> SupplyRun:
    """Return a run by hours before the meal."""
    given: dict[str, Any] = {
        "id": f"d1/{name}", "delivery": "d1", "title": name, "then": then, "load_kg": 300.0,
        "kind": "supply flight" if name == "flight" else "supply truck", "vehicle": name,
        "destination": "somewhere", "depart_utc": NOON - depart_h * HOUR,
        "arrive_utc": NOON - arrive_h * HOUR,
    }  # fmt: skip
    return SupplyRun(**(given | values))


def step(kind: str, what: str, start_h: float, end_h: float, limit_h: float, **values: Any) -> Any:
    """Return a step by hours after the meal (before it: negative)."""
    return FoodStep.model_validate(
        {
            "kind": kind, "what": what, "meal": "meal", "kg": 1.0,
            "start_utc": NOON + start_h * HOUR, "end_utc": NOON + end_h * HOUR,
            "limit_utc": NOON + limit_h * HOUR, **values,
        }
    )  # fmt: skip


def stores(**values: Any) -> Stores:
    """Return sound stores: a fish, a lobster and frozen peas for one meal of the principal."""
    rooms = (
        StoreRoom(id="chiller", coach="kitchen", storage="chilled", volume_m3=1.0, mass_kg=500.0,
                  kept_at_k=276.15, distance_m=1.0),
        StoreRoom(id="freezer", coach="kitchen", storage="frozen", volume_m3=1.0, mass_kg=500.0,
                  kept_at_k=253.15, distance_m=1.0),
    )  # fmt: skip
    given: dict[str, Any] = {
        "currency": "EUR",
        "ingredients": (
            goods("salmon", "chilled"),
            goods("lobster", "live", border_class="live seafood"),
            goods("peas", "frozen", after_thaw_s=24 * HOUR, thaw_s=2 * HOUR, border_class="plant"),
        ),
        "dishes": {"Pie": ("salmon",)},
        "rooms": rooms,
        "deliveries": (delivery(),),
        "lots": (
            lot("salmon"),
            lot("lobster", id="d1/lobster/principal", stock="principal"),
            lot("peas", loaded_utc=NOON - 3 * HOUR, supplier="wholesaler"),
        ),
        "uses": (
            MealUse(meal="meal", time_utc=NOON,
                    kg={"guest": {"salmon": 1.0}, "principal": {"lobster": 1.0}}),
        ),
        "steps": (
            step("tasting", "each dish", -0.6, -0.5, -0.5),
            step("retained sample", "dishes", 0, 144, 144, room="freezer"),
            step("live", "lobster", -24, 20, 24, room="chiller"),
            step("thaw", "peas", -2, 0, 24, room="chiller"),
        ),
        "held": {"Pie": Held(kind="hot", limit_s=2 * HOUR)},
        "limits": food_limits(POLICY),
        "tasted": ("meal",),
        "sample_kg": 0.15,
        "sample_kept_s": 144 * HOUR,
        "sealed": True,
    }  # fmt: skip
    return Stores(**(given | values))
