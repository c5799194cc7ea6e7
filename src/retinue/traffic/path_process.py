"""What is to be sent to the infrastructure managers next, after what was sent and booked before.

::

    nobody was asked yet               new            MessageStatus 1, TypeOfRequest 2
    asked, not answered, now other     change         MessageStatus 2, the same identifier
    asked, not answered, now not       withdrawal     MessageStatus 3, the same identifier
    booked, now other                  modification   MessageStatus 1, TypeOfRequest 3, refers
    booked, now not                    cancellation   the path is cancelled in full

A request keeps its identifier to the end of its process; a modification is another process, with
an identifier of its own, that names the path and the request that were booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from retinue.traffic.path_changes import still_serves

if TYPE_CHECKING:
    from retinue.traffic.path_message import PathMessage, Purpose

__all__ = [
    "Outgoing",
    "booked_parts",
    "names_of_sent",
    "next_requests",
    "parts_of",
    "purposes",
    "withdrawn",
]


class _Key(NamedTuple):
    """A part of a train's run, whatever its hours: the n-th that lies in a country."""

    leg: str
    role: str
    country: str
    number: int


@dataclass(frozen=True)
class Outgoing:
    """What is to be sent.

    Attributes
    ----------
    send
        Messages, one a part.
    standing
        Everything that is asked for then, as it was or will be sent.
    unchanged
        Parts that nobody has to be told of again.
    """

    send: tuple[PathMessage, ...]
    standing: tuple[PathMessage, ...]
    unchanged: tuple[PathMessage, ...]


def parts_of(messages: Iterable[PathMessage]) -> list[PathMessage]:
    """Return requests cut into one part a country."""
    return [part for whole in messages for part in whole.split()]


def next_requests(
    parts: Sequence[PathMessage], sent: Sequence[PathMessage], booked: Sequence[PathMessage]
) -> Outgoing:
    """Return what is to be sent for a plan.

    Parameters
    ----------
    parts
        What the plan asks for now.
    sent
        What was asked for and is not booked yet, as it was sent.
    booked
        What was accepted last, with the path's own identifier where an offer named it.
    """
    before, paths = _keyed(sent), _keyed(booked)
    send: list[PathMessage] = []
    standing: list[PathMessage] = []
    unchanged: list[PathMessage] = []
    for key, part in _keyed(parts).items():
        asked, path = before.get(key), paths.get(key)
        if asked is not None and still_serves(asked, part):
            standing.append(asked)
            unchanged.append(asked)
        elif asked is not None:
            changed = replace(
                part, id=asked.id, purpose="change", modifies=asked.modifies, former=asked.former,
                path=asked.path,
            )  # fmt: skip
            send.append(changed)
            standing.append(changed)
        elif path is not None and still_serves(path, part):
            unchanged.append(path)
        elif path is not None:
            made = replace(
                part, purpose="modification", modifies=True, former=path.id, path=path.path
            )
            send.append(made)
            standing.append(made)
        else:
            send.append(part)
            standing.append(part)
    now = _keyed(parts).keys()
    send += withdrawn(
        [one for key, one in before.items() if key not in now],
        [one for key, one in paths.items() if key not in now],
    )
    return Outgoing(tuple(send), tuple(standing), tuple(unchanged))


def withdrawn(
    sent: Sequence[PathMessage], booked: Sequence[PathMessage]
) -> tuple[PathMessage, ...]:
    """Return the messages that withdraw what is not answered and cancel what is booked."""
    gone: list[PathMessage] = [replace(one, purpose="withdrawal") for one in sent]
    gone += [replace(one, purpose="cancellation", modifies=True) for one in booked]
    return tuple(gone)


def booked_parts(
    standing: Sequence[PathMessage], booked: Sequence[PathMessage], paths: Mapping[str, str]
) -> tuple[PathMessage, ...]:
    """Return what is booked once an offer is accepted.

    Parameters
    ----------
    standing
        What was asked for, as it was sent; it takes the place of what was booked before.
    booked
        What was booked before.
    paths
        Identifiers of paths by request, as offers named them.
    """
    kept = _keyed(booked)
    kept |= {
        key: replace(one, purpose="new", path=paths.get(one.id, one.path))
        for key, one in _keyed(standing).items()
    }
    return tuple(kept.values())


def names_of_sent(parts: Sequence[PathMessage], sent: Sequence[PathMessage]) -> dict[str, str]:
    """Return by the name under which a part was sent the name that follows from its content."""
    asked = _keyed(sent)
    return {asked[key].id: part.id for key, part in _keyed(parts).items() if key in asked}


def _keyed(parts: Iterable[PathMessage]) -> dict[_Key, PathMessage]:
    found: dict[_Key, PathMessage] = {}
    for part in parts:
        number = 0
        while (key := _Key(part.leg, part.role, part.country, number)) in found:
            number += 1
        found[key] = part
    return found


def purposes(messages: Iterable[PathMessage]) -> dict[Purpose, int]:
    """Return how many messages there are of each purpose."""
    counted: dict[Purpose, int] = {}
    for message in messages:
        counted[message.purpose] = counted.get(message.purpose, 0) + 1
    return counted
