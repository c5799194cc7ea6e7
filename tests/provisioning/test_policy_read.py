"""A key of a provisioning file that nothing reads would be a promise that nobody keeps."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import retinue
from retinue.provisioning import policy, service_data, store_rooms, suppliers, supply

#: What every sourced file has, and versions.
_EVERYWHERE = {"source", "confidence", "basis", "sources", "remark", "title"}


@cache
def _attributes() -> dict[Path, frozenset[str]]:
    """Return the attributes that each source file reads."""
    return {
        path: frozenset(
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        )
        for path in Path(retinue.__file__).parent.rglob("*.py")
    }


def _read_outside_of(module: ModuleType) -> set[str]:
    # In its own module a field counts only where something else than a check reads it.
    own = Path(module.__file__ or "") if module is policy else None
    return {name for path, names in _attributes().items() if path != own for name in names}


@pytest.mark.parametrize("module", [policy, supply, store_rooms, suppliers, service_data])
def test_every_field_is_read(module: ModuleType) -> None:
    read = _read_outside_of(module)
    for name, model in vars(module).items():
        if isinstance(model, type) and issubclass(model, BaseModel):
            if model.__module__ != module.__name__:
                continue
            keys = {key for key in model.model_fields if not key.startswith("retinue_")}
            assert keys - _EVERYWHERE <= read, f"{name}: nothing reads {keys - read}"
