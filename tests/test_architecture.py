"""The import arrows of docs/architecture.md, held by reading every import."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "retinue"

#: Each room may import itself and these rooms.
FOUNDATION = {
    "errors", "units", "clock", "counting", "document", "json_document", "sourced", "files",
    "libraries", "kernels", "apart", "terminal_text",
}  # fmt: skip
ARROWS: dict[str, set[str]] = {
    **dict.fromkeys(FOUNDATION, FOUNDATION),
    "journey": FOUNDATION,
    "movement": FOUNDATION,
    "plan": FOUNDATION | {"movement"},
    "world": FOUNDATION | {"journey", "movement"},
    "rail": FOUNDATION | {"journey", "movement", "plan", "world"},
    "air": FOUNDATION | {"journey", "movement", "plan", "world"},
    "road": FOUNDATION | {"journey", "movement", "plan", "world"},
    "protection": FOUNDATION | {"journey", "movement", "plan", "world"},
    "provisioning": FOUNDATION | {"journey", "movement", "plan", "world"},
    "traffic": FOUNDATION | {"journey", "movement", "plan", "world", "rail", "protection"},
    "planner": FOUNDATION
    | {"journey", "movement", "plan", "world", "rail", "air", "road", "protection"}
    | {"provisioning", "traffic", "retinue"},
    "checks": FOUNDATION | {"movement", "plan"},
    "report": FOUNDATION | {"movement", "plan", "retinue"},
    "cli": FOUNDATION
    | {"journey", "movement", "plan", "world", "rail", "air", "road", "protection", "planner"}
    | {"provisioning", "traffic", "checks", "report", "retinue"},
    "retinue": FOUNDATION | {"journey", "plan", "planner", "world"},
}

#: Report draws land: it may open the pack's outlines, and nothing else of the world.
ALLOWED_MODULES = {
    "report": {"retinue.world.pack", "retinue.world.outlines", "retinue.world.catalogue"}
}


def _room(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return "retinue" if parts == ("__init__",) else parts[0]


def _is_room(name: str) -> bool:
    return (SOURCE / name).is_dir() or (SOURCE / f"{name}.py").is_file()


def _imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == "retinue":
                names = [f"retinue.{alias.name}" for alias in node.names if _is_room(alias.name)]
                names += ["retinue"] if len(names) < len(node.names) else []
        for name in names:
            if name in ALLOWED_MODULES.get(_room(path), set()):
                continue
            if name.split(".")[0] == "retinue":
                rooms.add(name.split(".")[1] if "." in name else "retinue")
    return rooms


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE))
)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = _room(path)
    forbidden = _imported_rooms(path) - ARROWS[room] - {room}
    assert not forbidden, f"{room} may not import {sorted(forbidden)}"


def test_no_module_is_a_long_room() -> None:
    long = {
        str(path.relative_to(SOURCE)): count
        for path in SOURCE.rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long
