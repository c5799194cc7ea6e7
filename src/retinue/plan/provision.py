"""The provisioning of a plan: how the train is a house, as a document beside the plan.

It names the plan it belongs to and holds everything that is eaten, cooked, stored, brought,
served and done on board, with the clock of the plan.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field, ValidationError

from retinue.errors import InputError
from retinue.plan.consist import ConsistRecord
from retinue.plan.meals import KitchenRecord
from retinue.plan.programme import ProgrammeRecord
from retinue.plan.records import Assumption, CostItem, JsonDict, Note, PlanRecord, Source
from retinue.plan.sealed import SealedDocument, text_digest
from retinue.plan.services import ServicesRecord
from retinue.plan.stores import Stores, SupplyRun

__all__ = ["SCHEMA", "CardCourse", "CardItem", "GroupRecord", "MenuCardRecord", "Provision"]

SCHEMA: Literal["retinue-provision/1"] = "retinue-provision/1"


class GroupRecord(PlanRecord):
    """Those of one role, as they are fed."""

    role: str
    people: int
    meal_class: str
    body_zone: str
    meals_by: Literal["body", "local"]
    diets: dict[str, int] = Field(default_factory=dict)
    allergies: dict[str, int] = Field(default_factory=dict)


class CardItem(PlanRecord):
    """One line of a menu card."""

    name: str
    native_name: str = ""
    kind: str = Field(description="cuisine of a dish, kind of a drink")
    allergens: tuple[int, ...] = Field(default=(), description="numbers of the legend")
    mark: str = ""


class CardCourse(PlanRecord):
    """A course of a card, or its drinks."""

    title: str
    items: tuple[CardItem, ...]


class MenuCardRecord(PlanRecord):
    """A menu card: for everybody, or for one group without what its people may not eat."""

    id: str
    title: str
    group: str = Field(default="", description="empty: for everybody")
    without: tuple[str, ...] = Field(default=(), description="allergens left out")
    courses: tuple[CardCourse, ...] = ()
    legend: dict[str, str] = Field(default_factory=dict, description="allergen by its number")


class Provision(SealedDocument):
    """Everything that makes the train a house."""

    schema_: Literal["retinue-provision/1"] = Field(default=SCHEMA, alias="schema")
    plan_hash: str
    title: str
    hash: str = ""
    retinue: str = Field(default="", description="version that made it")
    policy: str
    policy_title: str = ""
    menu: str
    menu_title: str = ""
    seed: int = 1
    extra_files: dict[str, str] = Field(
        default_factory=dict, description="users' own policies, menus ... by name, word for word"
    )
    groups: tuple[GroupRecord, ...] = ()
    kitchen: KitchenRecord
    services: ServicesRecord
    stores: Stores
    supplies: tuple[SupplyRun, ...] = Field(
        default=(), description="how the planner answers each re-supply"
    )
    programme: ProgrammeRecord = ProgrammeRecord()
    consist: ConsistRecord | None = Field(default=None, description="where a formation was chosen")
    cards: tuple[MenuCardRecord, ...] = ()
    costs: tuple[CostItem, ...] = Field(default=(), description="goods, deliveries and services")
    cost_total: float = 0.0
    currency: str = ""
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    figures: JsonDict = Field(default_factory=dict, description="totals for the cover sheet")

    @classmethod
    def from_json(cls, text: str, name: str = "provision.json", *, jobs: bool = True) -> Provision:
        """Read the document.

        Parameters
        ----------
        jobs
            Whether the single jobs of the kitchen are wanted, which are most of it.

        Raises
        ------
        InputError
            Where the text is no such document, or was changed after it was made.
        """
        try:
            record = json.loads(text)
            if not isinstance(record, dict) or record.get("schema") != SCHEMA:
                raise ValueError(f"its schema is not {SCHEMA}")
            own = str(record.get("hash"))
            as_written = text_digest(text, own) == own
            if as_written and not jobs:
                record["kitchen"]["jobs"] = []
            found = cls.model_validate(record)
        except (ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
            raise InputError(
                f"this is not a sound provisioning document: {str(error).splitlines()[0]}",
                where=name,
                cure="Make it again: retinue provision PLAN.",
            ) from error
        if not as_written and found.digest() != found.hash:
            raise InputError(
                "its hash differs: it was changed after it was made, or made by another version",
                where=name,
                cure="Make it again: retinue provision PLAN.",
            )
        return found
