r"""Planner: from a journey and a world to a plan, and to the same plan re-timed.

::

    journey -> places -> stages (route, running, flight, drive)   hang on no clock
                              \-> chain (departure, observations) -> plan

Stages are remembered by all they depend on (`Memo`), so a change of departure or
an observed time re-computes only the chain; the result is what planning from
scratch gives, byte for byte.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from retinue import __version__
from retinue.clock import local, parse_moment
from retinue.document import recording
from retinue.errors import InputError, NoPlan
from retinue.journey import AlternativeAsked, JourneyFile, LegAsked, journey_from_text
from retinue.plan import (
    Alternative,
    Assumption,
    JourneyRecord,
    MadeWith,
    Note,
    Observation,
    Plan,
    Source,
)
from retinue.plan.train_path import AdoptedPath, PathVia
from retinue.planner.adopted_path import check_paths
from retinue.planner.arrival import check_arrival
from retinue.planner.cars_on_train import cars_of
from retinue.planner.chain import Chain, chain_legs, check_joined
from retinue.planner.comparison import compare_ways
from retinue.planner.conditions import conditions_of
from retinue.planner.leg_ends import departure_of, ends_of, origin_of
from retinue.planner.memo import Memo
from retinue.planner.own_files import OwnFiles
from retinue.planner.papers import check_loading, with_papers
from retinue.planner.party_limits import exceeded, excluded, limit_notes, refuse
from retinue.planner.permits import FindPoint
from retinue.planner.records import merge_assumptions, merge_sources, place_record
from retinue.planner.reported import reported_notes, unserved_notes
from retinue.planner.staged import Context, Progress, StagedLeg
from retinue.planner.stages import stage_of
from retinue.planner.support import PlannedSupport, plan_support
from retinue.world.world import World

__all__ = ["Planner"]


class Planner:
    """Makes plans, and remembers stages from one to the next.

    Parameters
    ----------
    world
        What exists; opened on first use.
    progress
        Told the name of each step.

    Examples
    --------
    >>> import retinue
    >>> plan = Planner().make(retinue.load_journey("panmunjom-2018"))
    >>> plan.legs[0].mode
    'road'
    """

    def __init__(self, world: World | None = None, progress: Progress | None = None) -> None:
        self.world = world or World()
        self.memo = Memo()
        self._progress: Progress = progress or (lambda _: None)

    def tell(self, what: str) -> None:
        """Name a step to whoever watches."""
        self._progress(what)

    def validate(self, file: JourneyFile) -> None:
        """Check all that can be checked without writing a plan.

        Raises
        ------
        InputError, NoPlan
            For the first fault.
        """
        self.make(file)

    def make(
        self,
        file: JourneyFile,
        *,
        depart: str | None = None,
        observations: Sequence[Observation] = (),
        paths: Sequence[AdoptedPath] = (),
    ) -> Plan:
        """Plan a journey.

        Parameters
        ----------
        depart
            Departure instead of the file's; without a zone, in the origin's.
        observations
            Observed times of the main movements, by leg id.
        paths
            Paths among other trains that rail legs run on, at their moments.

        Raises
        ------
        InputError
            Where the journey cannot be understood, or a path is of no leg of it.
        NoPlan
            Where it cannot be made, with every reason found.
        """
        world = self.world_of(file)
        gazetteer = world.gazetteer(file.journey.places)
        with recording() as read:
            start = origin_of(file, gazetteer)
            depart_s = departure_of(file, start, depart)
            day = local(depart_s, start.zone).date()
            given = {path.leg: path for path in paths}
            context = Context(world, file, gazetteer, self.memo, self._progress, day, paths=given)
            refuse(file, excluded(file.journey.party, [leg.mode for leg in file.journey.legs]))
            staged = self._stage_all(file.journey.legs, ("legs",), context)
            check_paths(staged, paths)
            self._progress("placing the legs in time")
            chain = self._chain(staged, depart_s, file, observations, late_is_fault=depart is None)
            alternatives = [
                self._alternative(asked, index, context, depart_s)
                for index, asked in enumerate(file.journey.alternatives)
            ]
            support = plan_support(context, chain, depart_s, self._stage_all)
        if not observations:
            # A delay may lengthen a leg beyond a limit: that is for people to judge, on the way.
            legs = [timed.leg for timed in chain.timed]
            refuse(file, exceeded(file.journey.party, legs))
        check_arrival(file, staged, depart_s, chain, observations)
        own = OwnFiles.of(file, read, *(leg.files for leg in staged))
        return self._plan(
            file, staged, chain, alternatives, support, depart, observations, paths, own
        )

    def way(
        self,
        file: JourneyFile,
        legs: Sequence[LegAsked],
        path: tuple[int | str, ...],
        *,
        start_s: float | None = None,
    ) -> Chain:
        """Plan legs from the journey's departure, by the stages and memory that `make` uses.

        Parameters
        ----------
        legs
            The journey's own or any others.
        path
            Where they stand in the journey file, for errors.
        start_s
            When they begin, Unix seconds; None: the journey's departure.

        Raises
        ------
        InputError, NoPlan
            As `make` raises them; limits of the party are not looked at.
        """
        world = self.world_of(file)
        gazetteer = world.gazetteer(file.journey.places)
        origin = origin_of(file, gazetteer)
        depart_s = departure_of(file, origin, None)
        day = local(depart_s, origin.zone).date()
        context = Context(world, file, gazetteer, self.memo, self._progress, day)
        staged = self._stage_all(legs, path, context)
        begin = depart_s if start_s is None else start_s
        return self._chain(staged, begin, file, (), late_is_fault=start_s is None)

    def stages(
        self, plan: Plan, *, ways: Mapping[str, tuple[PathVia, ...]] | None = None
    ) -> list[StagedLeg]:
        """Return the legs of a plan as far as no clock is needed, as its journey asks for them.

        Paths among other trains are left out: it is the leg without them that asks for one.

        Parameters
        ----------
        ways
            Of rail legs, by id: places to pass instead of the lines and places that the journey
            names.

        Raises
        ------
        InputError, NoPlan
            As `remake`.
        """
        self._check_world(plan.made_with)
        own = OwnFiles(plan.journey.extra_files)
        with tempfile.TemporaryDirectory(prefix="retinue-") as folder:
            file = journey_from_text(
                plan.journey.text, plan.journey.name, own.laid_out(Path(folder))
            )
            world = self.world_of(file)
            gazetteer = world.gazetteer(file.journey.places)
            start = origin_of(file, gazetteer)
            day = local(plan.depart_utc, start.zone).date()
            context = Context(
                world, file, gazetteer, self.memo, self._progress, day, ways=ways or {}
            )
            return self._stage_all(file.journey.legs, ("legs",), context)

    def observe(self, plan: Plan, place: str, time: str, *, leg: int | None = None) -> Plan:
        """Return the plan with one more observed time, everything after it re-timed.

        Parameters
        ----------
        place
            A place of the plan's timeline.
        time
            ``22:47`` (local there, nearest to the planned time), or a date and time.
        leg
            Number of the leg, where the place is on several.

        Raises
        ------
        InputError
            For an unknown place, an ambiguous leg, or a time that cannot be.
        """
        from retinue.planner.observation import read_observation

        observation = read_observation(plan, place, time, leg)
        kept = tuple(
            seen
            for seen in plan.observations
            if (seen.leg, seen.place) != (observation.leg, observation.place)
        )
        return self.remake(plan, observations=(*kept, observation))

    def remake(
        self,
        plan: Plan,
        *,
        observations: Sequence[Observation] | None = None,
        paths: Sequence[AdoptedPath] | None = None,
    ) -> Plan:
        """Make a plan again from what it holds.

        Parameters
        ----------
        observations, paths
            In place of the plan's own.

        Raises
        ------
        InputError
            Where the journey kept in the plan cannot be read by this version, or the plan
            was made over another world at track level than this.
        """
        self._check_world(plan.made_with)
        own = OwnFiles(plan.journey.extra_files)
        with tempfile.TemporaryDirectory(prefix="retinue-") as folder:
            file = journey_from_text(
                plan.journey.text, plan.journey.name, own.laid_out(Path(folder))
            )
            return self.make(
                file,
                depart=plan.journey.depart,
                observations=plan.observations if observations is None else observations,
                paths=plan.paths if paths is None else paths,
            )

    def _check_world(self, made: MadeWith) -> None:
        if made.world_sha256 == self.world.tracks_sha256:
            return
        now = self.world.tracks_path
        raise InputError(
            f"the plan was made over {made.world or 'the world pack alone'}, and this is "
            + ("the world pack alone" if now is None else f"{now.name}, another or rebuilt"),
            where="--world",
            cure=f"Name the same world: --world {made.world}." if made.world
            else "Leave --world out, or make the plan again with it.",
        )  # fmt: skip

    def world_of(self, file: JourneyFile) -> World:
        """Return the world under the journey's own line books."""
        if not file.journey.line_books:
            return self.world
        folder = file.folder or Path()
        paths = tuple(folder / name for name in file.journey.line_books)
        return self.memo.get(
            (
                "world",
                *(path.read_text("utf-8") if path.is_file() else str(path) for path in paths),
            ),
            lambda: self.world.with_line_books(paths),
        )

    def _stage_all(
        self,
        legs: Sequence[LegAsked],
        path: tuple[int | str, ...],
        context: Context,
        prefix: str = "",
    ) -> list[StagedLeg]:
        staged: list[StagedLeg] = []
        for index, asked in enumerate(legs):
            where = (*path, index) if len(path) == 1 or len(legs) > 1 else path
            origin, destination = ends_of(asked, where, context, staged)
            if (origin.lat, origin.lon) == (
                destination.lat,
                destination.lon,
            ) and not asked.body.via:
                raise InputError(
                    f"the leg begins and ends at {origin.name}",
                    where=context.file.where(*where, asked.mode, "to"),
                    cure="Name another end, or a place on the way with via.",
                )
            carrying = replace(context, cars=cars_of(legs, index, path, context))
            check_loading(asked, where, context)
            leg_id = f"{prefix}{index + 1}-{asked.mode}"
            stage = stage_of(asked.mode)
            staged.append(stage(carrying, asked, where, leg_id, origin, destination))
        check_joined(staged, context.file)
        return staged

    def _chain(
        self,
        staged: Sequence[StagedLeg],
        depart_s: float,
        file: JourneyFile,
        observations: Sequence[Observation],
        *,
        late_is_fault: bool,
    ) -> Chain:
        by_leg: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for seen in observations:
            by_leg[seen.leg].append((seen.place, seen.time_utc))
        return chain_legs(
            staged, depart_s, file, by_leg, late_is_fault=late_is_fault and not observations
        )

    def _alternative(
        self, asked: AlternativeAsked, index: int, context: Context, depart_s: float
    ) -> tuple[Alternative, Chain | None]:
        path: tuple[int | str, ...] = ("alternatives", index)
        title = asked.title or " + ".join(leg.mode for leg in asked.legs)
        party = context.file.journey.party
        if refused := excluded(party, [leg.mode for leg in asked.legs]):
            reasons = tuple(breach.what for breach in refused)
            return Alternative(title=title, feasible=False, reasons=reasons), None
        try:
            staged = self._stage_all(asked.legs, path, context)
            start = depart_s
            if asked.depart is not None:
                where = context.file.where(*path, "depart")
                try:
                    start = parse_moment(asked.depart, staged[0].origin.zone)
                except ValueError as error:
                    raise InputError(str(error), where=where) from error
            chain = self._chain(staged, start, context.file, (), late_is_fault=True)
        except NoPlan as error:
            # An alternative that cannot be made is a result: it stands in the plan.
            reasons = tuple(r.what for r in error.reasons) or (error.message,)
            return Alternative(title=title, feasible=False, reasons=reasons), None
        legs = tuple(timed.leg for timed in chain.timed)
        if broken := exceeded(party, legs):
            reasons = tuple(breach.what for breach in broken)
            return Alternative(title=title, feasible=False, reasons=reasons), None
        return Alternative(title=title, legs=legs, handovers=chain.handovers), chain

    def _plan(
        self,
        file: JourneyFile,
        staged: Sequence[StagedLeg],
        chain: Chain,
        alternatives: Sequence[tuple[Alternative, Chain | None]],
        support: Sequence[PlannedSupport],
        depart: str | None,
        observations: Sequence[Observation],
        paths: Sequence[AdoptedPath],
        own: OwnFiles,
    ) -> Plan:
        self._progress("writing down the plan")
        legs = tuple(timed.leg for timed in chain.timed)
        chains = [chain, *(other for _, other in alternatives if other is not None)]
        chains += [item.chain for item in support if item.chain is not None]
        assumptions: list[Assumption] = [
            item
            for each in chains
            for group in (*(timed.assumptions for timed in each.timed), each.assumptions)
            for item in group
        ]
        sources: list[Source] = [
            item for each in chains for timed in each.timed for item in timed.sources
        ]
        notes: list[Note] = [*reported_notes(file.journey, legs), *chain.notes]
        notes += limit_notes(file.journey.party, legs)
        ends = [place for leg in staged for place in (leg.origin, leg.destination)]
        notes += unserved_notes(file.journey, any(timed.sites for timed in chain.timed))
        # How a name was understood is never a silent choice.
        notes += [
            Note(level="info", subject=place.name, text=place.note)
            for place in dict.fromkeys(ends)
            if place.note
        ]
        notes += [note for leg in legs for note in leg.notes if note.level == "warning"]
        sites = tuple(site for timed in chain.timed for site in timed.sites)
        weather = conditions_of(file, legs, sites)
        notes += weather.notes
        assumptions += weather.assumptions
        for item in support:
            notes += item.notes
            assumptions += item.assumptions
        pack = self.world.pack
        plan = Plan(
            title=file.journey.title,
            made_with=MadeWith(
                retinue=__version__,
                pack_version=pack.version,
                pack_sha256=pack.sha256,
                catalogue_sha256=self.world.catalogue_sha256,
                world="" if self.world.tracks_path is None else self.world.tracks_path.name,
                world_sha256=self.world.tracks_sha256,
            ),
            journey=JourneyRecord(
                name=file.name,
                file=Path(file.label).name,
                text=file.text,
                extra_files=own.texts,
                depart=depart,
            ),
            observations=tuple(observations),
            paths=tuple(sorted(paths, key=lambda path: path.leg)),
            origin=place_record(staged[0].origin),
            destination=place_record(staged[-1].destination),
            depart_utc=legs[0].depart_utc,
            arrive_utc=legs[-1].arrive_utc,
            base_currency=file.journey.currency,
            legs=legs,
            handovers=chain.handovers,
            alternatives=tuple(alternative for alternative, _ in alternatives),
            support=tuple(item.support for item in support),
            comparison=compare_ways(file, chain, alternatives),
            notes=tuple(notes),
            assumptions=merge_assumptions(assumptions),
            sources=merge_sources(sources, pack.licences()),
            sites=sites,
            conditions=weather.conditions,
        )
        return with_papers(plan, file, self._finder(file)).sealed()

    def _finder(self, file: JourneyFile) -> FindPoint:
        """Return what finds a point of the journey, by name or coordinates."""

        def find(text: str, where: str) -> tuple[float, float]:
            gazetteer = self.world_of(file).gazetteer(file.journey.places)
            place = gazetteer.resolve(text, where=where)
            return place.lat, place.lon

        return find
