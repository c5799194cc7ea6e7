"""Legs for options: the journey's own vehicles where it names any, else defaults marked assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retinue.air.aircraft import load_aircraft
from retinue.journey import AirLeg, LegAsked, RailLeg, RoadLeg
from retinue.planner.options_data import OptionDefaults
from retinue.road.convoy import load_convoy

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.planner.options_gateways import Gateway

__all__ = ["OwnRail", "Vehicles"]


@dataclass(frozen=True)
class OwnRail:
    """The journey's own rail leg as planned: what lies where along it.

    Attributes
    ----------
    chainage_m
        Of each named place on it.
    line_points
        For each line of the leg, the names of its points.
    """

    body: RailLeg
    chainage_m: dict[str, float]
    line_points: tuple[frozenset[str], ...]


@dataclass
class Vehicles:
    """Makes legs for options.

    Attributes
    ----------
    own_rail
        The journey's rail leg, once it is planned.
    assumed
        What was taken because the journey names nothing, in words.
    """

    file: JourneyFile
    defaults: OptionDefaults
    own_rail: OwnRail | None = None
    assumed: dict[str, None] = field(default_factory=dict)

    @property
    def asked(self) -> list[LegAsked]:
        """Every leg of the journey, its alternatives' behind its own."""
        journey = self.file.journey
        others = (leg for way in journey.alternatives for leg in way.legs)
        return [*journey.legs, *others]

    @property
    def aircraft(self) -> str:
        """The aircraft: of the journey's first flight, else the default."""
        flight = next((leg.air for leg in self.asked if leg.air), None)
        if flight is not None:
            return flight.aircraft
        names = [item.aircraft for item in self.defaults.aircraft]
        people = self.file.journey.party.total
        fitting = [n for n in names if load_aircraft(n, self.file.folder).seats >= people]
        return self._default("aircraft", (fitting or names[-1:])[0])

    def _default(self, what: str, name: str) -> str:
        self.assumed[f"{what}: {name}, since the journey names none"] = None
        return name

    def _convoy(self, *, behind_train: bool) -> str:
        named = [leg.road.convoy for leg in self.asked if leg.road]
        apart = [name for name in named if not self._on_train(name)]
        if behind_train and named:
            return named[-1]
        return apart[0] if apart else self._default("motorcade", self.defaults.convoy.convoy)

    def _on_train(self, name: str) -> bool:
        convoy = load_convoy(name, self.file.folder)
        return any(vehicle.from_the_train for vehicle in convoy.vehicles)

    def road(self, from_: str, to: str, *, behind_train: bool = False) -> LegAsked:
        """Return a leg by motorcade; behind the train by the one whose cars it carries."""
        convoy = self._convoy(behind_train=behind_train)
        own = [
            leg.road
            for leg in self.asked
            if leg.road and (leg.road.from_ or from_, leg.road.to, leg.road.convoy)
            == (from_, to, convoy)
        ]  # fmt: skip
        body = own[0] if own else RoadLeg(from_=from_, to=to, convoy=convoy)
        return LegAsked(road=body.model_copy(update={"from_": from_}))

    def air(self, origin: Gateway, destination: Gateway) -> LegAsked:
        """Return a flight, with what the journey says of one between the same aerodromes."""
        ends = {"from_": origin.text, "to": destination.text}
        flights = [leg.air for leg in self.asked if leg.air]
        for body in flights:
            if (body.from_, body.to) == (origin.text, destination.text):
                return LegAsked(air=body)
        if not flights:
            return LegAsked(air=AirLeg(**ends, aircraft=self.aircraft))
        first = flights[0]
        # What belongs to the route of another flight is not carried over.
        kept = {
            name: getattr(first, name)
            for name in ("registration", "payload", "closed_countries",
                         "open_countries", "cruise_altitude", "wind", "restricted_areas",
                         "flight_information_regions", "reserves", "rvsm", "aerodromes")
        }  # fmt: skip
        # Copied, not read again: the values are in SI already.
        return LegAsked(air=AirLeg(**ends, aircraft=first.aircraft).model_copy(update=kept))

    def rail(self, origin: Gateway, destination: Gateway) -> LegAsked:
        """Return a rail leg: a part of the journey's own where both ends lie on it."""
        own = self.own_rail
        if own is not None:
            low, high = own.chainage_m.get(origin.name), own.chainage_m.get(destination.name)
            if low is not None and high is not None and low < high:
                return self._part(own, origin, destination, low, high)
        template = next((leg.rail for leg in self.asked if leg.rail), None)
        if own is None and template is not None:
            # The journey's own train, as long as nothing is known to keep it from here.
            return LegAsked(rail=self._plain(template, origin, destination))
        home = origin.country
        default = self.defaults.train_in(home)
        train = self._default(f"train in {home}", default.train)
        body = RailLeg(from_=origin.text, to=destination.text, train=train)
        return LegAsked(rail=body.model_copy(update={"locomotives": default.locomotives}))

    def _plain(self, body: RailLeg, origin: Gateway, destination: Gateway) -> RailLeg:
        return body.model_copy(
            update={
                "from_": origin.text, "to": destination.text, "lines": (), "via": (),
                "stops": (), "arrive_at": None,
            }
        )  # fmt: skip

    def _part(
        self, own: OwnRail, origin: Gateway, destination: Gateway, low: float, high: float
    ) -> LegAsked:
        """Return the part of the journey's own rail leg between two places on it."""
        stops = tuple(
            stop.model_copy(update={"until": None})
            for stop in own.body.stops
            if low < own.chainage_m.get(stop.at, low) < high
        )
        # The train stands ready as it would run there: behind the locomotives of the last change.
        hauled = own.body.locomotives
        for stop in own.body.stops:
            if stop.locomotives is not None and own.chainage_m.get(stop.at, high) <= low:
                hauled = stop.locomotives
        if low > 0.0:
            self.assumed[f"the train stands ready at {origin.name}"] = None
        body = self._plain(own.body, origin, destination)
        body = body.model_copy(update={"stops": stops, "locomotives": hauled})
        if hauled != own.body.locomotives and (body.advance_train or body.following_train):
            # Their locomotives there are not known: they change with the main train's on the way.
            body = body.model_copy(update={"advance_train": None, "following_train": None})
            self.assumed[f"no advance and following train from {origin.name}"] = None
        return LegAsked(rail=body.model_copy(update={"lines": _lines(own, origin, destination)}))


def _lines(own: OwnRail, origin: Gateway, destination: Gateway) -> tuple[str, ...]:
    """Return the lines of the leg that lie between two places; none where that is not plain."""
    holding = [
        [i for i, names in enumerate(own.line_points) if gateway.name in names]
        for gateway in (origin, destination)
    ]
    if not holding[0] or not holding[1]:
        return ()
    first, last = holding[0][-1], holding[1][0]
    return own.body.lines[first : last + 1] if first <= last else ()
