"""How well a party is fed: service level, orders, meals, drinks, limits of the cold chain."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.journey import Role
from retinue.provisioning.dish import Course, DrinkKind
from retinue.provisioning.ingredient import STORAGES, Storage
from retinue.sourced import SourcedRecord
from retinue.units import Duration, Mass, Ratio, Temperature, Volume
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = [
    "ROLES",
    "DrinksRule",
    "FoodLimits",
    "MealClass",
    "MealRule",
    "ProvisioningPolicy",
    "QuietHours",
    "StorageLimit",
    "known_provisioning_policies",
    "load_provisioning_policy",
]

KIND = "provisioning"
ROLES: tuple[Role, ...] = ("principal", "guests", "officials", "guards", "staff", "crew")

_CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>\d{2})")


def _seconds_after_midnight(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _CLOCK.fullmatch(value.strip())
    if found is None or int(found["minutes"]) > 59 or int(found["hours"]) > 30:
        raise ValueError(f'"{value}" is no time of day; write e.g. "19:30", or "25:00" after one')
    return 3600.0 * int(found["hours"]) + 60.0 * int(found["minutes"])


def _finite(value: float) -> float:
    if not 0.0 <= value <= 30 * 3600.0:
        raise ValueError("a time of day lies between 00:00 and 30:00")
    return value


#: Seconds after midnight; hours from 24 on lie after the next midnight.
TimeOfDay = Annotated[float, BeforeValidator(_seconds_after_midnight), AfterValidator(_finite)]


class MealRule(SourcedRecord):
    """One meal of a day, on the clock of those who eat."""

    name: str = Field(min_length=1)
    from_s: TimeOfDay = Field(alias="from")
    until_s: TimeOfDay = Field(alias="until", description="end of service")
    ideal_s: TimeOfDay = Field(alias="ideal", description="best begin of service")
    stretch_s: Annotated[Duration, Field(ge=0, le=43_200.0)] = Field(
        default=7_200.0, alias="stretch", description="how far the window may give way"
    )
    sitting_s: Annotated[Duration, Field(gt=0, le=21_600.0)] = Field(alias="sitting")
    turn_s: Annotated[Duration, Field(ge=0, le=21_600.0)] = Field(
        default=900.0, alias="turn", description="to lay the tables for the next sitting"
    )

    @model_validator(mode="after")
    def _in_order(self) -> MealRule:
        if not self.from_s <= self.ideal_s <= self.until_s:
            raise ValueError('"ideal" lies outside of "from" and "until"')
        if self.from_s == self.until_s:
            raise ValueError('"from" and "until" are the same time')
        return self


class MealClass(SourcedRecord):
    """What those of one class eat at each meal: courses, and how likely each is taken."""

    menu: Literal["any dish", "dish of the day"] = Field(
        description="from the whole menu, or one dish a course for all"
    )
    choices: int = Field(default=2, ge=1, le=50, description="dishes of the day, a course")
    courses: dict[str, dict[Course, Ratio]] = Field(
        min_length=1, description="by meal: the share that takes a course"
    )
    sittings: dict[str, Annotated[Duration, Field(gt=0, le=21_600.0)]] = Field(
        default_factory=dict, description="length of a sitting by meal, where not the meal's own"
    )
    room_service: bool = False
    stewards_per_person: float = Field(
        gt=0, le=5, description="at the tables of one sitting, or serving people where they are"
    )

    @field_validator("courses")
    @classmethod
    def _shares(cls, courses: dict[str, dict[Course, float]]) -> dict[str, dict[Course, float]]:
        for meal, shares in courses.items():
            for course, share in shares.items():
                if not 0 <= share <= 5:
                    raise ValueError(f"{meal}: the share of {course} lies outside of 0 and 5")
        return courses

    def sitting_s(self, rule: MealRule) -> float:
        """Return how long one sitting of a meal lasts for this class."""
        return self.sittings.get(rule.name, rule.sitting_s)

    def portions(self, meal: str) -> float:
        """Return the portions that one person takes of a meal, all courses together."""
        return sum(self.courses.get(meal, {}).values())


class DrinksRule(SourcedRecord):
    """Servings of each kind of drink a person and day, by role."""

    roles: tuple[Role, ...] = Field(min_length=1)
    servings: dict[DrinkKind, float]

    @field_validator("servings")
    @classmethod
    def _plausible(cls, servings: dict[str, float]) -> dict[str, float]:
        for kind, number in servings.items():
            if not 0 <= number <= 40:
                raise ValueError(f"{kind}: {number} servings a day is not between 0 and 40")
        return servings


class QuietHours(SourcedRecord):
    """When nobody is disturbed: no meal, no loading beside the sleeping coaches."""

    from_s: TimeOfDay = Field(alias="from")
    until_s: TimeOfDay = Field(alias="until", description="of the next day where earlier")
    clock: Literal["body", "local"] = "body"


class StorageLimit(SourcedRecord):
    """At what temperature a storage class is kept, and how long it may be out of it."""

    storage: Storage
    coldest_k: Temperature | None = Field(default=None, alias="coldest")
    warmest_k: Temperature | None = Field(default=None, alias="warmest")
    out_of_it_s: Annotated[Duration, Field(ge=0)] | None = Field(
        default=None, alias="out of it", description="in all, e.g. while it is loaded"
    )

    @model_validator(mode="after")
    def _in_order(self) -> StorageLimit:
        if (
            self.coldest_k is not None
            and self.warmest_k is not None
            and not self.coldest_k < self.warmest_k
        ):
            raise ValueError('"coldest" is not below "warmest"')
        return self


class FoodLimits(SourcedRecord):
    """Limits of time and temperature of food that is prepared."""

    hot_held_at_k: Temperature = Field(alias="hot held at", description="or above")
    cold_held_at_k: Temperature = Field(alias="cold held at", description="or below")
    hot_uncontrolled_s: Annotated[Duration, Field(gt=0)] = Field(alias="hot uncontrolled")
    cold_uncontrolled_s: Annotated[Duration, Field(gt=0)] = Field(alias="cold uncontrolled")
    cold_uncontrolled_at_most_k: Temperature = Field(alias="cold uncontrolled at most")
    prepared_keeps_s: Annotated[Duration, Field(gt=0)] = Field(
        alias="prepared keeps", description='at "cold held at", day of making included'
    )
    cooling_first_to_k: Temperature = Field(alias="cooling first to")
    cooling_first_s: Annotated[Duration, Field(gt=0)] = Field(alias="cooling first")
    cooling_then_s: Annotated[Duration, Field(gt=0)] = Field(
        alias="cooling then", description='on to "cold held at"'
    )
    reheat_to_k: Temperature = Field(alias="reheat to")
    live_planned_s: Annotated[Duration, Field(gt=0)] = Field(
        alias="live planned", description="longest that live seafood is planned to wait"
    )
    live_at_most_s: Annotated[Duration, Field(gt=0)] = Field(alias="live at most")
    thaw_at_most_k: Temperature = Field(alias="thaw at most")

    @model_validator(mode="after")
    def _in_order(self) -> FoodLimits:
        rising = (self.cold_held_at_k, self.cooling_first_to_k, self.hot_held_at_k)
        if not rising[0] < rising[1] < rising[2] <= self.reheat_to_k:
            raise ValueError("cold holding, first cooling, hot holding and reheating must rise")
        if self.live_planned_s > self.live_at_most_s:
            raise ValueError('"live planned" is longer than "live at most"')
        return self

    def holding_limit_s(self, holding: Literal["hot", "cold", "none", "live"]) -> float:
        """Return how long a finished dish may wait without temperature control."""
        return {
            "hot": self.hot_uncontrolled_s,
            "cold": self.cold_uncontrolled_s,
            "none": 0.0,
            "live": 0.0,
        }[holding]


class RetainedSamples(SourcedRecord):
    """Samples kept of every batch, for the laboratory should somebody fall ill."""

    mass_kg: Mass = Field(alias="mass", gt=0, le=1, description="of each dish and batch")
    kept_s: Duration = Field(alias="kept", gt=0)
    at_most_k: Temperature = Field(alias="at most")
    tasted_before_s: Duration = Field(
        default=0.0, alias="tasted before", ge=0, description="a taster eats of it before serving"
    )


class ProvisioningPolicy(SourcedRecord):
    """How well, how safely and how thriftily a party is fed."""

    retinue_provisioning: Literal[1]
    title: str = Field(min_length=1)
    menu: str = Field(min_length=1)
    border_rules: str = "border_food"
    service_level_guests: Ratio = Field(gt=0, lt=1, description="no refusal on the whole journey")
    service_level_principal: Ratio = Field(gt=0, lt=1)
    fill_rate: Ratio = Field(
        gt=0, lt=1, description="share of the orders that are met, of guests and principal each"
    )
    order: Literal["free", "pre-order", "mixed"] = "free"
    ordered_ahead: Duration = Field(default=86_400.0, ge=0, le=30 * 86_400.0)
    variance_to_mean: float = Field(
        default=1.0, ge=0.1, le=20, description="of the demand for a dish; 1 is Poisson"
    )
    meals: tuple[MealRule, ...] = Field(min_length=1)
    classes: dict[str, MealClass] = Field(min_length=1)
    class_of: dict[Role, str]
    meals_by: dict[Role, Literal["body", "local"]] = Field(default_factory=dict)
    body_clock_follows: Duration = Field(
        default=3_600.0, ge=0, le=6 * 3600.0, description="the body's clock follows so far a day"
    )
    quiet_hours: QuietHours
    drinks: tuple[DrinksRule, ...] = ()
    water_per_person_day: Volume = Field(gt=0, le=1.0, description="to drink, wash and cook")
    drinking_water_per_person_day: Volume = Field(
        gt=0, le=0.1, description="a day of it is kept back in the tank of every coach"
    )
    storage: tuple[StorageLimit, ...]
    food: FoodLimits
    samples: RetainedSamples
    sealed_supply: bool = Field(default=False, description="every delivery sealed, seals listed")
    waste_price: float = Field(
        default=0.0, ge=0, le=1e4, description="weight of a kg thrown away, in the plan's currency"
    )
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> ProvisioningPolicy:
        if self.service_level_principal < self.service_level_guests:
            raise ValueError("the principal is promised less than the guests")
        names = [meal.name for meal in self.meals]
        if len(set(names)) != len(names):
            raise ValueError("a meal has two rules")
        for role in ROLES:
            if self.class_of.get(role) not in self.classes:
                raise ValueError(f'"class of" gives {role} no known class')
        for name, one in self.classes.items():
            unknown = sorted(set(one.courses) - set(names))
            if unknown:
                raise ValueError(f'class {name} eats "{unknown[0]}", which is no meal of the day')
            unknown = sorted(set(one.sittings) - set(names))
            if unknown:
                raise ValueError(f'class {name} sits at "{unknown[0]}", no meal of the day')
        kept = [limit.storage for limit in self.storage]
        missing = [one for one in STORAGES if one not in kept]
        if missing:
            raise ValueError(f'"storage" has no limits of {missing[0]} goods')
        if len(set(kept)) != len(kept):
            raise ValueError("a storage class has two limits")
        served = [role for rule in self.drinks for role in rule.roles]
        if len(set(served)) != len(served):
            raise ValueError('a role stands in two rules of "drinks"')
        return self

    def meal(self, name: str) -> MealRule | None:
        """Return the rule of a meal."""
        return next((rule for rule in self.meals if rule.name == name), None)

    def class_of_role(self, role: Role) -> MealClass:
        """Return what those of a role eat, where the journey says nothing else."""
        return self.classes[self.class_of[role]]

    def limit(self, storage: Storage) -> StorageLimit:
        """Return the temperatures of a storage class."""
        return next(one for one in self.storage if one.storage == storage)

    def drinks_of(self, role: Role) -> DrinksRule | None:
        """Return the drinks of a role."""
        return next((rule for rule in self.drinks if role in rule.roles), None)


def known_provisioning_policies(folder: Path | None = None) -> list[str]:
    """Return the names of the policies in the catalogues."""
    return known_names(KIND, folder)


def load_provisioning_policy(
    name: str, folder: Path | None = None, *, where: str = ""
) -> ProvisioningPolicy:
    """Load a policy of provisioning by name or path.

    Raises
    ------
    InputError
        Where there is no such policy, or for any fault in it.
    """
    path = find_file(
        KIND,
        name,
        folder,
        what="policy of provisioning",
        where=where,
        begins="retinue provisioning",
    )
    node = read_yaml(path, shown_as(path)).copy()
    if not isinstance(node.value, dict) or "retinue provisioning" not in node.value:
        raise InputError(
            "this is not a policy of provisioning: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue provisioning: 1".',
        )
    for key in ("meals", "classes", "drinks", "storage"):
        _inherit(node, key)
    for key in ("quiet hours", "food", "samples"):
        if key in node.value:
            _give(node, node.value[key])
    return validate(node, ProvisioningPolicy)


def _inherit(node: Node, key: str) -> None:
    listed = node.value.get(key)
    if listed is None or not isinstance(listed.value, list | dict):
        return
    records = listed.value if isinstance(listed.value, list) else list(listed.value.values())
    for record in records:
        _give(node, record)


def _give(node: Node, record: Node) -> None:
    """Let a record stand on the file's source where it names none."""
    if isinstance(record.value, dict):
        for key in ("source", "confidence"):
            if key in node.value:
                record.value.setdefault(key, node.value[key])
