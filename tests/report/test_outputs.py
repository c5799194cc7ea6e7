"""The output folder is whole or untouched, private, and never somebody else's."""

import stat
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.plan import Plan, Provision
from retinue.plan.approval import ApprovalRegister
from retinue.report.map_land import MapLand
from retinue.report.outputs import write_outputs, written_by_retinue


def write(plan: Plan, folder: Path, **more: object) -> list[Path]:
    options = {"pdf": False, "page": False} | more
    return write_outputs(plan, folder, **options)  # type: ignore[arg-type]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_all_files_are_written_and_private(sample: Plan, land: MapLand, tmp_path: Path) -> None:
    seen: list[str] = []
    files = write_outputs(
        sample,
        tmp_path / "out",
        exports=("geojson", "gpx", "ics", "csv"),
        land=land,
        progress=seen.append,
    )
    assert [f.name for f in files] == seen == [
        "movement-order.pdf", "journey.html", "plan.json", "journey.geojson", "journey.gpx",
        "journey.ics", "timeline.csv",
    ]  # fmt: skip
    assert mode(tmp_path / "out") == 0o700
    assert {mode(f) for f in files} == {0o600}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    assert Plan.load(tmp_path / "out") == sample or Plan.load(tmp_path / "out").hash == sample.hash


def test_an_older_output_is_replaced_whole(sample: Plan, tmp_path: Path) -> None:
    write(sample, tmp_path / "out", exports=("csv",))
    write(sample, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["plan.json"]


def test_an_empty_folder_is_taken(sample: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(sample, tmp_path / "out")
    assert written_by_retinue(tmp_path / "out")
    assert mode(tmp_path / "out") == 0o700


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "other/1"}', "[1]", "\xff"])
def test_a_foreign_folder_is_refused_and_stays(sample: Plan, tmp_path: Path, content: str) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "plan.json").write_text(content, encoding="latin-1")
    (folder / "wedding.jpg").write_text("x")
    with pytest.raises(InputError, match="did not write"):
        write(sample, folder)
    assert (folder / "wedding.jpg").read_text() == "x"
    write(sample, folder, force=True)
    assert sorted(p.name for p in folder.iterdir()) == ["plan.json"]


def test_a_file_in_the_way_is_named(sample: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        write(sample, tmp_path / "out", force=True)
    with pytest.raises(InputError, match="folder"):
        write(sample, tmp_path / "out" / "below")
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError, InputError("unknown export")])
def test_an_interruption_leaves_the_old_folder_and_nothing_else(
    sample: Plan, tmp_path: Path, failure: BaseException
) -> None:
    write(sample, tmp_path / "out")
    before = (tmp_path / "out" / "plan.json").read_bytes()

    def stop(name: str) -> None:
        if name.endswith(".gpx"):
            raise failure

    with pytest.raises(failure if isinstance(failure, type) else type(failure)):
        write(sample, tmp_path / "out", exports=("geojson", "gpx"), progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["plan.json"]
    assert (tmp_path / "out" / "plan.json").read_bytes() == before


def test_a_link_to_a_folder_stays_a_link(sample: Plan, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(sample, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert written_by_retinue(tmp_path / "real")


def test_a_provisioned_plan_has_its_document_book_and_menu_beside_it(
    sample: Plan, provision: Provision, land: MapLand, tmp_path: Path
) -> None:
    files = write_outputs(sample, tmp_path / "out", land=land, provision=provision)
    assert [f.name for f in files] == [
        "movement-order.pdf", "journey.html", "provisioning.pdf", "menu.pdf", "plan.json",
        "provision.json",
    ]  # fmt: skip
    assert {mode(f) for f in files} == {0o600}
    text = (tmp_path / "out" / "provision.json").read_text(encoding="utf-8")
    assert Provision.from_json(text) == provision
    assert "Life on board" in (tmp_path / "out" / "journey.html").read_text(encoding="utf-8")


def test_what_provisioning_remembers_outlives_the_outputs(sample: Plan, tmp_path: Path) -> None:
    write(sample, tmp_path / "out")
    memory = tmp_path / "out" / ".provision-memory"
    memory.mkdir()
    (memory / "levels").write_bytes(b"kept")
    write(sample, tmp_path / "out")
    assert (memory / "levels").read_bytes() == b"kept"
    assert mode(memory) == 0o700


def test_a_provisioning_of_another_plan_is_not_written(
    sample: Plan, provision: Provision, tmp_path: Path
) -> None:
    other = provision.model_copy(update={"plan_hash": "0" * 64})
    with pytest.raises(InputError) as caught:
        write(sample, tmp_path / "out", provision=other)
    assert "retinue provision" in caught.value.cure
    assert not (tmp_path / "out").exists()


def test_approvals_outlive_the_plan_they_were_given_for(sample: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_outputs(sample, folder, pdf=False, page=False)
    register = ApprovalRegister(title=sample.title, plan_hash=sample.hash).to_json()
    (folder / "approvals.json").write_text(register)
    write_outputs(sample, folder, pdf=False, page=False)
    assert (folder / "approvals.json").read_text() == register
    assert (folder / "approvals.json").stat().st_mode & 0o777 == 0o600


def test_a_plan_that_another_command_changed_meanwhile_is_not_written_over(
    sample: Plan, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    other = sample.model_copy(update={"title": "observed by somebody else"}).sealed("")
    write(sample, folder)
    write(other, folder, replaces=sample)
    mine = sample.model_copy(update={"title": "observed by me"}).sealed("")
    with pytest.raises(InputError, match="another command has changed the plan meanwhile"):
        write(mine, folder, replaces=sample)
    assert Plan.load(folder).title == "observed by somebody else"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
