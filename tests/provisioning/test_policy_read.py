"""A key of a provisioning file that nothing reads would be a promise that nobody keeps."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import retinue
from retinue.provisioning import policy, service_data, store_rooms, suppliers, supply

#: What every sourced file has, and versions.
_EVERYWHERE = {"source", "confidence", "basis", "sources", "remark", "title"}


def _read_outside_of(module: ModuleType) -> set[str]:
    found: set[str] = set()
    for path in Path(retinue.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        own = path == Path(module.__file__ or "")
        for node in ast.walk(tree):
            # In its own module a field counts only where something else than a check reads it.
            if isinstance(node, ast.Attribute) and (not own or module is not policy):
                found.add(node.attr)
    return found


@pytest.mark.parametrize("module", [policy, supply, store_rooms, suppliers, service_data])
def test_every_field_is_read(module: ModuleType) -> None:
    read = _read_outside_of(module)
    for name, model in vars(module).items():
        if isinstance(model, type) and issubclass(model, BaseModel):
            if model.__module__ != module.__name__:
                continue
            keys = {key for key in model.model_fields if not key.startswith("retinue_")}
            assert keys - _EVERYWHERE <= read, f"{name}: nothing reads {keys - read}"
