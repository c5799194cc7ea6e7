"""Stores of a train as a plan records them: rooms, lots, deliveries, what is used when."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlaceRecord, PlanRecord, Utc

__all__ = [
    "BorderCrossing",
    "Custody",
    "Delivery",
    "EaterRecord",
    "FoodLimit",
    "FoodStep",
    "Held",
    "IngredientRecord",
    "Lot",
    "MealUse",
    "Missed",
    "Placement",
    "Seal",
    "ServiceLevel",
    "StockLevel",
    "StoreLine",
    "StoreRoom",
    "Stores",
    "SupplyRun",
]

StockName = Literal["principal", "guest", "house"]


class IngredientRecord(PlanRecord):
    """What a checker must know of goods."""

    name: str
    storage: str
    shelf_life_s: float
    after_thaw_s: float | None = None
    thaw_s: float = Field(default=0.0, description="in the chiller, before it can be cooked")
    volume_m3_per_kg: float
    mass_kg_per_kg: float
    allergens: tuple[str, ...] = ()
    diets: tuple[str, ...] = ()
    border_class: str = ""
    coldest_k: float | None = None
    warmest_k: float | None = None
    out_of_it_s: float | None = None


class StoreRoom(PlanRecord):
    """One store room of one coach."""

    id: str
    coach: str = Field(description="label and place in the train")
    storage: str
    volume_m3: float
    mass_kg: float
    kept_at_k: float
    distance_m: float = Field(description="to the stove")
    assumed: bool = True


class Placement(PlanRecord):
    """Where a part of a lot lies."""

    room: str
    kg: float


class Custody(PlanRecord):
    """One hand that a sealed lot passes through: it takes over from the one before."""

    time_utc: Utc = Field(description="takes it over")
    until_utc: Utc | None = Field(default=None, description="gives it on; None: keeps it")
    role: str
    what: str


class Seal(PlanRecord):
    """One line of the register of seals: goods of one supplier, for one purse and room."""

    id: str
    delivery: str
    supplier: str
    stock: StockName
    storage: str
    lots: tuple[str, ...]
    applied_utc: Utc
    broken_utc: Utc
    number: str = Field(default="to be entered", description="of the seal, when it is applied")
    seen_by: str = Field(default="to be entered", description="who compared it on the way")


class Lot(PlanRecord):
    """Goods of one kind that came together, for one purse."""

    id: str
    ingredient: str
    stock: StockName
    delivery: str
    kg: float
    expected_use_kg: float
    volume_m3: float
    mass_kg: float
    packed_utc: Utc
    loaded_utc: Utc
    use_by_utc: Utc = Field(description="end of its shelf life")
    serve_until_utc: Utc = Field(description="last meal it may serve: shelf life and borders")
    leaves_utc: Utc | None = Field(default=None, description="landed or destroyed before a border")
    leaves_because: str = ""
    supplier: str = ""
    seal: str = Field(default="", description="line of the register of seals")
    custody: tuple[Custody, ...] = ()
    out_of_storage_s: float = 0.0
    placements: tuple[Placement, ...] = ()


class Delivery(PlanRecord):
    """What is brought to the train at one place."""

    id: str
    mode: Literal["origin", "road", "air"]
    place: PlaceRecord
    from_utc: Utc = Field(description="train stands from, or loading begins")
    until_utc: Utc = Field(description="train leaves")
    due_utc: Utc = Field(description="stands there from: the earliest passage")
    waits_until_utc: Utc = Field(description="the latest passage")
    loading_s: float
    mass_kg: float
    goods_cost: float
    fixed_cost: float
    lots: tuple[str, ...] = ()
    base: PlaceRecord | None = Field(
        default=None, description="where it is gathered; None: the origin, or a market nearby"
    )
    barred: dict[str, str] = Field(
        default_factory=dict, description="class of food: why it may not be brought in"
    )


class StoreLine(PlanRecord):
    """One line of the store list."""

    ingredient: str
    storage: str
    bought_kg: float
    expected_use_kg: float
    cost: float
    waste_kg: float


class MealUse(PlanRecord):
    """What a meal is expected to use."""

    meal: str
    time_utc: Utc
    kg: dict[str, dict[str, float]] = Field(description="by stock, by ingredient")


class FoodStep(PlanRecord):
    """A step of the cold chain with its limit."""

    kind: Literal[
        "thaw",
        "retained sample",
        "live",
        "cooling",
        "reheating",
        "hot holding",
        "cold holding",
        "tasting",
    ]
    what: str
    meal: str
    kg: float
    start_utc: Utc
    end_utc: Utc
    limit_utc: Utc
    room: str = ""
    rule: str = ""
    by: str = Field(default="", description="who does it, where that matters")
    stage: int = Field(default=0, description="of cooling: 1 or 2")
    to_k: float | None = Field(default=None, description="reached by the end of the step")


class Held(PlanRecord):
    """How a finished dish is held, and how long at most."""

    kind: Literal["hot", "cold", "none", "live"]
    limit_s: float


class FoodLimit(PlanRecord):
    """Limits of time and temperature that the policy sets for food."""

    hot_held_at_k: float
    cold_held_at_k: float
    hot_uncontrolled_s: float
    cold_uncontrolled_s: float
    cold_uncontrolled_at_most_k: float
    prepared_keeps_s: float
    cooling_first_to_k: float
    cooling_first_s: float
    cooling_then_s: float
    reheat_to_k: float
    thaw_at_most_k: float
    live_planned_s: float
    live_at_most_s: float
    sample_at_most_k: float
    tasted_before_s: float


class EaterRecord(PlanRecord):
    """Who may choose which dishes."""

    group: str
    stock: StockName
    people: int
    diets: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    dishes: tuple[str, ...] = ()


class LeftOutRecord(PlanRecord):
    """A course or kind of drink that some people do without, and what they have in its stead."""

    group: str
    diets: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    people: int
    course: str
    instead: str = Field(default="", description="course or kind; empty: nothing")
    because: str = ""
    meals: tuple[str, ...]


class BorderCrossing(PlanRecord):
    """A border on the way and what may not cross it."""

    time_utc: Utc
    from_country: str
    to_country: str
    forbidden: dict[str, str] = Field(default_factory=dict, description="class: why")


class StockLevel(PlanRecord):
    """Stock of one storage class at a moment."""

    time_utc: Utc
    storage: str
    expected_m3: float
    most_m3: float = Field(description="where nearly the least is eaten")
    most_kg: float


class ServiceLevel(PlanRecord):
    """A promise and what fresh samples say of it."""

    stock: StockName
    promise: float
    target: float
    samples: int
    refused_journeys: int
    level: float
    lower_bound: float = Field(description="one-sided, 95 %")
    fill_rate: float
    promised_fill_rate: float = 0.0
    fill_rate_with_substitutes: float
    level_with_substitutes: float
    over_dispersed_level: float = Field(description="variance twice the mean")
    over_dispersed_fill_rate: float
    wrong_popularity_level: float
    wrong_popularity_fill_rate: float
    over_dispersed_samples: int = Field(default=0, description="journeys of that measure")
    wrong_popularity_samples: int = Field(default=0, description="journeys of that measure")
    cost: float
    cost_each_dish_alone: float
    saving: float


class Missed(PlanRecord):
    """What a late or missing delivery does: fill rates without it, and with it at a later stop."""

    delivery: str
    stock: StockName
    fill_rate: float
    fill_rate_with_substitutes: float
    first_refused_meal: str = ""
    dishes_lost: tuple[str, ...] = Field(default=(), description="the most often refused first")
    offered_instead: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="the ladder of a dish that is lost, in its order"
    )
    late_at: str = Field(default="", description="where a late delivery meets the train")
    late_fill_rate: float = 0.0
    late_fill_rate_with_substitutes: float = 0.0
    samples: int = Field(default=0, description="journeys that were served so")


class SupplyRun(PlanRecord):
    """How one delivery comes to the train, or why it cannot."""

    id: str
    delivery: str
    kind: Literal["supply flight", "supply truck"]
    title: str
    feasible: bool = True
    reasons: tuple[str, ...] = ()
    origin: str = ""
    destination: str = ""
    load_kg: float = 0.0
    depart_utc: Utc | None = None
    arrive_utc: Utc | None = None
    due_utc: Utc | None = None
    distance_m: float = 0.0
    vehicle: str = ""
    then: str = Field(default="", description="id of the run that takes the goods on")


class Stores(PlanRecord):
    """Everything that is carried to be eaten and drunk."""

    currency: str
    ingredients: tuple[IngredientRecord, ...] = ()
    dishes: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="ingredients of")
    eaters: tuple[EaterRecord, ...] = ()
    rooms: tuple[StoreRoom, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    lots: tuple[Lot, ...] = ()
    lines: tuple[StoreLine, ...] = ()
    uses: tuple[MealUse, ...] = ()
    steps: tuple[FoodStep, ...] = ()
    held: dict[str, Held] = Field(default_factory=dict, description="by dish")
    limits: FoodLimit | None = None
    seals: tuple[Seal, ...] = ()
    tasted: tuple[str, ...] = Field(default=(), description="meals of which a taster eats first")
    crossings: tuple[BorderCrossing, ...] = ()
    levels: tuple[StockLevel, ...] = ()
    service: tuple[ServiceLevel, ...] = ()
    missed: tuple[Missed, ...] = ()
    stand_ins: tuple[tuple[str, str, str], ...] = Field(
        default=(), description="meal, ingredient, what takes its place"
    )
    withdrawn: tuple[tuple[str, str], ...] = Field(default=(), description="meal, dish")
    left_out: tuple[LeftOutRecord, ...] = Field(
        default=(), description="what is not served to some, as nothing of it suits them"
    )
    sample_kg: float = 0.0
    sample_kept_s: float = 0.0
    sealed: bool = False
    cost: float = 0.0
    notes: tuple[str, ...] = ()
