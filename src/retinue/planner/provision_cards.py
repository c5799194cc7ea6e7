"""Menu cards of a journey: one for all, one for each group whom something harms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.plan.provision import CardCourse, CardItem, MenuCardRecord
from retinue.provisioning.menu_card import MenuCard, menu_card

if TYPE_CHECKING:
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.party import PartyPlan

__all__ = ["cards_of"]


def cards_of(menu: Menu, party: PartyPlan) -> tuple[MenuCardRecord, ...]:
    """Return the cards: the whole menu, then for each group and allergen or diet its own.

    A card for those whom nuts harm holds nothing with nuts, so that they may order freely
    from it.
    """
    cards = [_record(menu_card(menu), "all")]
    for group in party.groups:
        for name, people in sorted(group.allergies.items()):
            if people:
                card = menu_card(menu, allergies=(name,))
                cards.append(_record(card, f"{group.role}-without-{name}", group.role, (name,)))
        for name, people in sorted(group.diets.items()):
            if people:
                card = menu_card(menu, diets=(name,))
                cards.append(_record(card, f"{group.role}-{name}", group.role, (), name))
    return tuple(cards)


def _record(
    card: MenuCard, name: str, group: str = "", without: tuple[str, ...] = (), diet: str = ""
) -> MenuCardRecord:
    words = ", ".join([*(f"without {one}" for one in without), *([diet] if diet else [])])
    return MenuCardRecord(
        id=name.replace(" ", "-"),
        title=f"{card.title}: {words}" if words else card.title,
        group=group,
        without=without,
        courses=tuple(
            CardCourse(
                title=section.title,
                items=tuple(
                    CardItem(
                        name=one.name, native_name=one.native_name, kind=one.kind,
                        allergens=one.allergens, mark=one.mark,
                    )
                    for one in section.entries
                ),
            )
            for section in card.sections
        ),
        legend={str(number): name for number, name in card.legend},
    )  # fmt: skip
