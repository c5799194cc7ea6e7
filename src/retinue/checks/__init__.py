"""Independent checkers of finished plans: they read the plan and share no code with solvers.

Each document has checkers of its own, which are imported when it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding

if TYPE_CHECKING:
    from retinue.plan import Plan, Protection, Provision
    from retinue.plan.traffic_document import TrafficDocument

__all__ = [
    "Finding",
    "check_plan",
    "check_protection",
    "check_provision",
    "check_traffic_of",
    "plan_checkers",
    "protection_checkers",
    "provision_checkers",
]


def plan_checkers() -> tuple[Callable[[Plan], Finding], ...]:
    """Return every checker of a plan, in the order in which they report."""
    from retinue.checks.clocks import check_clocks
    from retinue.checks.consist import check_consists
    from retinue.checks.convoys import check_convoys
    from retinue.checks.crossings import check_crossings, check_outriders
    from retinue.checks.daylight import check_daylight
    from retinue.checks.flight_plan_message import check_flight_plan_messages
    from retinue.checks.flights import check_flights
    from retinue.checks.joins import check_joins
    from retinue.checks.money import check_money
    from retinue.checks.motion import check_motion
    from retinue.checks.permits import check_permits
    from retinue.checks.record import check_record
    from retinue.checks.support import check_support
    from retinue.checks.track import check_track

    return (
        check_record,
        check_clocks,
        check_joins,
        check_support,
        check_daylight,
        check_motion,
        check_consists,
        check_convoys,
        check_crossings,
        check_outriders,
        check_track,
        check_flights,
        check_flight_plan_messages,
        check_permits,
        check_money,
    )


def protection_checkers() -> tuple[Callable[[Plan, Protection], Finding], ...]:
    """Return every checker of a protection document against its plan."""
    from retinue.checks.closures import check_closures, check_passages
    from retinue.checks.duties import check_crews, check_duties
    from retinue.checks.fallbacks import check_command, check_fallbacks

    return (
        check_passages,
        check_closures,
        check_duties,
        check_crews,
        check_fallbacks,
        check_command,
    )


def provision_checkers() -> tuple[Callable[[Plan, Provision], Finding], ...]:
    """Return every checker of a provisioning document against its plan; that of its seal first."""
    from retinue.checks.carriage import check_carriage
    from retinue.checks.food_steps import check_prepared
    from retinue.checks.kitchen import check_kitchen
    from retinue.checks.provision import check_programme, check_provision_document, check_seal
    from retinue.checks.services import check_services
    from retinue.checks.stores import check_stores

    return (
        lambda _, document: check_seal(document),
        check_provision_document,
        lambda plan, document: check_stores(plan, document.stores),
        lambda plan, document: check_kitchen(plan, document.kitchen),
        lambda plan, document: check_prepared(document.kitchen, document.stores),
        lambda plan, document: check_carriage(document.stores, document.supplies),
        lambda plan, document: check_services(plan, document.services),
        check_programme,
    )


def check_plan(plan: Plan) -> list[Finding]:
    """Run every checker over a plan."""
    return [checker(plan) for checker in plan_checkers()]


def check_protection(plan: Plan, protection: Protection) -> list[Finding]:
    """Run every checker of protection."""
    return [checker(plan, protection) for checker in protection_checkers()]


def check_provision(plan: Plan, document: Provision, *, sealed: bool = True) -> list[Finding]:
    """Run every checker of provisioning; of a document that is not sealed yet all but the first."""
    return [checker(plan, document) for checker in provision_checkers()[0 if sealed else 1 :]]


def check_traffic_of(plan: Plan, document: TrafficDocument) -> list[Finding]:
    """Run every checker of traffic over a document beside its plan."""
    from retinue.checks.traffic import check_traffic
    from retinue.checks.traffic_document import check_traffic_document, own_policy
    from retinue.checks.traffic_rules import check_traffic_rules

    findings = [check_traffic_document(plan, document)]
    for part in document.legs:
        own = own_policy(part)
        findings += [check_traffic(part.record), *check_traffic_rules(part.record, policy=own)]
    return findings
