"""What insertion gives: a path, who gives way for it, and what is told and written of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from retinue.cli.console import output

if TYPE_CHECKING:
    from pathlib import Path

    from retinue.plan import Plan
    from retinue.plan.traffic import TrafficRecord
    from retinue.plan.traffic_document import ClearingCost
    from retinue.plan.train_path import AdoptedPath
    from retinue.planner.leg_ways import LegWay
    from retinue.traffic.insertion import FoundPath, Prepared

__all__ = ["SHOWN", "InsertionResult"]

#: Lines of one kind that are printed.
SHOWN = 12


@dataclass(frozen=True, eq=False)
class InsertionResult:
    """A path, who gives way for it, and what is told of both.

    Attributes
    ----------
    data, text
        For programs and for people.
    way
        That the leg takes, where others were tried too.
    """

    prepared: Prepared
    found: FoundPath
    path: AdoptedPath
    record: TrafficRecord
    cost: ClearingCost | None
    data: dict[str, Any]
    text: str
    way: LegWay | None = None

    def check(self) -> None:
        """Refuse what the independent checkers find fault with: nothing of it is shown or written.

        Raises
        ------
        typer.Exit
            With code 4, the faults printed.
        """
        from retinue.checks.traffic import check_traffic
        from retinue.checks.traffic_rules import check_traffic_rules

        findings = [check_traffic(self.record), *check_traffic_rules(self.record)]
        faults = [fault for finding in findings for fault in finding.faults]
        if faults:
            output.result(
                {"faults": faults},
                "\n".join(["The checker found faults; no path is given:", *faults[:SHOWN]]),
            )
            raise typer.Exit(4)

    def write(
        self, plan: Plan, *, record: Path | None, book: Path | None, drawings: Path | None
    ) -> None:
        """Write the record, the book and the drawings that were asked for."""
        from retinue.files import make_folder, write_bytes, write_text

        if record is not None:
            write_text(record, self.record.model_dump_json() + "\n")
        if book is None and drawings is None:
            return
        from retinue.report.traffic_chapter import traffic_book, traffic_drawings

        if book is not None:
            write_bytes(book, traffic_book(plan, self.record, self.cost))
        if drawings is not None:
            make_folder(drawings)
            for name, svg in traffic_drawings(plan, self.record, self.cost).items():
                write_text(drawings / name, svg)
