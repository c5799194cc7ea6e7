"""The provisioning as a printed document: everything eaten, cooked, stored, brought and served."""

from __future__ import annotations

from typing import Any

from retinue.errors import InputError
from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.report.chapter import remarks
from retinue.report.order_tables import assumptions_by_subject, sources_as_rows
from retinue.report.provision_chapters import book_chapters
from retinue.report.provision_figures import provision_figures, service_table
from retinue.report.typeset import typeset
from retinue.report.wording import moment_text

__all__ = ["book_content", "provision_book"]

#: Points between the margins of an A4 sheet as the template sets them.
_WIDTH = 507.0


def provision_book(plan: Plan, provision: Provision) -> bytes:
    """Return the provisioning as PDF.

    Raises
    ------
    InputError
        Where the provisioning belongs to another plan.
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    if provision.plan_hash != plan.hash:
        raise InputError(
            "the provisioning belongs to another version of this plan",
            where=provision.title,
            cure="Make it again: retinue provision PLAN.",
        )
    return typeset(
        "provision_book.typ",
        book_content(plan, provision),
        moment=plan.depart_utc,
        what="the provisioning",
    )


def book_content(plan: Plan, provision: Provision) -> dict[str, Any]:
    """Return what the template prints, as JSON values."""
    foot = [
        f"Retinue {provision.retinue or plan.made_with.retinue}",
        f"plan {plan.hash[:12]}",
        f"provisioning {provision.hash[:12]}",
    ]
    under = [provision.menu_title, f"policy: {provision.policy_title or provision.policy}"]
    return {
        "title": plan.title,
        "subtitle": "; ".join(words for words in under if words),
        "depart": moment_text(plan.depart_utc, plan.origin.zone),
        "arrive": moment_text(plan.arrive_utc, plan.destination.zone),
        "footer": "  ·  ".join(foot),
        "figures": provision_figures(provision),
        "promise": service_table(provision).content(),
        "notes": remarks(provision.notes),
        "chapters": [one.content() for one in book_chapters(plan, provision, _WIDTH)],
        "assumptions": assumptions_by_subject(provision.assumptions),
        "sources": sources_as_rows(provision.sources),
    }
