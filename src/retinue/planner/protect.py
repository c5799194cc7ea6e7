"""Protection of a finished plan: the rooms' answers put together into one document.

Pure in plan, policy and files: moving the departure computes everything again from the moved
plan, and only what hangs on no clock (duties of teams whose shifts do not bind) is remembered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.journey import ProtectionAsked, journey_from_text
from retinue.plan import (
    Assumption,
    Closure,
    Fallback,
    Note,
    Plan,
    Protection,
    SeveredAccess,
    Source,
    Task,
)
from retinue.planner.access_network import access_network
from retinue.planner.fallbacks import planned_fallback
from retinue.planner.memo import Memo
from retinue.planner.own_files import OwnFiles
from retinue.planner.planner import Planner
from retinue.planner.team_travel import CROW_ASSUMPTION, OverRoads, as_the_crow_flies
from retinue.protection.assignment import Assignment, Problem
from retinue.protection.bands import joint_coverage, load_passage_model, passage_bands
from retinue.protection.closures import closures_of
from retinue.protection.communications import channels_of
from retinue.protection.crews import NamedCrew, crew_duties, load_crews
from retinue.protection.decisions import decisions_of
from retinue.protection.duties import Travel, TravelMatrix, give_out
from retinue.protection.havens import havens_of
from retinue.protection.policy import Policy, load_policy
from retinue.protection.public_cost import load_road_flows
from retinue.protection.requests import fallback_requests, weaknesses_of
from retinue.protection.severance import severed_access
from retinue.protection.site import SiteOnLeg, sites_of
from retinue.protection.tasks import patrol_tasks, site_tasks
from retinue.protection.teams import Team, load_teams, teams_needed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retinue.planner.staged import Progress
    from retinue.world.world import World

__all__ = ["Protector", "asked_protection"]


def asked_protection(plan: Plan) -> tuple[ProtectionAsked | None, bool, int]:
    """Return what the plan's journey asks for, whether it is coarse, and its seed."""
    journey = journey_from_text(plan.journey.text, plan.journey.name).journey
    return journey.protection, journey.coarse, journey.seed


@dataclass(frozen=True)
class _Asked:
    asked: ProtectionAsked
    policy: Policy
    policy_text: str
    seed: int


class Protector:
    """Protects plans, and remembers from one to the next what hangs on no clock.

    Parameters
    ----------
    world
        What exists; roads of a built world serve the teams.
    folder
        Where policies, teams, crews and contacts are looked up before the catalogue.
    """

    def __init__(
        self, world: World, folder: Path | None = None, progress: Progress | None = None
    ) -> None:
        self.world = world
        self.folder = folder
        self.memo = Memo()
        self.planner = Planner(world)
        self._progress: Progress = progress or (lambda _: None)

    def protect(self, plan: Plan, policy: str | None = None) -> Protection:
        """Return the protection of a plan.

        Parameters
        ----------
        policy
            Instead of the journey's.

        Raises
        ------
        InputError
            Where the journey asks for no protection, is a real one of the past, or a file is
            faulty.
        """
        asked = self._asked(plan, policy)
        self._progress("passages of sites")
        sites = sites_of(plan)
        model = load_passage_model()
        passages = passage_bands(plan, sites, model, asked.policy.coverage)
        self._progress("closures")
        closures = closures_of(sites, passages, asked.policy, model, load_road_flows())
        severed = self._severed(sites, closures)
        self._progress("tasks and duties")
        tasks = (
            *site_tasks(sites, passages, closures, asked.policy),
            *patrol_tasks(plan, asked.policy, model),
        )
        teams = self._teams(plan, asked, tasks)
        given = give_out(
            tasks, teams, self._travel(), plan.depart_utc, self._remembered,
            walks_m=asked.policy.patrol.a_day_at_most,
        )  # fmt: skip
        self._progress("crews")
        crews = crew_duties(plan, asked.policy, self._crews(plan, asked))
        self._progress("fallbacks")
        fallbacks = self._fallbacks(plan, asked.policy)
        havens = havens_of(plan, sites, asked.policy)
        bands = [p.record(asked.policy.coverage) for site in sites for p in passages[site.key]]
        protection = Protection(
            plan_hash=plan.hash,
            title=plan.title,
            policy=asked.asked.policy,
            policy_text=asked.policy_text,
            sites=tuple(
                {"key": s.key, "class": s.site_class, "name": s.name, **(s.record or {})}
                for s in sites
            ),
            passages=tuple(bands),
            joint_coverage=joint_coverage(passages, model, asked.seed),
            closures=closures,
            severed=severed,
            tasks=tasks,
            duties=given.duties,
            uncovered=given.uncovered,
            crews=crews,
            decisions=decisions_of(plan, tasks, asked.policy),
            channels=channels_of(plan, sites, asked.policy),
            havens=havens,
            fallbacks=fallbacks,
            weaknesses=weaknesses_of(plan, fallbacks, havens, asked.policy),
            notes=_notes(plan, sites),
            assumptions=(
                *_assumptions(asked.policy),
                *((CROW_ASSUMPTION,) if given.duties and self.world.roads is None else ()),
            ),
            sources=tuple(
                Source(id=key, text=text, used_for=(f"policy {asked.asked.policy}",))
                for key, text in sorted(asked.policy.sources.items())
            ),
            figures=_figures(closures)
            | {
                "tasks": len(tasks),
                "duties": len(given.duties),
                "uncovered": len(given.uncovered),
                "least_slack_s": given.slack_s,
            },
        )
        return protection.sealed()

    def _remembered(self, problem: Problem, compute: Callable[[], Assignment]) -> Assignment:
        return self.memo.get(("assignment", problem.key()), compute)

    def _travel(self) -> Travel:
        """Return how teams travel; a matrix of the same places is asked once."""
        roads = self.world.roads
        travel = (
            as_the_crow_flies()
            if roads is None
            else self.memo.get(("roads of teams",), lambda: OverRoads(roads))
        )

        def remembered(begins: NDArray[np.float64], ends: NDArray[np.float64]) -> TravelMatrix:
            key = ("travel", begins.tobytes(), ends.tobytes())
            return self.memo.get(key, lambda: travel(begins, ends))

        return remembered

    def _severed(
        self, sites: Sequence[SiteOnLeg], closures: Sequence[Closure]
    ) -> tuple[SeveredAccess, ...]:
        """Ask the roads; who is cut off by a set of sites hangs on no clock."""
        key = tuple((site.id, site.lat, site.lon) for site in sites)
        network, known = self.memo.get(
            ("access", key), lambda: (access_network(self.world, sites), _none_known())
        )
        return () if network is None else severed_access(network, closures, known)

    def _fallbacks(self, plan: Plan, policy: Policy) -> tuple[Fallback, ...]:
        """Have every fallback planned that the policy asks for, by the stages of the planner."""
        own = OwnFiles(plan.journey.extra_files)
        with tempfile.TemporaryDirectory(prefix="retinue-") as folder:
            file = journey_from_text(
                plan.journey.text, plan.journey.name, own.laid_out(Path(folder)) or self.folder
            )
            return tuple(
                planned_fallback(self.planner, file, plan, request)
                for request in fallback_requests(plan, policy)
            )

    def _teams(self, plan: Plan, asked: _Asked, tasks: Sequence[Task]) -> tuple[Team, ...]:
        rule = asked.policy.crew("post")
        if rule is None:
            raise InputError(
                "the policy has no hours for posts",
                where=f"policy {asked.policy.title}: crews",
                cure="Add an entry with  kind: post.",
            )
        if asked.asked.teams is not None:
            return load_teams(asked.asked.teams, self.folder, rule, where="protection.teams")
        ends = [place for leg in plan.legs for place in (leg.from_, leg.to)]
        bases = dict.fromkeys((p.name, p.lat, p.lon, p.zone) for p in ends)
        own = [task for task in tasks if not task.request_to]
        return teams_needed(own, tuple(bases), rule)

    def _crews(self, plan: Plan, asked: _Asked) -> tuple[NamedCrew, ...] | None:
        if asked.asked.crews is None:
            return None
        return load_crews(
            asked.asked.crews, self.folder, plan.origin.zone, where="protection.crews"
        )

    def _asked(self, plan: Plan, policy: str | None) -> _Asked:
        asked, coarse, seed = asked_protection(plan)
        if coarse:
            raise InputError(
                "this is a real journey of the past: it is shown coarse, without protection",
                where=plan.journey.file,
                cure="Protect a journey of your own, or a fictional one:"
                " retinue plan fictional-rhine --world NAME.world.",
            )
        if policy is not None:
            asked = (asked or ProtectionAsked(policy=policy)).model_copy(update={"policy": policy})
        if asked is None:
            raise InputError(
                "the journey names no policy of protection",
                where=plan.journey.file,
                cure='Add the line "protection: standard", or give --policy standard.',
            )
        loaded, text = load_policy(asked.policy, self.folder, where="protection")
        return _Asked(asked, loaded, text, seed)


def _notes(plan: Plan, sites: Sequence[object]) -> tuple[Note, ...]:
    if sites:
        return ()
    return (
        Note(
            level="warning",
            subject=plan.title,
            text="no site is known along this plan: it was made over the coarse world pack;"
            " plan it over a built world (--world) to protect it",
        ),
    )


def _assumptions(policy: Policy) -> tuple[Assumption, ...]:
    model, flows = load_passage_model(), load_road_flows()
    return (
        Assumption(
            subject="passages",
            what="mean relative delay",
            value=f"{100 * model.mean_delay:.1f} % of the time since the last report",
            because=model.sources[model.basis_of("mean delay").source],
        ),
        Assumption(
            subject="closures",
            what="traffic of the roads",
            value="by class of road and hour",
            because=flows.sources[flows.source],
        ),
        *(
            Assumption(
                subject=f"policy, {name}",
                what=", ".join(assumed),
                value="as in the policy",
                because="no published rule gives it",
            )
            for name, rule in policy.sites.items()
            if (assumed := rule.assumed())
        ),
    )


def _figures(closures: Sequence[Closure]) -> dict[str, object]:
    ours = sum(c.public.vehicle_hours for c in closures if c.public)
    fixed = sum(c.public.fixed_vehicle_hours for c in closures if c.public)
    return {
        "closures": len(closures),
        "over_budget": sum(c.over_budget_s > 0 for c in closures),
        "vehicle_hours": round(ours, 2),
        "fixed_vehicle_hours": round(fixed, 2),
        "vehicle_hours_ratio": round(ours / fixed, 4) if fixed else None,
    }


def _none_known() -> dict[frozenset[str], frozenset[int]]:
    return {}
