"""The model case provisioned with the shipped policy and menu, once for all tests."""

from functools import cache

from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.plan.meals import KitchenRecord
from retinue.plan.services import ServicesRecord
from retinue.provisioning.kitchen import kitchen_of
from retinue.provisioning.menu import Menu, load_menu
from retinue.provisioning.party import PartyPlan, party_plan
from retinue.provisioning.policy import ProvisioningPolicy, load_provisioning_policy
from retinue.provisioning.services import services_of_train

_KITCHENS: dict[str, KitchenRecord] = {}


@cache
def policy() -> ProvisioningPolicy:
    return load_provisioning_policy("standard")


@cache
def menu() -> Menu:
    return load_menu("five-cuisines")


def party(name: str, plan: Plan) -> PartyPlan:
    return party_plan(load_journey(name), policy(), plan.origin.zone)


def kitchen(plan: Plan, name: str = "vladivostok-2023") -> KitchenRecord:
    if plan.hash not in _KITCHENS:
        _KITCHENS[plan.hash] = kitchen_of(plan, party(name, plan), policy(), menu())
    return _KITCHENS[plan.hash]


def services(plan: Plan, name: str = "vladivostok-2023") -> ServicesRecord:
    return services_of_train(plan, party(name, plan), policy(), kitchen(plan, name))
