"""Deadlines as iCalendar tasks (RFC 5545, VTODO), each with an alarm a week and a day before."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Todo

    from retinue.plan import Deadline, Plan

__all__ = ["deadline_calendar"]

_TASKS = uuid.uuid5(uuid.NAMESPACE_URL, "retinue:deadlines")
_STATUS = {"to do": "NEEDS-ACTION", "asked": "IN-PROCESS", "refused": "NEEDS-ACTION"}
_ALARMS = (timedelta(days=7), timedelta(days=1))


def deadline_calendar(plan: Plan) -> str:
    """Return what must be asked for as iCalendar; what is settled is completed.

    A task's UID hangs on the journey, the thing and the country, so that the calendar of a plan
    made anew moves the tasks of the old.  DTSTAMP is the plan's departure: no clock is read.
    """
    from icalendar import Calendar

    book = Calendar()
    book.add("prodid", f"-//Retinue//Retinue {plan.made_with.retinue}//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", f"Deadlines: {plan.title}")
    stamp = datetime.fromtimestamp(round(plan.depart_utc), UTC)
    for one in plan.deadlines:
        book.add_component(_task(one, plan, stamp))
    return bytes(book.to_ical()).decode("utf-8")


def _task(one: Deadline, plan: Plan, stamp: datetime) -> Todo:
    from icalendar import Alarm, Todo

    task = Todo()
    task.add("uid", f"{uuid.uuid5(_TASKS, plan.journey.name + '/' + one.id)}@retinue")
    task.add("dtstamp", stamp)
    name = f"{one.what}, {one.country}{f' ({one.way})' if one.way else ''}"
    task.add("summary", f"Ask for: {name}")
    # A day without a time: it ends with the office's own day, wherever the reader is.
    task.add("due", date.fromisoformat(one.latest_date))
    task.add("status", _STATUS.get(one.state, "COMPLETED"))
    lines = [
        f"Owner: {one.owner}",
        f"Authority: {one.authority}" if one.authority else "",
        f"{one.lead_text} before {one.due_text}; zone {one.zone}",
        f"State: {one.state} {one.number}".rstrip(),
        f"Source: {one.source} ({one.confidence})",
        one.note,
    ]
    task.add("description", "\n".join(line for line in lines if line))
    task.add("categories", [one.what])
    if one.state in ("to do", "refused"):
        for before in _ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Ask for: {name}")
            alarm.add("trigger", -before, parameters={"RELATED": "END"})
            task.add_component(alarm)
    return task
