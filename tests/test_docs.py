"""The documentation is true: every command that it shows runs, every link leads somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import Program

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"```console\n(.*?)```", re.S)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
_PYTHON = re.compile(r"```python\n(.*?)```", re.S)


def _commands(page: Path) -> list[str]:
    lines = [
        line for block in _BLOCK.findall(page.read_text("utf-8")) for line in block.splitlines()
    ]
    shown = [line.removeprefix("$ ").split("  #")[0].strip() for line in lines if line[:2] == "$ "]
    return [command for command in shown if command.startswith("retinue ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_runs_in_order(page: Path, tmp_path: Path, program: Program) -> None:
    for command in _commands(page):
        words, _, target = command.partition(" > ")
        done = program(shlex.split(words)[1:], tmp_path, os.environ | {"NO_COLOR": "1"})
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if target:
            (tmp_path / target.strip()).write_text(done.stdout)


def test_the_guide_shows_commands_at_all() -> None:
    assert len(_commands(ROOT / "docs" / "user-guide.md")) > 10
    assert len(_commands(ROOT / "README.md")) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_journey_of_the_guide_is_sound(tmp_path: Path) -> None:
    from retinue.journey import journey_from_text

    guide = (ROOT / "docs" / "user-guide.md").read_text("utf-8")
    text = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert journey_from_text(text, "guide").journey.legs


def test_python_shown_in_the_guide_runs() -> None:
    guide = (ROOT / "docs" / "user-guide.md").read_text("utf-8")
    for block in _PYTHON.findall(guide):
        subprocess.run([sys.executable, "-c", block], check=True, stdout=subprocess.DEVNULL)


def test_the_makefile_has_the_targets_that_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "lint", "bench", "pack"):
        assert re.search(rf"^{target}:", makefile, re.M)
