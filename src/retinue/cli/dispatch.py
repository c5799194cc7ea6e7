"""Commands on train dispatching problems: solve one, verify a solution, bound the objective."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retinue.cli.console import output
from retinue.cli.options import Json
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.checks.dispatch import Verification
    from retinue.traffic.dispatch.dispatcher import Result

__all__ = ["add_to"]

#: So many faults are printed one by one; all of them with --json.
_SHOWN = 50
_INTERRUPTED = 130

_group = typer.Typer(
    help="The train dispatching problem (DISPLIB): solve, verify, bound.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_Problem = Annotated[
    Path, typer.Argument(metavar="PROBLEM", help="A problem in DISPLIB's JSON format.")
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.add_typer(_group, name="dispatch")


@_group.command("verify")
def verify_command(
    problem: _Problem,
    solution: Annotated[Path, typer.Argument(metavar="SOLUTION", help="Its solution file.")],
    as_json: Json = False,
    quiet: _Quiet = False,
) -> None:
    """Verify a solution against its problem, and name every rule that it breaks (exit 4)."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.checks.dispatch import verify
    from retinue.checks.dispatch_faults import printable
    from retinue.errors import InputError

    found = verify(problem, solution)
    malformed = [fault for fault in found.faults if fault.kind == "malformed-problem"]
    if malformed:
        raise InputError(
            f"the problem does not follow the format in {counted(len(malformed), 'place')}, first:"
            f" {printable(malformed[0].words)}",
            where=str(problem),
            cure="The format is described at https://displib.github.io.",
        )
    output.result(found.as_dict(), _verdict(found))
    if not found.feasible:
        raise typer.Exit(4)


def _verdict(found: Verification) -> str:
    from retinue.checks.dispatch_faults import printable

    if found.feasible:
        return (
            f"feasible: {found.events} events of {found.trains} trains, objective {found.objective}"
        )
    shown = found.faults[:_SHOWN]
    lines = [f"FAULT  {fault.kind}: {printable(fault.words)}" for fault in shown]
    if len(found.faults) > len(shown):
        lines.append(f"and {len(found.faults) - len(shown)} more (all with --json)")
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.as_dict()["kinds"].items())
    return "\n".join([*lines, f"not feasible: {counted(len(found.faults), 'fault')} ({kinds})"])


@_group.command("solve")
def solve_command(
    problem: _Problem,
    solution: Annotated[
        Path, typer.Option("-o", "--output", metavar="SOLUTION", help="The solution to write.")
    ],
    time_s: Annotated[
        float | None,
        typer.Option(
            "--time", metavar="SECONDS", min=0.0, help="Stop then (default 60); not reproducible."
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option("--iterations", metavar="N", min=0, help="Stop after N; reproducible."),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Searches at the same time.")
    ] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all random choices.")] = 1,
    as_json: Json = False,
    quiet: _Quiet = False,
) -> None:
    """Solve a dispatching problem as well as the time allows; Ctrl-C writes the best so far."""
    output.as_json, output.quiet = as_json, quiet
    # From here on Ctrl-C is a question, also while the solver is being loaded.
    with _interruptible() as stopped:
        from retinue.errors import InputError
        from retinue.traffic.dispatch.infeasible import refuse_infeasible
        from retinue.traffic.dispatch.problem import read_problem, write_solution

        _writable(solution)
        if time_s is not None and not math.isfinite(time_s):
            raise InputError("the time is no finite number", where="--time")
        read = read_problem(problem)
        refuse_infeasible(read)
        # The solver's compiled kernels are loaded for sound problems only.
        from retinue.traffic.dispatch.dispatcher import solve

        with _line() as progress:
            result = solve(
                read, time_s=time_s, iterations=iterations, workers=workers, seed=seed,
                progress=progress, stop=stopped,
            )  # fmt: skip
        interrupted = stopped()
    if result.solution is None:
        if interrupted:
            print("interrupted: no solution was found so far", file=sys.stderr)
            raise typer.Exit(_INTERRUPTED)
        refuse_infeasible(read, exact=True)
        raise _none_found(result)
    write_solution(solution, read, result.solution)
    record = {
        "problem": str(problem),
        "solution": str(solution),
        "objective": result.objective,
        "bound": result.bound,
        "status": result.status,
        "seconds": round(result.seconds, 3),
        "iterations": result.iterations,
        "interrupted": interrupted,
        "reproducible": iterations is not None and time_s is None and not interrupted,
    }
    words = "interrupted; " if interrupted else ""
    proven = ", proven optimal" if result.status == "optimal" else f" (at least {result.bound})"
    output.result(
        record,
        f"{words}objective {result.objective}{proven} after"
        f" {counted(result.iterations, 'iteration')} in"
        f" {result.seconds:.1f} s\nwritten: {solution}",
    )


@_group.command("bound")
def bound_command(
    problem: _Problem,
    effort: Annotated[
        int, typer.Option("--effort", min=0, help="Groups of trains to solve exactly.")
    ] = 20,
    as_json: Json = False,
    quiet: _Quiet = False,
) -> None:
    """Give a lower bound of the objective: no solution costs less."""
    output.as_json, output.quiet = as_json, quiet
    from retinue.traffic.dispatch.bound import lower_bound
    from retinue.traffic.dispatch.infeasible import refuse_infeasible
    from retinue.traffic.dispatch.problem import read_problem

    read = read_problem(problem)
    refuse_infeasible(read)
    bound = lower_bound(read, effort=effort)
    record = {"bound": bound.value, "alone": bound.alone, "groups": len(bound.groups)}
    output.result(record, f"no solution costs less than {bound.value} ({bound.words})")


@_group.command("example")
def example_command() -> None:
    """Print a small problem to start from: three trains meet on a single track."""
    import retinue

    file = Path(retinue.__file__).parent / "data" / "dispatch" / "meeting.json"
    print(file.read_text(encoding="utf-8"), end="")


def _writable(solution: Path) -> None:
    """Refuse a place that cannot be written before the search, not after it."""
    from retinue.errors import InputError

    if solution.is_dir() or not solution.absolute().parent.is_dir():
        what = "is a folder" if solution.is_dir() else "lies in no folder that exists"
        raise InputError(
            f"the output {what}", where=str(solution), cure="Name a file, as in -o solution.json."
        )


def _none_found(result: Result) -> Exception:
    from retinue.errors import NoPlan

    return NoPlan(
        f"no solution was found in {result.seconds:.0f} s and"
        f" {counted(result.iterations, 'iteration')};"
        " that there is none is not proven",
        cure="Give it more time: --time 600.",
    )


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end the search, not the program; a second one ends the program."""
    asked = False
    before = signal.getsignal(signal.SIGINT)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _line() -> Iterator[Callable[[int | None, int, int, float], None] | None]:
    """Show objective, bound and time on one line of standard error; nothing where nobody looks."""
    if not sys.stderr.isatty() or output.quiet or output.as_json:
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=4) as live:

        def show(cost: int | None, bound: int, iterations: int, seconds: float) -> None:
            found: Any = "none yet" if cost is None else cost
            gap = f", gap {100 * (cost - bound) / cost:.1f} %" if cost else ""
            live.update(
                Text(
                    f"objective {found}, bound {bound}{gap}, {counted(iterations, 'iteration')},"
                    f" {seconds:.0f} s (Ctrl-C writes the best)"
                )
            )

        yield show
