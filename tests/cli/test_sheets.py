"""Sheets on board are written without a key: one for each reader, private, and checked before."""

import stat
from pathlib import Path

import pytest

from retinue.cli.sheets import write_board_sheets
from retinue.errors import CheckFailed
from retinue.plan import Plan, Provision
from tests.report.sample_plan import sample_plan
from tests.report.sample_provision import sample_provision


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def provision(plan: Plan) -> Provision:
    return sample_provision(plan)


def test_there_is_a_private_sheet_for_every_reader_on_board(
    plan: Plan, provision: Provision, tmp_path: Path
) -> None:
    written = write_board_sheets(plan, provision, tmp_path / "sheets", pdf=False)
    roles = [path.name.split("-")[0] for path in written]
    # Two caterers, one coach with stores, two days, five suppliers, two stations.
    assert {role: roles.count(role) for role in set(roles)} == {
        "caterer": 2, "coach": 1, "kitchen": 2, "supplier": 5, "train": 2,
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "sheets").stat().st_mode) == 0o700


def test_a_sheet_may_be_printed_too(plan: Plan, provision: Provision, tmp_path: Path) -> None:
    bare = provision.stores.model_copy(update={"lots": provision.stores.lots[:1]})
    small = provision.model_copy(update={"stores": bare})
    written = write_board_sheets(plan, small, tmp_path / "sheets", pdf=True)
    pdfs = [path for path in written if path.suffix == ".pdf"]
    assert len(pdfs) * 2 == len(written)
    assert all(path.read_bytes().startswith(b"%PDF") for path in pdfs)


def test_nothing_is_written_where_a_sheet_would_tell_too_much(
    plan: Plan, provision: Provision, tmp_path: Path
) -> None:
    # A supplier who is called like the journey: his sheet would name it.
    lots = tuple(
        lot.model_copy(update={"ingredient": f"for {plan.title} https://leak.example"})
        if lot.supplier == "butcher"
        else lot
        for lot in provision.stores.lots
    )
    leaking = provision.model_copy(
        update={"stores": provision.stores.model_copy(update={"lots": lots})}
    )
    with pytest.raises(CheckFailed):
        write_board_sheets(plan, leaking, tmp_path / "sheets", pdf=False)
    assert not (tmp_path / "sheets").exists()
