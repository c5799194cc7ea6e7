"""What all files of OSRD's RailJSON share: their version, voltages and loading gauges."""

from __future__ import annotations

import re

from retinue.json_document import JsonValue

__all__ = ["LOADING_GAUGES", "POWER_SYSTEMS", "check_version", "power_system"]

LOADING_GAUGES = ("G1", "G2", "GA", "GB", "GB1", "GC", "FR3.3", "FR3.3/GB/G2", "GLOTT")

POWER_SYSTEMS = {
    25000: "25kv-ac-50hz",
    15000: "15kv-ac-16.7hz",
    3000: "3kv-dc",
    1500: "1.5kv-dc",
    900: "900v-dc",
    850: "850v-dc",
    750: "750v-dc",
    600: "600v-dc",
}
"""RailJSON gives volts alone.  These are the systems of those voltages in EN 50163; 25 kV is
taken for 50 Hz, which holds wherever OSRD is used (60 Hz: Japan in part, the Americas)."""


def power_system(volts: str) -> str | None:
    """Return the power system of a voltage such as ``25000V``; None: not known."""
    match = re.fullmatch(r"\s*(\d+)\s*V\s*", volts)
    return POWER_SYSTEMS.get(int(match[1])) if match else None


def check_version(root: JsonValue, key: str, wanted: str) -> str:
    """Return the version that a file says it has; only its last number may differ.

    A version of two numbers has to be the same.

    Raises
    ------
    InputError
        For another version, or none.
    """
    cure = f"Export the file with a version of OSRD that writes {key} {wanted}."
    found = root.get(key)
    if found is None:
        raise root.error(f'the file has no "{key}"', cure)
    word = found.text()
    if word.split(".")[:2] != wanted.split(".")[:2]:
        raise found.error(f'the version is "{word}", this reader knows {wanted}', cure)
    return word
