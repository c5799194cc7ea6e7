"""Provisioning of a finished plan: the rooms' answers put together into one document.

::

    party, menu, policy -> meals -> stock -> kitchen -> services -> programme
                                    ^   `-> what must be brought -> legs by road and air
                                    `------- what cannot be, or takes longer ----'

Pure in plan, policy and files: after any change of the plan everything is worked out again, and
what the change does not touch is only remembered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue import __version__
from retinue.apart import Apart, apart
from retinue.clock import local
from retinue.document import recording
from retinue.errors import InputError, NoPlan
from retinue.journey import JourneyFile, ProvisioningAsked, journey_from_text
from retinue.plan import Note, Plan, Provision
from retinue.plan.consist import ConsistRecord
from retinue.plan.provision import GroupRecord
from retinue.planner.own_files import OwnFiles
from retinue.planner.planner import Planner
from retinue.planner.provision_cards import cards_of
from retinue.planner.provision_cost import exchange_of, provision_costs
from retinue.planner.provision_grounds import assumptions_of, notes_of, sources_of
from retinue.planner.provision_notes import left_out_notes
from retinue.planner.provision_orders import orders_by_meal, orders_due
from retinue.planner.supplies import nearest_aerodrome, supplied, supply_bases
from retinue.planner.supply_bands import arrival_bands
from retinue.provisioning.border_rules import BorderRules, load_border_rules
from retinue.provisioning.custody import with_custody
from retinue.provisioning.eaters import eater_types
from retinue.provisioning.kitchen import kitchen_of
from retinue.provisioning.meal_service import as_served
from retinue.provisioning.meals import meals_of
from retinue.provisioning.memory import open_memory
from retinue.provisioning.menu import Menu, load_menu
from retinue.provisioning.needs import demands_of
from retinue.provisioning.offers import Offers
from retinue.provisioning.on_offer import left_out_records
from retinue.provisioning.open_air import load_open_air
from retinue.provisioning.party import PartyPlan, party_plan
from retinue.provisioning.policy import ProvisioningPolicy, load_provisioning_policy
from retinue.provisioning.pre_orders import ordered_ahead
from retinue.provisioning.prepared_food import with_prepared
from retinue.provisioning.programme import programme_of
from retinue.provisioning.services import services_of_train
from retinue.provisioning.stocking import Stocked, Watcher, stock
from retinue.provisioning.supply import forbids_by, imports_by, load_supply_rules

if TYPE_CHECKING:
    from retinue.plan.meals import KitchenRecord
    from retinue.plan.programme import ProgrammeRecord
    from retinue.plan.provision import MenuCardRecord
    from retinue.plan.services import ServicesRecord
    from retinue.planner.staged import Progress
    from retinue.provisioning.demand import Demand, StockClass
    from retinue.world.world import World

__all__ = ["Provisioner", "asked_provisioning"]


def asked_provisioning(plan: Plan) -> ProvisioningAsked | None:
    """Return what the plan's journey asks for."""
    return journey_from_text(plan.journey.text, plan.journey.name).journey.provisioning


@dataclass(frozen=True)
class _Grounds:
    """What a document stands on, read and understood."""

    file: JourneyFile
    asked: ProvisioningAsked
    policy: ProvisioningPolicy
    menu: Menu
    rules: BorderRules
    party: PartyPlan
    own: OwnFiles = field(default_factory=lambda: OwnFiles({}))


@dataclass(frozen=True)
class _House:
    """Life on board, as far as no store decides it."""

    kitchen: KitchenRecord
    services: ServicesRecord
    programme: ProgrammeRecord
    cards: tuple[MenuCardRecord, ...]


class Provisioner:
    """Provisions plans.

    Parameters
    ----------
    world
        What exists: aerodromes and roads by which goods come.
    folder
        Where policies, menus and orders are looked up before the catalogue.
    memory
        Folder for what costs time to work out; None: only within this object.
    """

    def __init__(
        self,
        world: World,
        folder: Path | None = None,
        memory: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.planner = Planner(world)
        self.folder = folder
        self._progress: Progress = progress or (lambda _: None)
        self._memory: MutableMapping[bytes, Any] = open_memory(memory)

    def provision(
        self,
        plan: Plan,
        *,
        policy: str | None = None,
        menu: str | None = None,
        kept: Mapping[str, str] | None = None,
        whole: Callable[[Provision], object] | None = None,
    ) -> Provision:
        """Return the provisioning of a plan.

        Parameters
        ----------
        policy, menu
            Instead of the journey's.
        kept
            The user's own files of an earlier document, used where they lie nowhere else.
        whole
            Told the document before it is sealed, for whoever has something to do with it.

        Raises
        ------
        InputError
            Where the journey asks for no provisioning or has no train, or a file is faulty.
        NoPlan
            Where the train cannot hold, cook or serve what is asked for, with what is short.
        """
        with self._grounds(plan, policy, menu, kept or {}) as (grounds, read):
            document = self._document(plan, grounds)
            own = OwnFiles.of(grounds.file, read)
        extra = {k: v for k, v in own.texts.items() if k not in plan.journey.extra_files}
        document = document.model_copy(update={"extra_files": extra})
        if whole is not None:
            whole(document)
        return document.sealed()

    def validate(self, plan: Plan) -> tuple[Note, ...]:
        """Check policy, menu, party and orders against the plan; stock and cook nothing.

        Returns
        -------
        tuple of Note
            Who does without what, because nothing of it on the menu suits him.

        Raises
        ------
        InputError
            For the first fault.
        NoPlan
            Where the menu leaves somebody nothing to eat or to drink at a meal.
        """
        with self._grounds(plan, None, None, {}) as (grounds, _):
            meals = meals_of(plan, grounds.party, grounds.policy)
            orders = ordered_ahead(grounds.file, grounds.menu, grounds.policy, grounds.party)
            known = orders_by_meal(orders, meals, grounds.file)
            types = eater_types(grounds.party, grounds.policy)
            demands = demands_of(
                grounds.menu, grounds.policy, load_supply_rules(), types, meals, Offers(), known
            )
        left_out = left_out_records(demands.values())
        return tuple(left_out_notes(left_out, (meal.groups for meal in meals)))

    def make_ready(self, plan: Plan) -> None:
        """Read and load what provisioning a plan much like this one will need.

        It changes nothing but the time that `provision` takes.
        """
        import retinue.provisioning.comparing
        import retinue.provisioning.mixed_program
        import retinue.provisioning.serving
        import retinue.provisioning.stocked  # noqa: F401

        # What is wrong with a file is told where the file is needed.
        with suppress(InputError, NoPlan), self._grounds(plan, None, None, {}) as (grounds, _):
            meals_of(plan, grounds.party, grounds.policy)
            world = self.planner.world_of(grounds.file)
            supply_bases(plan, grounds.file, world, load_supply_rules())
            load_open_air()
            _ = world.road_graph, world.countries.country_at(0.0, 0.0)

    @contextmanager
    def _grounds(
        self, plan: Plan, policy: str | None, menu: str | None, kept: Mapping[str, str]
    ) -> Iterator[tuple[_Grounds, Mapping[Path, str]]]:
        """Read policy, menu and rules, from the user's folders or from what documents keep."""
        texts = {**kept, **plan.journey.extra_files}
        with tempfile.TemporaryDirectory(prefix="retinue-") as folder, recording() as read:
            home = self.folder or OwnFiles(texts).laid_out(Path(folder))
            file = journey_from_text(plan.journey.text, plan.journey.name, home)
            asked = file.journey.provisioning
            if policy is not None:
                asked = (asked or ProvisioningAsked(policy=policy)).model_copy(
                    update={"policy": policy}
                )
            if asked is None:
                raise InputError(
                    "the journey names no policy of provisioning",
                    where=plan.journey.file,
                    cure='Add the line "provisioning: standard" to it; retinue provision also takes'
                    " --policy standard.",
                )
            if menu is not None:
                asked = asked.model_copy(update={"menu": menu})
            where = file.where("provisioning")
            rules = load_provisioning_policy(asked.policy, home, where=where)
            yield (
                _Grounds(
                    file,
                    asked,
                    rules,
                    load_menu(asked.menu or rules.menu, home, where=where),
                    load_border_rules(asked.border_rules or rules.border_rules, home, where=where),
                    party_plan(file, rules, plan.origin.zone),
                ),
                read,
            )

    def _document(self, plan: Plan, grounds: _Grounds) -> Provision:
        asked, policy, menu, party = grounds.asked, grounds.policy, grounds.menu, grounds.party
        self._progress("meals")
        meals = meals_of(plan, party, policy)
        orders = ordered_ahead(grounds.file, menu, policy, party)
        known = orders_by_meal(orders, meals, grounds.file)
        self._progress("stores: what must be aboard")
        world = self.planner.world_of(grounds.file)
        served, longest_s = as_served(plan, meals)
        supply = load_supply_rules()
        if longest_s > supply.served_within:
            supply = supply.model_copy(update={"served_within": longest_s})
        seed = grounds.file.journey.seed if asked.seed is None else asked.seed
        day = local(plan.depart_utc, plan.origin.zone).date()

        def stock_with(carried: Mapping[str, float], watcher: Watcher) -> Stocked:
            return stock(
                plan, menu, policy, party, served,
                forbids=forbids_by(grounds.rules, day),
                exchange=exchange_of(plan),
                rules=supply,
                band_of=arrival_bands(plan),
                nearest=nearest_aerodrome(world, supply),
                bases=supply_bases(plan, grounds.file, world, supply),
                imports=imports_by(grounds.rules, day),
                carried=carried,
                known=known,
                seed=seed,
                memory=self._memory,
                watcher=watcher,
            )  # fmt: skip

        def live(portions: Mapping[str, Mapping[str, float]]) -> _House:
            kitchen = kitchen_of(
                plan, party, policy, menu, portions=portions, meals=meals, memory=self._memory
            )
            return _House(
                kitchen,
                services_of_train(plan, party, policy, kitchen),
                programme_of(
                    plan, party, policy, kitchen, grounds.file.journey.programme,
                    where=grounds.file.where("programme"),
                ),
                cards_of(menu, party),
            )  # fmt: skip

        # How people live hangs on what is asked for, not on the stores: it is solved beside them.
        with ExitStack() as stack:
            begun: list[tuple[dict[str, dict[str, float]], Apart[_House]]] = []

            def demanded(demands: Mapping[StockClass, Demand]) -> None:
                portions = expected_portions(demands.values(), menu)
                if not begun or begun[-1][0] != portions:
                    running = stack.enter_context(apart(partial(live, portions)))
                    begun.append((portions, running))

            stocked, supplies, refused = supplied(self.planner, plan, supply, stock_with, demanded)
            self._progress("kitchen, services, programme")
            house = begun[-1][1].result()
        kitchen, services, programme = house.kitchen, house.services, house.programme
        stores = with_custody(stocked.stores, supply, supplies)
        stores = with_prepared(stores, kitchen, menu, policy)
        costs, rates = provision_costs(plan, stores, kitchen, services)
        return Provision(
            plan_hash=plan.hash,
            title=plan.title,
            retinue=__version__,
            policy=asked.policy,
            policy_title=policy.title,
            menu=menu.name,
            menu_title=menu.title,
            seed=seed,
            groups=tuple(
                GroupRecord(
                    role=group.role, people=group.people, meal_class=group.meal_class,
                    body_zone=group.body_zone, meals_by=group.meals_by,
                    diets=dict(group.diets), allergies=dict(group.allergies),
                )
                for group in party.groups
            ),
            kitchen=kitchen,
            services=services,
            stores=stores,
            supplies=supplies,
            programme=programme,
            consist=_consist(plan),
            cards=house.cards,
            costs=costs,
            cost_total=round(sum(item.amount_base for item in costs), 2),
            currency=plan.base_currency,
            notes=(
                *orders_due(asked, policy, party, meals, known),
                *notes_of(stores, kitchen, services, refused, programme),
            ),
            assumptions=assumptions_of(plan, policy, menu, stores, kitchen, costs, rates),
            sources=sources_of(policy, menu, grounds.rules, supply, costs, rates),
            figures=_figures(stocked, menu, party),
        )  # fmt: skip


def expected_portions(demands: Iterable[Demand], menu: Menu) -> dict[str, dict[str, float]]:
    """Return the expected portions by meal and dish, all who eat together, drinks left out."""
    found: dict[str, dict[str, float]] = {}
    for demand in demands:
        portions = demand.expected_portions()
        for at, meal in enumerate(demand.meals):
            dishes = found.setdefault(meal, {})
            for name, number in zip(demand.dishes, portions[at].tolist(), strict=True):
                if number > 0 and name in menu.dishes:
                    dishes[name] = dishes.get(name, 0.0) + number
    return found


def _consist(plan: Plan) -> ConsistRecord | None:
    """Return the record of a formation that was chosen for a leg of the plan."""
    records: Sequence[Any] = [leg.details.get("formation") for leg in plan.legs]
    chosen = next((record for record in records if record), None)
    return None if chosen is None else ConsistRecord.model_validate(chosen)


def _figures(stocked: Stocked, menu: Menu, party: PartyPlan) -> dict[str, Any]:
    stores = stocked.stores
    return {
        "people": party.people,
        "meals": len(stocked.stocking.meals),
        "dishes": len(menu.dishes),
        "drinks": len(menu.drinks),
        "goods_kg": round(sum(lot.kg for lot in stores.lots), 3),
        "goods_m3": round(sum(lot.volume_m3 for lot in stores.lots), 6),
        "waste_kg": round(sum(line.waste_kg for line in stores.lines), 3),
        "lots": len(stores.lots),
        "deliveries": len(stores.deliveries),
    }
