"""Chains of custody, seals and carriage: what is sound passes, each planted fault is found."""

from __future__ import annotations

import pytest
from tests.provisioning.food_case import HOUR, NOON, delivery, lot, run, stores

from retinue.checks.carriage import check_carriage
from retinue.checks.custody import check_custody
from retinue.plan.stores import Custody, Stores, SupplyRun
from retinue.provisioning.custody import with_custody
from retinue.provisioning.supply import load_supply_rules

RULES = load_supply_rules()
RUNS = (run("collect", 12, 11.5, "d1/flight"), run("flight", 11, 7, "d1/truck"),
        run("truck", 6, 4))  # fmt: skip
SEALED = with_custody(stores(), RULES, RUNS)


def faults(one: Stores) -> str:
    return "\n".join(check_custody(one))


def hands(**changes: object) -> Stores:
    """Return the stores with the second hand of the first lot changed."""
    first, *others = SEALED.lots
    chain = list(first.custody)
    chain[1] = chain[1].model_copy(update=changes)
    return SEALED.model_copy(
        update={"lots": (first.model_copy(update={"custody": tuple(chain)}), *others)}
    )


def chain(*listed: Custody) -> Stores:
    first, *others = SEALED.lots
    return SEALED.model_copy(
        update={"lots": (first.model_copy(update={"custody": listed}), *others)}
    )


def test_a_chain_from_packing_to_the_kitchen_has_no_fault() -> None:
    assert faults(SEALED) == ""
    assert check_carriage(SEALED, RUNS).faults == ()
    roles = [hand.role for hand in SEALED.lots[0].custody]
    assert roles[0] == "supplier (fishmonger)"
    assert roles[1::2] == ["collect to somewhere", "flight to somewhere", "truck to somewhere",
                           RULES.guest_role]  # fmt: skip
    assert set(roles[2::2]) == {"supply guard"}


def test_goods_that_nobody_seals_have_no_chain() -> None:
    assert faults(stores(sealed=False)) == ""
    assert with_custody(stores(sealed=False), RULES) == stores(sealed=False)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (hands(until_utc=NOON - 11.9 * HOUR), "nobody has it for 24 min"),
        (hands(time_utc=NOON - 13 * HOUR), "runs backwards"),
        (hands(until_utc=NOON - 13 * HOUR), "runs backwards at"),
        (hands(until_utc=None), "has it as well"),
        (chain(), "has no chain of custody"),
        (chain(*SEALED.lots[0].custody[1:]), "does not reach from packing"),
        (chain(*SEALED.lots[0].custody[:-1]), "does not reach from packing"),
        (SEALED.model_copy(update={"seals": ()}), "has no seal of the register"),
        (SEALED.model_copy(update={"seals": (*SEALED.seals, SEALED.seals[0])}), "stands twice"),
        (SEALED.model_copy(update={"lots": SEALED.lots[1:]}), "which is nowhere"),
        (SEALED.model_copy(update={"seals": tuple(
            s.model_copy(update={"broken_utc": NOON - 20 * HOUR}) for s in SEALED.seals)}),
         "before it is loaded"),
        (SEALED.model_copy(update={"lots": (SEALED.lots[0].model_copy(
            update={"seal": SEALED.lots[1].seal}), *SEALED.lots[1:])}), "that of other goods"),
    ],
)  # fmt: skip
def test_a_planted_fault_in_the_chain_is_found(broken: Stores, words: str) -> None:
    assert words in faults(broken)


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ((RUNS[0].model_copy(update={"depart_utc": NOON - 30 * HOUR}), *RUNS[1:]),
         "after its transport has left"),
        ((RUNS[0], RUNS[1].model_copy(update={"arrive_utc": NOON - 8 * HOUR}), RUNS[2]),
         "does not know d1/flight"),
        ((RUNS[0], RUNS[1].model_copy(update={"feasible": False, "reasons": ("fog",)}), RUNS[2]),
         "its supply flight cannot be made: fog"),
        ((*RUNS[:2], RUNS[2].model_copy(update={"load_kg": 100.0})), "carries 100 of 300 kg"),
    ],
)  # fmt: skip
def test_a_planted_fault_in_the_carriage_is_found(runs: tuple[SupplyRun, ...], words: str) -> None:
    assert words in "\n".join(check_carriage(SEALED, runs).faults)


def test_one_seal_stands_for_one_supplier_purse_and_room() -> None:
    keys = [(s.delivery, s.supplier, s.stock, s.storage) for s in SEALED.seals]
    assert len(set(keys)) == len(keys) == 3
    assert {seal.number for seal in SEALED.seals} == {"to be entered"}


def test_without_carriers_the_supplier_hands_it_to_the_guard() -> None:
    alone = with_custody(
        stores(deliveries=(delivery("origin"),), lots=(lot("salmon"),)), RULES
    )  # fmt: skip
    assert faults(alone) == ""
    assert [h.role for h in alone.lots[0].custody] == [
        "supplier (fishmonger)", "supply guard", RULES.guest_role,
    ]  # fmt: skip
