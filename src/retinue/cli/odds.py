"""The command on chance: odds, the sealed draw, its release."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.protection.odds import Odds

__all__ = ["add_to", "odds_text"]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("odds")(odds_command)


def odds_command(
    plan: Annotated[
        Path | None, typer.Argument(metavar="PLAN", help="The output folder or its plan.json.")
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", metavar="NAME", help="How the journey may be varied.")
    ] = "standard",
    protection: Annotated[
        str,
        typer.Option("--protection", metavar="NAME", help="Policy of protection, for its times."),
    ] = "",
    seal: Annotated[
        bool, typer.Option("--draw", help="Draw an option and seal it for two people.")
    ] = False,
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the draw.")
    ] = Path("draw"),
    override: Annotated[
        str, typer.Option("--override", metavar="OPTION", help="What naming an option costs.")
    ] = "",
    override_chance: Annotated[
        float, typer.Option("--override-chance", metavar="P", help="How often it is named.")
    ] = 1.0,
    release: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--release", metavar="SHARE1 SHARE2", help="Open a draw with both shares."),
    ] = None,
    commitment: Annotated[
        Path | None, typer.Option("--commitment", metavar="FILE", help="What the draw promised.")
    ] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Find how to vary a journey so that it is guessed least; draw, seal and release."""
    output.as_json, output.quiet = as_json, quiet
    # Before numpy is loaded: the matrices are small, threads over them only wait for each other
    # on a busy machine, and how many there are may change the last bit of a sum.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from retinue.errors import InputError

    if release is not None:
        if plan is not None or seal or override:
            raise InputError("--release goes with --commitment alone", where="--release")
        _release(release, commitment)
        return
    if plan is None:
        raise InputError("no plan is named", cure="Give the output folder of retinue plan.")
    if seal and override:
        raise InputError(
            "what a human names is not drawn", where="--override", cure="Leave out --draw."
        )
    record, odds = _odds(plan, policy, protection)
    if override:
        _override(odds, override, override_chance)
    elif seal:
        _draw(record, odds, out)
    else:
        output.result(odds.as_dict(), odds_text(odds))


def _odds(path: Path, policy: str, protection: str) -> tuple[Plan, Odds]:
    from retinue.checks.odds import check_odds
    from retinue.errors import CheckFailed
    from retinue.plan import Plan
    from retinue.protection.odds import odds_of
    from retinue.protection.odds_policy import load_odds_policy
    from retinue.protection.policy import load_policy

    here = Path.cwd()
    asked = load_odds_policy(policy, here, where="--policy")
    rules = load_policy(protection, here, where="--protection")[0] if protection else None
    record = Plan.load(path)
    odds = odds_of(record, asked, rules)
    found = check_odds(record, odds.as_dict())
    if found.faults:
        raise CheckFailed(f"the odds do not stand their own check: {found.faults[0]}")
    return record, odds


def _override(odds: Odds, option: str, chance: float) -> None:
    from retinue.protection.exposure import override_effect

    effect = override_effect(odds.strategy, option, chance)
    output.result(effect.as_dict(), f"warning: {effect.warning()}")


def _draw(plan: Plan, odds: Odds, folder: Path) -> None:
    from retinue.protection.draw import draw, write_draw

    made = draw(odds.strategy, plan.hash)
    public, first, second = write_draw(made, folder)
    result: dict[str, Any] = dict(made.commitment) | {
        "written": [str(public), str(first), str(second)]
    }
    output.result(
        result,
        f"drawn and sealed; commitment {made.commitment['commitment']}\n"
        f"wrote {folder}/: {public.name}  {first.name}  {second.name}\n"
        "Give each share to another person and keep none here; either alone says nothing.\n"
        f"Open: retinue odds --release {first.name} {second.name} --commitment {public.name}",
    )


def _release(shares: tuple[Path, Path], commitment: Path | None) -> None:
    from retinue.errors import InputError
    from retinue.protection.draw import release

    if commitment is None:
        raise InputError(
            "a draw is released against its commitment",
            where="--release",
            cure="Add --commitment FILE.",
        )
    opening = release(*shares, commitment)
    output.result(
        {"option": opening.option, "vehicles": opening.vehicles, "title": opening.title},
        f"{opening.option}: {opening.title}\n"
        + "".join(
            f"leg {leg}: look-alike number {number} from the head\n"
            for leg, number in opening.vehicles.items()
        )
        + "The commitment holds: this is what was drawn.",
    )


def odds_text(odds: Odds) -> str:
    """Return the odds as text for people."""
    from retinue.clock import duration_text
    from retinue.plan.summary import table_text
    from retinue.protection.odds import watched_text

    strategy = odds.strategy
    lines = [
        f"{odds.plan.title}: {counted(len(strategy.options), 'option')},"
        f" {odds.policy.title.lower()}",
        f"  greatest guess outside the end zones {strategy.guess:.1%}; proved: not below"
        f" {strategy.bound:.1%} (gap {strategy.gap:.1g})",
        f"  as uncertain as {odds.effective_choices:.1f} equal choices"
        f" ({strategy.entropy_bits:.2f} bits, the most of any optimum)",
        "  guess if varied alone: "
        + ", ".join(f"{name} {value:.1%}" for name, value in odds.apart.items()),
    ]
    if strategy.budget is not None:
        lines.append(
            f"  expected cost {strategy.cost:,.0f} of at most {strategy.budget:,.0f}"
            f" {odds.plan.base_currency}"
        )
    drawn = [
        [option.id, f"{share:.1%}", option.title]
        for option, share in zip(strategy.options, strategy.shares, strict=True)
        if share > 5e-5
    ]
    lines += ["", table_text(["option", "drawn", "what it is"], drawn)]
    best = [
        [f"{cell.probability:.1%}", watched_text(cell), str(cell.others + 1)]
        for cell in odds.watch[:8]
    ]
    if best:
        lines += ["", table_text(["guessed", "where the best observer looks", "cells alike"], best)]
    for title, steps in (
        ("shows, if nothing is done", odds.exposure),
        ("shows, with every cure", odds.exposure_cured),
    ):
        rows = [
            [
                _lead_text(step.before_s, duration_text),
                f"{step.alone:.1%}",
                f"{step.guess:.1%}",
                ", ".join(step.items),
            ]
            for step in steps
        ]
        if rows:
            lines += ["", table_text(["before", "guess alone", "with all so far", title], rows)]
    lines += ["", *(f"- {limit}" for limit in odds.limits)]
    lines += [f"- left out: {text}" for text in odds.made.left_out]
    assumed = odds.policy.assumed()
    if assumed:
        lines.append(f"- {len(assumed)} values of the policy are assumed: {', '.join(assumed)}")
    return "\n".join(lines)


def _lead_text(seconds: float, text: Any) -> str:
    return f"{seconds / 86_400:.0f} d" if seconds >= 86_400 else str(text(seconds))
