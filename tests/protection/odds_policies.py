"""The standard policy of odds, and the same with other values."""

from __future__ import annotations

from typing import Any

from retinue.protection.odds_policy import OddsPolicy, load_odds_policy

STANDARD = load_odds_policy()


def changed(**parts: dict[str, Any]) -> OddsPolicy:
    """Return the standard policy with other values (SI), part by part."""
    return STANDARD.model_copy(
        update={
            part: getattr(STANDARD, part).model_copy(update=values)
            for part, values in parts.items()
        }
    )
