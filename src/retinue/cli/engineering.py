"""Commands for engineers: running time, back-test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retinue.cli.console import output

if TYPE_CHECKING:
    from retinue.rail.dynamics import TrainDynamics

__all__ = ["add_to"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def add_to(app: typer.Typer) -> None:
    """Add this group's commands to the program."""
    app.command("running-time")(running_time_command)
    app.command("backtest")(backtest_command)


def _dynamics(train: str) -> TrainDynamics:
    """Return whole-train values: railtoolkit or RailJSON file, train file, catalogue name."""
    from retinue.rail.railjson_rolling_stock import is_railjson_stock, read_rolling_stock
    from retinue.rail.railtoolkit import is_railtoolkit, read_train
    from retinue.rail.trains import load_train

    path = Path(train)
    if path.is_file() and is_railtoolkit(path):
        return read_train(path)
    if path.is_file() and is_railjson_stock(path):
        return read_rolling_stock(path).dynamics()
    return load_train(train, where="--train").dynamics()


def running_time_command(
    train: Annotated[
        str,
        typer.Option(
            "--train", help="A train: catalogue name, or a file (also railtoolkit's, RailJSON)."
        ),
    ],
    path: Annotated[Path, typer.Option("--path", help="A running path (railtoolkit schema).")],
    euler_step: Annotated[
        str | None,
        typer.Option("--euler-step", help='Test mode: Euler steps of this length, e.g. "20m".'),
    ] = None,
    cap: Annotated[
        str | None, typer.Option("--cap", help='A speed not to exceed, e.g. "60 km/h".')
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute the running time of a train on a running path."""
    output.as_json = as_json
    from retinue.clock import duration_text
    from retinue.errors import InputError
    from retinue.rail.euler import euler_run
    from retinue.rail.railtoolkit import read_running_path
    from retinue.rail.running_time import run
    from retinue.units import UnitError, parse

    try:
        step_m = None if euler_step is None else parse(euler_step, "length")
        cap_mps = None if cap is None else parse(cap, "speed")
    except UnitError as error:
        raise InputError(str(error), where="--euler-step" if euler_step else "--cap") from error
    dynamics = _dynamics(train)
    running_path = read_running_path(path)
    if step_m is not None:
        if cap_mps is not None:
            raise InputError("the Euler test mode knows no speed cap", where="--cap")
        result = euler_run(dynamics, running_path, step_m)
    else:
        result = run(dynamics, running_path, speed_cap_mps=cap_mps)
    energy_kwh = result.energy_j / 3.6e6
    output.result(
        {
            "train": dynamics.name,
            "path": running_path.name,
            "running_time_s": round(result.running_time_s, 3),
            "distance_m": round(running_path.length_m, 3),
            "energy_kwh": round(energy_kwh, 3),
            "mode": "engine" if step_m is None else f"Euler {step_m:g} m",
        },
        f"{dynamics.name} on {running_path.name}: {running_path.length_m / 1000:,.3f} km,"
        f" {result.running_time_s:,.1f} s ({duration_text(result.running_time_s)}),"
        f" {energy_kwh:,.1f} kWh at the wheel"
        + ("" if step_m is None else f"  [Euler steps of {step_m:g} m]"),
    )


def backtest_command(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="Dated segments of real journeys.")],
    as_json: Json = False,
) -> None:
    """Predict dated segments of real journeys and compare with what happened."""
    output.as_json = as_json
    from retinue.planner.backtest import backtest

    with output.progress(1) as progress:
        result = backtest(csv, progress)
    output.result(result.as_dict(), result.text())
