"""Whether what was offered answers all that a plan asks for: every train, on every part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.traffic.path_offer import OfferComparison, compare, match_request, offers_in

if TYPE_CHECKING:
    from retinue.plan.approval import Paper
    from retinue.traffic.path_message import PathMessage

__all__ = ["answer_faults", "paths_offered"]


def answer_faults(
    asked: Sequence[PathMessage], papers: Sequence[Paper], names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return where the papers of an offer are not what was asked for, a sentence each.

    Of two answers to one request the later paper counts.

    Parameters
    ----------
    asked
        What every train of the plan asks for, with the tolerances submitted.
    papers
        Of the offer, in the order in which they came.
    names
        Names of requests as they were sent, and as they follow from their content.

    Raises
    ------
    InputError
        Where a paper kept is not the one whose hash is named.
    """
    return tuple(_faults(asked, papers, names or {}))


def paths_offered(asked: Sequence[PathMessage], papers: Sequence[Paper]) -> dict[str, str]:
    """Return by request the infrastructure managers' identifiers of the paths offered."""
    found: dict[str, str] = {}
    for paper in papers:
        content = paper.content()
        if content is not None:
            for offer in offers_in(content, paper.name, asked):
                if offer.id and offer.path:
                    found[offer.id] = offer.path
    return found


def _faults(
    asked: Sequence[PathMessage], papers: Sequence[Paper], names: Mapping[str, str]
) -> Iterator[str]:
    found: dict[str, OfferComparison] = {}
    for paper in papers:
        content = paper.content()
        if content is None:
            yield f"{paper.name} is no path offer that can be read"
            continue
        try:
            for offer in offers_in(content, paper.name, asked):
                named = replace(offer, id=names.get(offer.id, offer.id))
                comparison = compare(match_request(named, asked), named)
                found[comparison.asked.id] = comparison
        except InputError as error:
            yield f"{paper.name}: {error.message}"
    for whole in asked:
        parts = whole.split()
        # A whole request of one country comes as itself and as its only part.
        if whole.id in found:
            yield from _told(whole, found[whole.id])
            continue
        for part in parts:
            if part.id in found:
                yield from _told(part, found[part.id])
                continue
            at = f", part {part.part} of {part.parts} ({part.country})" if len(parts) > 1 else ""
            yield f"no offer for {part.title}{at}"


def _told(asked: PathMessage, comparison: OfferComparison) -> Iterator[str]:
    for fault in comparison.faults():
        yield f"{asked.title}: {fault}"
