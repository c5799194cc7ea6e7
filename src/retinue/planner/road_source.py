"""Whose roads a leg is driven on: the built world's, a server's, or the pack's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.errors import InputError, NoPlan
from retinue.journey import RoadLeg
from retinue.planner.staged import Context
from retinue.road.request import RoadRequest, RoadRuns
from retinue.road.routed import RoutedRoads
from retinue.world.catalogue import user_folder
from retinue.world.road_route import RoadRoute, RoadVehicleLimits

if TYPE_CHECKING:
    from retinue.road.server import ServerAddress
    from retinue.world.road_search import RoadRouter

__all__ = ["built_roads", "find_roads", "kept_answers"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def find_roads(
    context: Context, body: RoadLeg, request: RoadRequest, where: str
) -> tuple[RoutedRoads | None, str]:
    """Return the roads of a leg as a backend tells them; None: the pack's, and why if unasked.

    Raises
    ------
    InputError
        Where "routing" names nothing, or what it names cannot answer.
    NoPlan
        Where the backend knows no road.
    """
    asked = body.routing
    if asked == "pack":
        return None, ""
    if asked is None or asked == "built":
        return _built(context, request, where, must=asked == "built")
    from retinue.road.server import ServerAddress

    return _served(context, request, ServerAddress.of(asked, where)), ""


def _points(request: RoadRequest) -> list[tuple[float, float]]:
    return [(p.lat, p.lon) for p in (request.origin, *request.via, request.destination)]


def _names(request: RoadRequest) -> list[str]:
    return [place.name for place in (request.origin, *request.via, request.destination)]


def _built(
    context: Context, request: RoadRequest, where: str, *, must: bool
) -> tuple[RoutedRoads | None, str]:
    """Return the road over the built world's network, where it covers the leg's places."""
    router = context.world.road_router
    if router is None:
        if must:
            raise InputError(
                "no built world with roads is named",
                where=where,
                cure="Build one (retinue world build) and name it: --world NAME.world.",
            )
        return None, ""
    points = _points(request)
    for name, (lat, lon) in zip(_names(request), points, strict=True):
        try:
            router.place(lat, lon)
        except NoPlan:
            if must:
                raise
            return None, f"the built world does not cover {name}: coarse roads of the pack instead"
    return built_roads(router, request, points), ""


def _served(context: Context, request: RoadRequest, address: ServerAddress) -> RoutedRoads:
    """Return the road as a server tells it; asked anew only where no answer is kept."""
    from retinue.road.osrm import osrm_ask, read_osrm
    from retinue.road.server import Answer, ask_server
    from retinue.road.valhalla import read_valhalla, valhalla_ask

    convoy, points = request.convoy, _points(request)
    notes = []
    if request.avoid:
        raise InputError(
            f'"avoid" is not asked of a server: {", ".join(request.avoid)}',
            where=request.where,
            cure='Take "routing: built", or leave "avoid" out.',
        )
    if address.engine == "valhalla":
        ask = valhalla_ask(points, convoy.limits, convoy.top_speed_mps, request.routes)
    else:
        ask = osrm_ask(points, request.routes)
        notes.append(
            "OSRM is not told the vehicles' measures: no height, width or load was compared with "
            "any limit of the road"
        )
    name = ask.name(address)
    kept = context.folder / name if context.folder is not None else None
    if kept is not None and kept.is_file():
        text = kept.read_text(encoding="utf-8")
    else:
        text = ask_server(address, ask)
    answer = Answer(name, text)
    read = read_valhalla if address.engine == "valhalla" else read_osrm
    parts, others = read(answer, address, context.world.countries)
    place = "on this machine" if address.host in _LOOPBACK else f"at {address.host}"
    notes.append(
        f"roads, speeds and times as the {address.engine} server {place} tells them; the places "
        "of this leg and the convoy's measures were sent there, and its answer is kept in the plan"
    )
    return RoutedRoads(
        routing=address.engine,
        source=f"{address.engine} at {address.url}",
        parts=parts,
        others=tuple(_compared(other, parts) for other in others),
        answers=((name, text),),
        notes=tuple(notes),
    )


def _compared(other: RoadRoute, parts: tuple[RoadRoute, ...]) -> RoadRoute:
    from retinue.road.server_route import similarity

    return replace(other, similarity=similarity(other, parts))


def built_roads(
    router: RoadRouter, request: RoadRequest, points: list[tuple[float, float]]
) -> RoutedRoads:
    """Return the road over a built network, with havens and other routes beside it.

    Raises
    ------
    InputError
        For a road to avoid that the network does not know.
    NoPlan
        Where no road lets the convoy through, with the reasons.
    """
    from retinue.world.road_alternatives import RoadChoices
    from retinue.world.road_avoid import avoided_roads
    from retinue.world.road_sites import havens_along

    limits = request.convoy.limits
    avoid = None
    if request.avoid:
        avoid = avoided_roads(router.network, request.avoid, where=request.where)
    ends = points[0], points[-1], points[1:-1]
    # The quickest road is told by the search itself, whatever the alternatives do.
    first = router.route(*ends, limits, avoid)
    others: tuple[RoadRoute, ...] = ()
    if request.routes > 1:
        found = RoadChoices(router).alternatives(*ends, limits, avoid, count=request.routes)
        others = tuple(found[1:])
    return RoutedRoads(
        routing="built",
        source=router.network.source,
        parts=(first,),
        others=others,
        havens=(havens_along(router, first, limits),),
        notes=_unmeasured(limits),
    )


def _unmeasured(limits: RoadVehicleLimits) -> tuple[str, ...]:
    """Return which measures nobody states, so that no road was refused for them."""
    names = {
        "height": limits.height_m, "width": limits.width_m, "axle load": limits.axle_load_kg,
    }  # fmt: skip
    missing = [name for name, value in names.items() if value is None]
    if not missing:
        return ()
    return (f"no vehicle of the convoy states its {', '.join(missing)}: not compared with limits",)


def kept_answers(context: Context, runs: RoadRuns) -> dict[Path, str]:
    """Return what a server answered as files beside the journey, to be kept with the plan."""
    folder = context.folder if context.folder is not None else user_folder()
    return {folder / name: text for name, text in runs.answers}
