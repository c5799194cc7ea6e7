"""What every rule of a formation problem is called and says, with the cure where it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.rail.consist_problem import ConsistProblem

__all__ = ["NOT_ALWAYS", "RuleWords", "fixed_rules", "rule_words"]


#: Rules that only some orders (or the lines they meet) bring in, and that any may waive.
NOT_ALWAYS = (
    "dining-seats",
    "kitchen-covers",
    "stores",
    "cars",
    "loop-length",
    "platform-length",
    "brake-percentage",
    "effort",
)


@dataclass(frozen=True)
class RuleWords:
    """A rule as a sentence, and what mends a train that cannot keep it."""

    words: str
    cure: str


def _people(count: int, name: str) -> str:
    return f"{count} of class {name}"


def rule_words(problem: ConsistProblem) -> dict[str, RuleWords]:
    """Return every rule that is in force or could be waived, by its id."""
    found = fixed_rules(problem)
    for rule in problem.rules.order:
        found[rule.id] = RuleWords(rule.words, f"Offer other coaches, or waive it: {rule.id}.")
    for need in problem.rules.needs:
        found[need.id] = RuleWords(
            need.words, f"Offer coaches of role {' or '.join(need.who)}, or waive it: {need.id}."
        )
    return found


def fixed_rules(problem: ConsistProblem) -> dict[str, RuleWords]:
    """Return the rules that no file of rules needs to say, by their id."""
    found: dict[str, RuleWords] = {}
    asked = [f"{k.least} of {k.label}" for k in problem.kinds if k.least]
    if asked:
        found["coaches-asked"] = RuleWords(
            f"the order asks for at least {', '.join(asked)}", 'Lower "at least" or "exactly".'
        )
    for name, count in problem.people:
        if count:
            found[f"places-{name}"] = RuleWords(
                f"{_people(count, name)} have a berth or a seat",
                f'Raise "up to" of coaches that take {name}, or let fewer travel.',
            )
    if problem.diners:
        found["dining-seats"] = RuleWords(
            f"{problem.diners} people dine in {problem.sittings} sittings",
            "Offer another dining coach, or plan more sittings.",
        )
        found["kitchen-covers"] = RuleWords(
            f"the kitchens cook for {problem.diners} people", "Offer another kitchen coach."
        )
    if problem.stores_l:
        found["stores"] = RuleWords(
            f"the train holds {problem.stores_l / 1000:.1f} m3 of stores",
            "Offer a coach of supplies, or take on stores on the way.",
        )
    found["power"] = RuleWords(
        "generators or locomotives feed what the coaches draw",
        "Offer another generator coach, or a locomotive that feeds the train.",
    )
    if problem.cars:
        found["cars"] = RuleWords(
            f"the train carries {problem.cars} cars", "Offer another car transporter."
        )
    if problem.loop_mm is not None:
        found["loop-length"] = RuleWords(
            f"the train fits the shortest loop of {problem.loop_mm / 1000:.0f} m",
            "Form two trains, cross only at longer loops, or let fewer travel.",
        )
    if problem.platform_mm is not None:
        found["platform-length"] = RuleWords(
            f"all coaches stand at the shortest platform of {problem.platform_mm / 1000:.0f} m",
            "Let the ends stand off the platform (without: [platform-length]), or let fewer"
            " travel.",
        )
    if problem.brake_permille:
        speed = (problem.speed_mps or 0.0) * 3.6
        found["brake-percentage"] = RuleWords(
            f"a brake percentage of {problem.brake_permille / 10:.0f} % for {speed:.0f} km/h",
            "Ask for a lower speed, or offer coaches with better brakes.",
        )
    if problem.pulled:
        slope = 1000.0 * (problem.gradient or 0.0)
        found["effort"] = RuleWords(
            f"the locomotives start the train on {slope:.1f} per mille and hold"
            f" {problem.rules.balancing_speed * 3.6:.0f} km/h there",
            "Offer another or a stronger locomotive, or let fewer travel.",
        )
    found["couplers"] = RuleWords(
        "neighbours can be coupled", "Offer vehicles with the same coupler or an adapter."
    )
    found["brake-systems"] = RuleWords(
        "the brakes of coaches and locomotives work together",
        "Offer vehicles with the same brake system.",
    )
    found["heating"] = RuleWords(
        "every coach is heated", "Offer a generator coach or a locomotive with that supply."
    )
    for name, words, cure in (
        ("gauge", "every vehicle runs on the gauge", "Offer vehicles of that gauge."),
        (
            "axle-load",
            "no axle weighs more than the line carries",
            "Take less armour, vehicles with more axles, or another line.",
        ),
        (
            "loading-gauge",
            "every vehicle lies within the line's loading gauge",
            "Offer stock of that gauge.",
        ),
        ("speed", "every vehicle may run the speed asked for", "Ask for a lower speed."),
        (
            "power-system",
            "the locomotives run on the line's power",
            "Offer a diesel or a fitting one.",
        ),
    ):
        found[name] = RuleWords(words, cure)
    for mark in problem.marks:
        found[f"mark-{mark.at}"] = RuleWords(
            f"at {mark.at} a door of the principal stands within {mark.within_mm / 1000:.0f} m of"
            f" the mark {mark.mark_mm / 1000:.0f} m behind the head",
            "Move the mark, widen it, or stop the head elsewhere.",
        )
    if problem.order is not None:
        found["order-asked"] = RuleWords("the order asked for", "Ask for another order, or none.")
    return found
