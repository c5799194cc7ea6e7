"""Options: every sensible way to make a journey, planned by the planner and compared.

::

    journey -> doors, gateways -> rail, air, road --.
                     interchanges along the railway  --> ways -> planner -> measures
                                                              -> front, sentences

Nothing is estimated that the planner can plan: an option is a list of legs that goes
through the same stages as the journey's own.  A way that cannot be made is listed with its
first reason, one that a member of the party will not have with whose limit it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retinue import __version__
from retinue.air.aircraft import load_aircraft
from retinue.errors import InputError, NoPlan, Reason
from retinue.journey import JourneyFile, RailLeg
from retinue.plan.options import Option, OptionReason, OptionSet
from retinue.planner.options_data import option_defaults
from retinue.planner.options_gateways import Gateway, Gateways, Runways
from retinue.planner.options_interchanges import Interchange, along_railway, between_doors
from retinue.planner.options_measures import Measured, Measurer, compared, trunk_of
from retinue.planner.options_vehicles import OwnRail, Vehicles
from retinue.planner.options_ways import Doors, WayAsked, air_way, mixed_ways, pure_ways
from retinue.planner.party_limits import exceeded, excluded, not_assessed
from retinue.planner.transfer import load_transfer_rules
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.journey import Journey
    from retinue.planner.chain import Chain
    from retinue.planner.planner import Planner
    from retinue.world.world import World

__all__ = ["make_options"]

#: A journey that never gets farther from where it begins and ends has no way out to compare.
_NOWHERE_M = 1_000.0
#: A runway shorter than this share of the card's landing length never comes into question.
_LEAST_RUNWAY = 0.6


@dataclass(frozen=True)
class _Tried:
    """A way, and what became of it."""

    way: WayAsked
    chain: Chain | None
    reasons: tuple[Reason, ...] = ()
    as_planned: bool = False


def make_options(planner: Planner, file: JourneyFile) -> OptionSet:
    """Plan and compare every sensible way to make a journey.

    Raises
    ------
    InputError
        Where the journey file itself cannot be understood.
    NoPlan
        Where no way at all can be made, with the first reason of each.
    """
    return _Search(planner, file).run()


class _Search:
    def __init__(self, planner: Planner, file: JourneyFile) -> None:
        self.planner = planner
        self.file, self.remark = _outward(planner, file)
        self.world: World = planner.world_of(file)
        self.defaults = option_defaults()
        self.gazetteer = self.world.gazetteer(file.journey.places)
        self.gateways = Gateways(self.world, self.gazetteer, self.defaults.looked_for)
        self.vehicles = Vehicles(self.file, self.defaults)

    def run(self) -> OptionSet:
        own = self._own()
        self._note_own_rail(own)
        self._note_named()
        tried = [own, *self._alternatives()]
        runways = self._runways()
        doors = self._doors(runways)
        made = {t.way.pattern for t in tried if t.chain is not None}
        tried += [
            self._air(doors) if way.pattern == "air" else self._try(way)
            for way in pure_ways(self.vehicles, doors)
            if way.pattern not in made
        ]
        interchanges = self._interchanges(tried, doors, runways)
        # The places made for interchanges are the journey's from here on.
        self.file = replace(self.file, journey=self._with_places())
        titles = {t.way.title for t in tried}
        for at in interchanges:
            for way in mixed_ways(self.vehicles, doors, at):
                if way.title not in titles:
                    titles.add(way.title)
                    tried.append(self._try(way))
        return self._set(tried)

    # --- the journey's own -------------------------------------------------------------

    def _own(self) -> _Tried:
        legs = self.file.journey.legs
        way = WayAsked("as planned", trunk_of(legs), legs)
        tried = self._try(way, path=("legs",), own=True)
        return replace(tried, as_planned=True)

    def _alternatives(self) -> list[_Tried]:
        """Plan the journey's alternatives that go from door to door; others lend their vehicles."""
        journey = self.file.journey
        first, last = journey.legs[0].body.from_, journey.legs[-1].body.to
        found = []
        for index, asked in enumerate(journey.alternatives):
            if (asked.legs[0].body.from_, asked.legs[-1].body.to) != (first, last):
                continue
            pattern = trunk_of(asked.legs)
            way = WayAsked(
                asked.title or f"{pattern}, alternative {index + 1}", pattern, asked.legs
            )
            found.append(self._try(way, path=("alternatives", index), own=True))
        return found

    def _note_own_rail(self, own: _Tried) -> None:
        if own.chain is None:
            return
        for timed, asked in zip(own.chain.timed, own.way.legs, strict=True):
            if asked.rail is None:
                continue
            chainage: dict[str, float] = {}
            for event in timed.leg.timeline:
                if event.role == "main" and event.distance_m is not None:
                    chainage.setdefault(event.place, event.distance_m)
            self.vehicles.own_rail = OwnRail(asked.rail, chainage, self._line_points(asked.rail))
            return

    def _line_points(self, body: RailLeg) -> tuple[frozenset[str], ...]:
        book = self.world.line_book
        return tuple(
            frozenset(entry.point.name for entry in book.line(name).points) for name in body.lines
        )

    def _note_named(self) -> None:
        """Tell the gateways which stations and aerodromes the journey's legs name."""
        journey = self.file.journey
        for legs in (journey.legs, *(way.legs for way in journey.alternatives)):
            before: str | None = None
            for leg in legs:
                ends = [text for text in (leg.body.from_ or before, leg.body.to) if text]
                if leg.mode in ("rail", "air"):
                    self.gateways.name(leg.mode, ends)
                before = leg.body.to

    # --- doors and interchanges --------------------------------------------------------

    def _runways(self) -> Runways:
        name = self.vehicles.aircraft
        card = load_aircraft(name, self.file.folder, where="aircraft")
        return Runways(_LEAST_RUNWAY * (card.landing_length or 0.0), card.paved_runway)

    def _doors(self, runways: Runways) -> Doors:
        legs = self.file.journey.legs
        texts = (legs[0].body.from_ or "", legs[-1].body.to)
        ends = ((texts[0], legs[0].mode, 0, "from"), (texts[1], legs[-1].mode, len(legs) - 1, "to"))
        places = [
            self.gazetteer.resolve(
                text,
                where=self.file.where("legs", index, mode, key),
                want="aerodrome" if mode == "air" else "any",
            )
            for text, mode, index, key in ends
        ]
        aerodromes = [
            tuple(self.gateways.aerodromes(p.lat, p.lon, p.country, runways)) for p in places
        ]
        stations = self.gateways.stations(places[0], places[1])
        stations = (self._own_end(0) or stations[0], self._own_end(1) or stations[1])
        self.file = replace(self.file, journey=self._with_places())
        return Doors(texts, (places[0], places[1]), stations, (aerodromes[0], aerodromes[1]))

    def _own_end(self, door: int) -> Gateway | None:
        """Return the journey's own station of a door: nothing but road lies between."""
        legs = self.file.journey.legs
        for index in range(len(legs)) if door == 0 else reversed(range(len(legs))):
            body = legs[index].rail
            if legs[index].mode == "air":
                return None
            if body is not None:
                before = legs[index - 1].body.to if index else ""
                text = (body.from_ or before) if door == 0 else body.to
                return next((g for g in self.gateways.named["rail"] if g.text == text), None)
        return None

    def _with_places(self) -> Journey:
        journey = self.file.journey
        return journey.model_copy(update={"places": {**journey.places, **self.gateways.made}})

    def _interchanges(
        self, tried: Sequence[_Tried], doors: Doors, runways: Runways
    ) -> list[Interchange]:
        for item in tried:
            if item.way.pattern != "rail" or item.chain is None:
                continue
            legs = [timed.leg for timed in item.chain.timed if timed.leg.mode == "rail"]
            longest = max(legs, key=lambda leg: leg.distance_m)
            return along_railway(self.gateways, doors, longest, runways)
        return between_doors(self.gateways, doors, runways)

    # --- planning ----------------------------------------------------------------------

    def _air(self, doors: Doors) -> _Tried:
        """Plan the flight, at the next aerodrome where a runway will not do."""
        tried = (0, 0)
        first: _Tried | None = None
        while (way := air_way(self.vehicles, doors, tried)) is not None:
            found = self._try(way)
            first = first or found
            refused = {r.where for r in found.reasons if r.kind == "runway"}
            if found.chain is not None or not refused & set(way.aerodromes):
                return found if found.chain is not None else first
            start, end = way.aerodromes
            tried = (tried[0] + (start in refused), tried[1] + (end in refused))
        assert first is not None
        return first

    def _try(
        self, way: WayAsked, *, path: tuple[int | str, ...] = ("options",), own: bool = False
    ) -> _Tried:
        party = self.file.journey.party
        if barred := excluded(party, way.modes):
            return _Tried(way, None, tuple(breach.reason() for breach in barred))
        self.planner.tell(f"planning {way.title}")
        try:
            chain = self.planner.way(self.file, way.legs, path)
        except NoPlan as refused:
            reasons = refused.reasons or (Reason(refused.message, cure=refused.cure),)
            return _Tried(way, None, reasons)
        except InputError as error:
            if own:
                raise
            return _Tried(way, None, (Reason(error.message, cure=error.cure, kind="input"),))
        broken = exceeded(party, [timed.leg for timed in chain.timed])
        if broken:
            return _Tried(way, None, tuple(breach.reason() for breach in broken))
        return _Tried(way, chain)

    # --- the set -----------------------------------------------------------------------

    def _set(self, tried: Sequence[_Tried]) -> OptionSet:
        measurer = Measurer(self.world, self.file, self.gazetteer)
        made: list[Measured] = []
        impossible: list[Option] = []
        for number, item in enumerate(tried, start=1):
            name = f"option-{number}"
            if item.chain is None:
                impossible.append(_impossible(name, item))
            else:
                self.planner.tell(f"measuring {item.way.title}")
                legs = [timed.leg for timed in item.chain.timed]
                made.append(
                    measurer.measured(
                        name, item.way.title, item.way.pattern, item.chain, item.way.legs,
                        as_planned=item.as_planned,
                        not_assessed=not_assessed(self.file.journey.party, legs),
                    )
                )  # fmt: skip
        if not made:
            raise NoPlan(
                f"No way at all can be planned for {self.file.journey.title}.",
                reasons=[
                    replace(item.reasons[0], what=f"{item.way.title}: {item.reasons[0].what}")
                    for item in tried
                ],
            )
        comparison = compared(made, self.defaults, self.file.journey.currency, self.world)
        first = made[0].chain.timed[0].leg
        journey = self.file.journey
        pack = self.world.pack
        return OptionSet(
            title=journey.title,
            journey=self.file.name,
            depart_utc=first.depart_utc,
            depart_zone=first.from_.zone,
            origin=first.from_.name,
            destination=made[0].chain.timed[-1].leg.to.name,
            currency=journey.currency,
            retinue=__version__,
            pack_sha256=pack.sha256,
            catalogue_sha256=self.world.catalogue_sha256,
            world="" if self.world.tracks_path is None else self.world.tracks_path.name,
            tolerances=comparison.tolerances,
            options=comparison.options,
            impossible=tuple(impossible),
            formulas=measurer.formulas,
            remark=self.remark,
            assumptions=(*self.vehicles.assumed, *measurer.assumptions),
        )


def _outward(planner: Planner, file: JourneyFile) -> tuple[JourneyFile, str]:
    """Return the journey as far as it goes: a round trip is compared on its way out.

    Raises
    ------
    InputError
        Where the journey goes nowhere but back.
    """
    journey = file.journey
    gazetteer = planner.world_of(file).gazetteer(journey.places)
    places = [
        gazetteer.resolve(
            text,
            where=file.where("legs", index, leg.mode, key),
            want="aerodrome" if leg.mode == "air" else "any",
        )
        for index, leg in enumerate(journey.legs)
        for key, text in (("from", leg.body.from_ if index == 0 else None), ("to", leg.body.to))
        if text is not None
    ]
    away = [float(distance_m(places[0].lat, places[0].lon, p.lat, p.lon)) for p in places]
    if away[-1] > load_transfer_rules().joined_within.distance or max(away) <= _NOWHERE_M:
        return file, ""
    turn = away.index(max(away))
    reported = tuple(r for r in journey.reported if r.leg is None or r.leg <= turn)
    kept = journey.model_copy(
        update={"legs": journey.legs[:turn], "arrive_by": None, "reported": reported}
    )
    name = places[turn].name
    return replace(file, journey=kept), f"the journey returns: compared is the way out to {name}"


def _impossible(name: str, item: _Tried) -> Option:
    return Option(
        id=name,
        title=item.way.title,
        modes=item.way.modes,
        pattern=item.way.pattern,
        as_planned=item.as_planned,
        reasons=tuple(
            OptionReason(what=r.what, kind=r.kind, cure=r.cure, where=r.where) for r in item.reasons
        ),
    )
