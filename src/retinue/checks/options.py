"""Options compared honestly: sums, front and dominators, derived again from what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.options import Option, OptionSet

__all__ = ["check_options"]

#: A measure of the set, and the words by which dominators name it.
_WORDS = {
    "time_s": "time", "exposure_h": "exposure", "cost": "cost", "held_h": "disturbance",
    "lost_h": "comfort", "weather_limits": "weather", "lead_days": "lead time",
}  # fmt: skip


def check_options(found: OptionSet) -> Finding:
    """Check sums, clocks, the front, dominators and reasons of a set of options."""
    faults: list[str] = []
    ids = [option.id for option in (*found.options, *found.impossible)]
    if len(set(ids)) != len(ids):
        faults.append("two options have one id")
    if sum(option.reference for option in found.options) != 1:
        faults.append("there is not exactly one reference")
    for option in found.options:
        faults += _sums(option)
        faults += _front(option, found)
    faults += [
        f"{option.title}: cannot be made, and no reason is given"
        for option in found.impossible
        if not option.reasons
    ]
    looked = (
        f"{counted(len(found.options), 'option')} and {len(found.impossible)} that cannot be made"
    )
    return Finding("options", looked, tuple(faults))


def _sums(option: Option) -> list[str]:
    m = option.measures
    if m is None or not option.legs:
        return [f"{option.title}: has no legs or no measures"]
    faults = []
    if option.reasons:
        faults.append("can be made, and says why not")
    time = option.legs[-1].arrive_utc - option.legs[0].depart_utc
    if abs(time - m.time_s) > 1.0:
        faults.append(f"its legs take {time:.0f} s, not {m.time_s:.0f}")
    faults += [
        f"leg {b.id} departs before leg {a.id} arrives"
        for a, b in zip(option.legs, option.legs[1:], strict=False)
        if b.depart_utc < a.arrive_utc
    ]
    for name, total, parts in (
        ("cost", m.cost, [leg.cost for leg in option.legs]),
        ("disturbance", m.held_h, [leg.held_h for leg in option.legs]),
        ("comfort", option.comfort_h, [leg.comfort_h for leg in option.legs]),
        ("weather", m.weather_limits, [len(leg.weather) for leg in option.legs]),
    ):
        if abs(sum(parts) - total) > 0.011 * max(len(parts), 1):
            faults.append(f"the {name} of its legs adds up to {sum(parts):g}, not {total:g}")
    if m.exposure_h + 0.01 < sum(leg.exposure_h for leg in option.legs):
        faults.append("its exposure is less than that of its legs")
    if abs(m.lost_h + option.comfort_h - m.time_s / 3600.0) > 0.01:
        faults.append("hours with and without work or sleep are not the whole time")
    return [f"{option.title}: {fault}" for fault in faults]


def _cell(option: Option, name: str, found: OptionSet) -> int:
    value = 0.0 if option.measures is None else float(getattr(option.measures, name))
    return round(value / found.tolerances[name])


def _better_on(one: Option, other: Option, found: OptionSet) -> list[str] | None:
    """Return where one is better, or None where it does not dominate the other."""
    better = []
    for name, word in _WORDS.items():
        a, b = _cell(one, name, found), _cell(other, name, found)
        if a > b:
            return None
        if a < b:
            better.append(word)
    return better or None


def _front(option: Option, found: OptionSet) -> list[str]:
    faults = []
    by = {
        other.id: better
        for other in found.options
        if (better := _better_on(other, option, found)) is not None
    }
    if option.on_front == bool(by):
        faults.append("stands on the wrong side of the front")
    known = {other.id: other for other in found.options}
    for named in option.dominated_by:
        if named.by not in by or list(named.better_on) != by[named.by]:
            faults.append(f"is not dominated by {named.title} on {', '.join(named.better_on)}")
        elif not known[named.by].on_front or known[named.by].title != named.title:
            faults.append(f"names {named.title} as dominator, which is not on the front")
    if by and not option.dominated_by:
        faults.append("is dominated, and no dominator is named")
    if bool(option.sentence) != (option.on_front or option.reference):
        faults.append("has a sentence and should not, or has none and should")
    return [f"{option.title}: {fault}" for fault in faults]
