"""Tables of traffic: which trains gave way and how, what still overlaps, what is held free."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.report.table import Table, filled_columns
from retinue.report.traffic_route import Overlap, overlaps
from retinue.report.wording import clock_text, day_number, grouped, moment_text

if TYPE_CHECKING:
    from retinue.plan.traffic import AlteredTrain, TrafficRecord, TrainCall
    from retinue.plan.traffic_document import ClearingCost

__all__ = ["altered_table", "call_table", "cost_words", "delay_figures", "meetings",
           "overlap_table", "restriction_words", "traffic_tables", "window_table"]  # fmt: skip

#: Moments that differ by less are printed as one.
_LEAST_S = 30.0
#: Overlaps of the same trains no further apart than this are one meeting.
_MEETING_S = 900.0


def traffic_tables(record: TrafficRecord, zone: str) -> list[Table]:
    """Return every table that has rows."""
    made = [
        altered_table(record, zone),
        call_table(record, zone),
        overlap_table(record, zone),
        window_table(record, zone),
    ]
    return [filled_columns(table) for table in made if table.rows]


def _title(record: TrafficRecord, ident: str) -> str:
    train = next((train for train in record.trains if train.id == ident), None)
    if train is None:
        return ident
    return f"{train.role} train" if train.special and train.role else train.title


def delay_figures(record: TrafficRecord) -> list[list[str]]:
    """Return key figures: value, what it is."""
    passengers = {train.id: train.passengers for train in record.trains}
    late = sum(max(one.delay_s, 0.0) for one in record.altered)
    weighted = sum(max(one.delay_s, 0.0) * passengers.get(one.id, 0.0) for one in record.altered)
    cancelled = sum(one.measure == "cancelled" for one in record.altered)
    figures = [[str(len(record.altered)), "trains give way"]]
    if record.altered:
        figures.append([duration_text(late), "of delay together"])
        figures.append([f"{weighted / 3600:,.0f} h".replace(",", "\u202f"), "of passengers' time"])
    if cancelled:
        figures.append([str(cancelled), "cancelled"])
    figures.append([str(len(meetings(record))), "conflicts left"])
    return figures


def cost_words(cost: ClearingCost) -> str:
    """Return what clearing the line costs, with its proof, in a sentence."""
    proof = (
        "the least possible"
        if cost.optimal
        else f"no way of clearing costs less than {grouped(cost.bound_s / 60.0)}"
    )
    return (
        f"Weighted delay {grouped(cost.cost_s / 60.0)} minutes, cancelled trains and missed"
        f" calls counted in: {proof}; holding every train in the way instead would cost"
        f" {grouped(cost.held_cost_s / 60.0)}."
    )


def altered_table(record: TrafficRecord, zone: str) -> Table:
    """Return one row for each train that gave way."""
    rows: list[tuple[str, ...]] = []
    strong: list[int] = []
    for one in sorted(record.altered, key=lambda item: (-item.delay_s, item.id)):
        if one.measure == "cancelled":
            strong.append(len(rows))
        ends = one.old_calls[-1] if one.old_calls else None
        new = one.new_calls[-1] if one.new_calls else None
        ends_elsewhere = ends is not None and new is not None and ends.place != new.place
        after = clock_text(new.arrive_utc, zone) if new else "does not run"
        rows.append(
            (
                _title(record, one.id),
                one.measure,
                ends.place if ends else "",
                clock_text(ends.arrive_utc, zone) if ends else "",
                f"ends at {new.place}" if new and ends_elsewhere else after,
                "" if one.measure == "cancelled" or ends_elsewhere else _later(one.delay_s),
                f"{one.weight:g}",
                one.because,
            )
        )
    return Table(
        "Trains that give way",
        ("train", "measure", "to", "before", "after", "later", "weight", "because"),
        tuple(rows), right=frozenset({3, 5, 6}), wide={7: 1.0}, strong=frozenset(strong),
        note="Arrival at the last place, local time. Weight: of a second of delay of this train.",
    )  # fmt: skip


def _later(seconds: float) -> str:
    if abs(seconds) < _LEAST_S:
        return "on time"
    return f"{'+' if seconds > 0 else '-'}{duration_text(abs(seconds))}"


def call_table(record: TrafficRecord, zone: str) -> Table:
    """Return every call of altered trains whose times change."""
    rows = [row for one in record.altered for row in _changed(record, one, zone)]
    return Table(
        "Their times",
        ("train", "place", "arr. before", "dep. before", "arr. now", "dep. now", "later"),
        tuple(rows), right=frozenset({2, 3, 4, 5, 6}), wide={1: 1.0},
    )  # fmt: skip


def _changed(
    record: TrafficRecord, one: AlteredTrain, zone: str
) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    old = {call.place: call for call in one.old_calls}
    title = _title(record, one.id)
    for call in one.new_calls:
        before = old.get(call.place)
        if before is None:
            yield (title, call.place, "", "", *_pair(call, zone), "not before")
            title = ""
            continue
        if call is one.new_calls[-1] and call.place != one.old_calls[-1].place:
            # Where it ends now it does not depart.
            arrives = clock_text(call.arrive_utc, zone)
            late = call.arrive_utc - before.arrive_utc
            yield (title, call.place, *_pair(before, zone), arrives, "ends", _later(late))
            title = ""
            continue
        later = call.depart_utc - before.depart_utc
        if max(abs(later), abs(call.arrive_utc - before.arrive_utc)) < _LEAST_S:
            continue
        if not (call.stops or before.stops or call is one.new_calls[-1]):
            continue
        yield (title, call.place, *_pair(before, zone), *_pair(call, zone), _later(later))
        title = ""
    new = {call.place for call in one.new_calls}
    left_out = [call for call in one.old_calls if call.stops and call.place not in new]
    if one.new_calls and left_out:
        first, last = left_out[0], left_out[-1]
        more = len(left_out) - 2
        between = f" and {more} places to " if more > 1 else ", one more and " if more else " and "
        place = first.place if first is last else f"{first.place}{between}{last.place}"
        arrive, depart = clock_text(first.arrive_utc, zone), clock_text(last.depart_utc, zone)
        yield (title, place, arrive, depart, "", "", "not served")


def _pair(call: TrainCall, zone: str) -> tuple[str, str]:
    return clock_text(call.arrive_utc, zone), clock_text(call.depart_utc, zone)


def overlap_table(record: TrafficRecord, zone: str) -> Table:
    """Return which trains meet, the worst first; what the timetable itself has apart.

    Resources that the same trains overlap on one after the other are one row.
    """
    names = {resource.id: resource.name for resource in record.resources}
    rows = []
    for meeting in sorted(meetings(record), key=_worst):
        first, last = meeting[0], meeting[-1]
        where = names[first.resource]
        if last is not first:
            where += f" to {names[last.resource]} ({len(meeting)} places)"
        longest = max(one.to_s - one.from_s for one in meeting)
        trains = " / ".join(_title(record, train) for train in sorted(first.trains))
        rows.append((trains, where, moment_text(first.from_s, zone), f"{longest:.0f} s"))
    known = sum(one.known for one in overlaps(record))
    note = (
        f"Not listed: {known} of the published timetable itself. The network is inferred from "
        "it, and no special train caused them."
        if known
        else ""
    )
    return Table(
        "Conflicts left", ("trains", "where", "from", "for up to"), tuple(rows),
        right=frozenset({3}), wide={0: 1.0, 1: 1.6}, note=note,
    )  # fmt: skip


def meetings(record: TrafficRecord) -> list[list[Overlap]]:
    """Return the overlaps that are not the timetable's own, those of one meeting together."""
    found: list[list[Overlap]] = []
    latest: dict[frozenset[str], list[Overlap]] = {}
    for one in sorted(overlaps(record), key=lambda item: (item.from_s, item.resource)):
        if one.known:
            continue
        trains = frozenset(one.trains)
        before = latest.get(trains)
        if before is not None and one.from_s <= before[-1].to_s + _MEETING_S:
            before.append(one)
        else:
            latest[trains] = [one]
            found.append(latest[trains])
    return found


def _worst(meeting: list[Overlap]) -> tuple[float, float, int]:
    longest = max(one.to_s - one.from_s for one in meeting)
    return -longest, meeting[0].from_s, meeting[0].resource


def window_table(record: TrafficRecord, zone: str) -> Table:
    """Return what rules hold free, one row for each rule and place."""
    names = {resource.id: resource for resource in record.resources}
    spans: dict[tuple[str, str], tuple[float, float]] = {}
    for window in record.windows:
        resource = names.get(window.resource)
        if resource is None:
            continue
        # Blocks of one section are one line: "Cham - Dorfen, block 2 back".
        place = resource.name.partition(", block")[0]
        low, high = spans.get((window.rule, place), (window.from_utc, window.to_utc))
        spans[window.rule, place] = (min(low, window.from_utc), max(high, window.to_utc))
    rows = [
        (
            rule,
            place,
            moment_text(low, zone),
            clock_text(high, zone)
            + (" +1" if day_number(high, zone) > day_number(low, zone) else ""),
            duration_text(high - low),
        )
        for (rule, place), (low, high) in sorted(spans.items(), key=lambda item: item[1])
    ]
    return Table(
        "Held free by rules", ("rule", "where", "from", "until", ""), tuple(rows),
        right=frozenset({3, 4}), wide={0: 0.8, 1: 1.0},
    )  # fmt: skip


def restriction_words(record: TrafficRecord) -> list[str]:
    """Return possessions and temporary restrictions in the words of their files."""
    return [_restriction(use.model_dump(mode="json")) for use in record.restrictions]


def _restriction(use: dict[str, object]) -> str:
    told = [f"{key.replace('_', ' ')} {value}" for key, value in use.items() if value]
    return ", ".join(told)
