"""Policy files: per class of site what is done, how early, by whom, and what it may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.protection.site import SITE_CLASSES
from retinue.sourced import SourcedRecord
from retinue.units import Acceleration, Duration, Length, Ratio, Speed
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = [
    "CrewRule",
    "EmergencyFigures",
    "PatrolRule",
    "Policy",
    "SiteRule",
    "TrafficRules",
    "known_policies",
    "load_policy",
]

KIND = "policies"


class SiteRule(SourcedRecord):
    """What is done at one class of site.

    Times count back from the head of the first movement that is protected there, or on from
    the tail of the last.
    """

    close: bool = False
    close_before: Duration = Field(default=0.0, ge=0, description="closed so long before the head")
    open_after: Duration = Field(default=0.0, ge=0, description="opened so long after the tail")
    closure_budget: Duration | None = Field(default=None, gt=0)
    guard: bool = False
    guard_before: Duration = Field(default=0.0, ge=0)
    sweep: bool = False
    sweep_takes: Duration = Field(default=0.0, ge=0)
    sweep_per_100_m: Duration = Field(default=0.0, ge=0, description="added by length of the site")
    sweep_valid: Duration | None = Field(
        default=None, gt=0, description="unheld; None: only while held until the passage"
    )
    sweep_from: Duration = Field(default=6 * 3600.0, gt=0, description="earliest before the head")
    lock: bool = False
    lock_before: Duration = Field(default=0.0, ge=0)
    seal: bool = False
    seal_before: Duration = Field(default=0.0, ge=0)
    isolate_power: bool = False
    people: int = Field(default=2, ge=1)
    skills: tuple[str, ...] = ()
    go_no_go_before: Duration = Field(default=0.0, ge=0, description="latest decision")


class PatrolRule(SourcedRecord):
    """Men who walk the line before the train."""

    walk: bool = False
    beat_at_most: Length = Field(default=5_000.0, gt=0)
    pace: Speed = Field(default=3 / 3.6, gt=0)
    a_day_at_most: Length = Field(default=20_000.0, gt=0)
    ends_before: Duration = Field(default=1_800.0, ge=0, description="before the head")
    begins_at_most_before: Duration = Field(default=6 * 3600.0, gt=0)
    people: int = Field(default=2, ge=1)
    skills: tuple[str, ...] = ()


class EmergencyFigures(SourcedRecord):
    """Figures of the rule by which an emergency vehicle is let across."""

    train_deceleration: Acceleration = Field(gt=0, description="full service braking")
    brake_build_up: Duration = Field(ge=0)
    convoy_deceleration: Acceleration = Field(gt=0)
    message: Duration = Field(ge=0, description="from the call to the driver's hand")
    clearing: Duration = Field(ge=0, description="vehicle over the site, once it may go")
    margin: Duration = Field(ge=0)
    gate: Duration = Field(ge=0, description="to open and close the barrier by hand")
    rail_decides: str = "signaller"
    road_decides: str = "convoy commander"


class CrewRule(SourcedRecord):
    """Hours of one kind of crew."""

    kind: Literal["train crew", "pilots", "cabin crew", "drivers", "post"]
    longest_duty: Duration = Field(gt=0)
    longest_driving: Duration | None = Field(default=None, gt=0, description="without a break")
    break_: Duration = Field(default=0.0, ge=0)
    rest: Duration = Field(gt=0)
    sign_on: Duration = Field(default=0.0, ge=0)
    sign_off: Duration = Field(default=0.0, ge=0)
    people: int = Field(default=2, ge=1)


class TrafficRules(SourcedRecord):
    """Rules on other trains; the traffic step keeps them, each can be off."""

    none_beside: bool = True
    none_overtaking: bool = True
    none_crossing_above: bool = True
    opposite_held: bool = False
    freight_stands_within: Duration | None = None
    shunting_stopped_before: Duration | None = None
    no_works_before: Duration | None = None
    nothing_between: bool = True
    dangerous_goods_away: bool = True
    stations_sealed: bool = Field(
        default=False, description="no other train in a station meanwhile"
    )
    binds: dict[str, tuple[Literal["intercity", "regional", "freight", "special"], ...]] = Field(
        default_factory=dict, description="classes of train that a rule binds; unnamed: all"
    )

    @field_validator("binds")
    @classmethod
    def _known_rules(cls, binds: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        known = sorted(
            cls._key_of(name)
            for name in cls.model_fields
            if name not in ("binds", *SourcedRecord.model_fields)
        )
        unknown = sorted(set(binds) - set(known))
        if unknown:
            raise ValueError(f'"{unknown[0]}" is no rule; rules: {", ".join(known)}')
        return binds


class Policy(SourcedRecord):
    """How strictly a journey is protected."""

    retinue_policy: Literal[1]
    title: str
    advance_before: Duration = Field(ge=0, description="advance train ahead of the main train")
    clear_blocks: int = Field(default=2, ge=0)
    advance_at_most: Duration = Field(gt=0)
    coverage: Ratio = Field(gt=0, lt=1, description="of each band of passage")
    sites: dict[str, SiteRule]
    patrol: PatrolRule
    emergency: EmergencyFigures
    crews: tuple[CrewRule, ...]
    traffic: TrafficRules
    public_budget: float | None = Field(
        default=None, gt=0, description="vehicle-hours of the whole journey"
    )
    check_in: Duration = Field(default=900.0, gt=0)
    lost_contact_after: Duration = Field(default=600.0, gt=0)
    haven_interval: Duration = Field(default=1_800.0, gt=0)
    hospital_within: Duration = Field(default=600.0, gt=0)
    spare_locomotive: bool = False
    spare_aircraft: bool = False
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @field_validator("sites")
    @classmethod
    def _known_classes(cls, sites: dict[str, SiteRule]) -> dict[str, SiteRule]:
        unknown = sorted(set(sites) - set(SITE_CLASSES))
        if unknown:
            raise ValueError(
                f'"{unknown[0]}" is no class of site; known: {", ".join(SITE_CLASSES)}'
            )
        return sites

    @model_validator(mode="after")
    def _one_rule_a_crew(self) -> Policy:
        kinds = [rule.kind for rule in self.crews]
        if len(set(kinds)) != len(kinds):
            raise ValueError("a kind of crew has two rules")
        return self

    def rule(self, site_class: str) -> SiteRule | None:
        """Return the rule of a class of site; None where nothing is done there."""
        return self.sites.get(site_class)

    def crew(self, kind: str) -> CrewRule | None:
        """Return the hours of a kind of crew."""
        return next((rule for rule in self.crews if rule.kind == kind), None)


def known_policies(folder: Path | None = None) -> list[str]:
    """Return the names of the policies in the catalogues."""
    return known_names(KIND, folder)


def load_policy(name: str, folder: Path | None = None, *, where: str = "") -> tuple[Policy, str]:
    """Load a policy by name or path; return it with its text.

    Raises
    ------
    InputError
        Where there is no such policy, or any fault in it.
    """
    path = find_file(KIND, name, folder, what="policy", where=where)
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue policy" not in node.value:
        raise InputError(
            "this is not a policy: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue policy: 1".',
        )
    return validate(node, Policy), path.read_text(encoding="utf-8")
