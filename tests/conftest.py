"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared test data; skip where it is absent, fail in CI."""
    named = os.environ.get("RETINUE_SHARED")
    folder = Path(named) if named else None
    if folder is None or not (folder / "data").is_dir():
        message = "RETINUE_SHARED does not name the folder of the shared data"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder
