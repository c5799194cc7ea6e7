"""The sample plan and the land of the shipped world pack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.report.sample_plan import sample_plan
from tests.report.sample_provision import sample_provision

if TYPE_CHECKING:
    from retinue.plan import Plan, Provision
    from retinue.report.map_land import MapLand


@pytest.fixture(scope="session")
def sample() -> Plan:
    """Return the sample plan."""
    return sample_plan()


@pytest.fixture(scope="session")
def provision(sample: Plan) -> Provision:
    """Return the provisioning of the sample plan."""
    return sample_provision(sample)


@pytest.fixture(scope="session")
def land() -> MapLand:
    """Return the land outlines of the shipped pack."""
    from retinue.report.map_land import PackLand
    from retinue.world.pack import load_pack

    return PackLand(load_pack())


@pytest.fixture(scope="session")
def hostile(sample: Plan) -> Plan:
    """Return the sample with names that try to be markup, in scripts of the whole world."""
    names = iter(
        (
            '</script><script>alert("1")</script>',
            '"><img src=x onerror=alert(2)>',
            "#panic[typst] $x$ *bold* `raw` @ref <label>",
        )
    )
    places = {
        "Kowon": next(names), "Chongjin": next(names), "Hamhung": next(names),
        "Tumangang": "두만강 역", "Khasan": "Хасан & Со", "Rajin": "羅津駅",
        "Sinpo": "مطار", "Tanchon": "\u202eevil\u0000 \ud7a3",
    }  # fmt: skip
    text = sample.to_json()

    def renamed(value: object) -> object:
        if isinstance(value, str):
            return places.get(value, value)
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, dict):
            return {key: renamed(item) for key, item in value.items()}
        return value

    from retinue.plan import Plan as PlanRecord

    record = json.loads(text)
    record["title"] = '</title><script>alert("title")</script> 평양 → Владивосток'
    return PlanRecord.from_json(json.dumps(renamed(record))).sealed()
