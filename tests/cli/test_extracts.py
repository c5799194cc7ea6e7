"""`retinue extracts`: issued, amended, acknowledged and recalled as a protection desk runs it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from retinue.plan import Plan, Protection
from retinue.protection.annex import make_key, read_key, write_annex
from retinue.protection.extracts import file_stem
from tests.cli.conftest import Run
from tests.protection.drawn_plan import KEEPER, drawn

SHEET = file_stem("crossing keeper", KEEPER)
KEY = ("--key", "owner.key")
KEEPERS = ("--role", "crossing keeper")


def _lay(folder: Path, plan: Plan, protection: Protection) -> None:
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "plan.json").write_text(plan.to_json(), "utf-8")
    write_annex(protection, folder / "out", read_key(folder / "owner.key"))


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    make_key(tmp_path / "owner.key")
    _lay(tmp_path, *drawn())
    return tmp_path


def _moved(folder: Path) -> None:
    """The keeper of Mill Lane is to close two minutes earlier; nobody else is touched."""
    plan, protection = drawn()
    closures = tuple(
        c.model_copy(update={"latest_close_utc": c.latest_close_utc - 120})
        if c.place == "Mill Lane" else c
        for c in protection.closures
    )  # fmt: skip
    _lay(folder, plan, protection.model_copy(update={"closures": closures}).sealed())


def test_sheets_are_written_for_their_owner_only(retinue: Run, laid: Path) -> None:
    done = retinue("extracts", "out", *KEEPERS, *KEY, "--pdf", "-o", "sheets")
    folder = laid / "sheets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}
    assert {p.suffix for p in folder.iterdir()} == {".txt", ".pdf"}
    text = (folder / f"{SHEET}.txt").read_text("utf-8")
    assert "Version 1" in text and "Mill Lane" in text
    assert "Clover" not in text
    assert "Mill Lane" in done.stdout


def test_json_names_files_and_versions(retinue: Run, laid: Path) -> None:
    record = json.loads(
        retinue("extracts", "out", *KEEPERS, "--whom", KEEPER, *KEY, "--json").stdout
    )
    (one,) = record["extracts"]
    assert (one["whom"], one["version"], one["new"]) == (KEEPER, 1, True)
    sheet = json.loads((laid / "extracts" / f"{SHEET}.json").read_text("utf-8"))
    assert sheet["sheet"] == one["sheet"]
    assert len(record["written"]) == 2


def test_a_reader_whose_windows_stay_gets_no_new_version(retinue: Run, laid: Path) -> None:
    retinue("extracts", "out", "--role", "all", *KEY, "-q")
    before = {p.name: p.read_bytes() for p in (laid / "extracts").iterdir()}
    # Another title, another name of the destination, another party: nothing of it is theirs.
    _lay(laid, *drawn(title="Another visit", destination="Dunmore", who="Nobody"))
    record = json.loads(retinue("extracts", "out", *KEEPERS, *KEY, "--json").stdout)
    assert all(not one["new"] and one["version"] == 1 for one in record["extracts"])
    after = {p.name: p.read_bytes() for p in (laid / "extracts").glob("crossing*.txt")}
    assert after.items() <= before.items()


def test_a_moved_window_is_an_amendment_until_it_is_acknowledged(retinue: Run, laid: Path) -> None:
    retinue("extracts", "out", *KEEPERS, *KEY, "--pdf", "-q")
    retinue("extracts", "out", *KEEPERS, "--whom", KEEPER, *KEY, "--acknowledge", "--by", "Anna")
    _moved(laid)
    assert "changed: issue the amendment" in retinue("extracts", "out", "--list", *KEY).stdout
    told = retinue("extracts", "out", *KEEPERS, *KEY).stdout
    assert "amended: hand over both" in told and "must come back" in told
    notice = (laid / "extracts" / f"{SHEET}-amendment-1.txt").read_text("utf-8")
    assert "was" in notice and "now" in notice
    # No paper of the version before lies beside the new one.
    assert not (laid / "extracts" / f"{SHEET}.pdf").exists()
    recalled = json.loads(retinue("extracts", "out", "--recall", *KEY, "--json").stdout)
    assert [(r["whom"], r["version"]) for r in recalled["recalled"]] == [(KEEPER, 1)]
    assert "nothing is to be recalled" in retinue("extracts", "out", "--recall", *KEY).stdout
    listed = json.loads(retinue("extracts", "out", "--list", *KEY, "--json").stdout)
    one = next(r for r in listed["recipients"] if r["whom"] == KEEPER)
    assert (one["held"]["version"], one["state"]) == (2, "not acknowledged")
    assert len([h for h in listed["register"] if h["whom"] == KEEPER]) == 2


def test_a_crossing_off_the_route_is_recalled_and_its_sheet_taken_away(
    retinue: Run, laid: Path
) -> None:
    retinue("extracts", "out", *KEEPERS, *KEY, "-q")
    _lay(laid, *drawn(others=()))
    told = retinue("extracts", "out", "--recall", *KEY).stdout
    assert "no such recipient any more" in told
    names = {p.name for p in (laid / "extracts").iterdir()}
    gone = file_stem("crossing keeper", "North Road (51.0000, 7.0429)")
    assert f"{gone}-recall-1.txt" in names and f"{gone}.txt" not in names
    assert f"{SHEET}.txt" in names


def test_a_cancelled_journey_calls_all_back(retinue: Run, laid: Path) -> None:
    retinue("extracts", "out", *KEEPERS, *KEY, "-q")
    record = json.loads(
        retinue("extracts", "out", "--recall", "--cancelled", *KEY, "--json").stdout
    )
    assert len(record["recalled"]) == 5
    text = (laid / "extracts" / f"{SHEET}-recall-1.txt").read_text("utf-8")
    assert "cancelled" not in text


def test_every_opening_is_in_the_log(retinue: Run, laid: Path) -> None:
    retinue("extracts", "out", *KEEPERS, *KEY, "--as", "commander", "-q")
    record = json.loads(retinue("extracts", "out", "--log", *KEY, "--json").stdout)
    (entry,) = record["entries"]
    assert (entry["role"], entry["purpose"]) == ("commander", "issue extracts: crossing keeper")
    log = laid / "out" / "restricted" / "annex.log"
    log.write_text(log.read_text("utf-8").replace("commander", "nobody"), "utf-8")
    assert "was changed" in retinue("extracts", "out", "--log", *KEY, expect=2).stderr


def test_a_changed_register_is_refused(retinue: Run, laid: Path) -> None:
    retinue("extracts", "out", *KEEPERS, *KEY, "-q")
    file = laid / "out" / "restricted" / "register.retinue"
    file.write_text(file.read_text("utf-8").replace('"nonce": "', '"nonce": "A'), "utf-8")
    assert "register" in retinue("extracts", "out", *KEEPERS, *KEY, expect=2).stderr


def test_an_annex_of_another_plan_is_refused(retinue: Run, laid: Path) -> None:
    other, _ = drawn(title="Another visit")
    (laid / "out" / "plan.json").write_text(other.to_json(), "utf-8")
    refused = retinue("extracts", "out", *KEEPERS, *KEY, expect=2).stderr
    assert "another version of this plan" in refused and "retinue protect" in refused
    assert not (laid / "extracts").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("--role", "keeper"), ("--role", "air traffic"), (*KEEPERS, "--whom", "Nowhere"),
        ("--role", "all", "--whom", KEEPER), ("--list", "--recall"), (*KEEPERS, "--cancelled"),
        (*KEEPERS, "--by", "Anna"), ("--acknowledge", "--by", "Anna"),
        (*KEEPERS, "--acknowledge", "--by", "Anna"),
        (*KEEPERS, "--whom", KEEPER, "--acknowledge", "--by", "Anna"),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence(retinue: Run, laid: Path, arguments: tuple[str, ...]) -> None:
    refused = retinue("extracts", "out", *arguments, *KEY, expect=2)
    assert refused.stderr.strip()
    assert not (laid / "extracts").exists()


def test_without_key_or_annex_it_is_a_sentence(retinue: Run, laid: Path) -> None:
    assert "no key here" in retinue(
        "extracts", "out", *KEEPERS, "--key", "none.key", expect=2
    ).stderr  # fmt: skip
    (laid / "out" / "restricted" / "annex.retinue").unlink()
    assert "retinue protect" in retinue("extracts", "out", *KEEPERS, *KEY, expect=2).stderr
    assert "no plan here" in retinue("extracts", "nowhere", *KEEPERS, *KEY, expect=2).stderr
