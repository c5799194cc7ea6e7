"""What OpenStreetMap's tags on tracks mean, in SI, with every fault counted.

A tag that cannot be read is the same as no tag, and adds one to `Faults`; nothing here
raises.  Meanings follow the OpenStreetMap wiki (Key:maxspeed, Key:gauge, Key:electrified,
OpenRailwayMap/Tagging).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from retinue.world.track_network import DEAD_SECTION, NOT_ELECTRIFIED, UNKNOWN_POWER

__all__ = [
    "CLASS_OF_RAILWAY",
    "Faults",
    "TrackTags",
    "chainage_m",
    "layer",
    "limit_mps",
    "network_class",
    "split_list",
    "track_tags",
]

CLASS_OF_RAILWAY = {
    "rail": 0,
    "preserved": 0,
    "narrow_gauge": 1,
    "light_rail": 2,
    "subway": 2,
    "tram": 2,
}
"""Index into `NETWORK_CLASSES` by the value of ``railway``."""

Tags = Mapping[str, str]
Scalar = float | int | str | tuple[int, ...] | tuple[str, ...]

_SPEED = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(km/?h|kmh|kph|mph|knots)?$", re.IGNORECASE)
_TO_MPS = {"": 1 / 3.6, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "kph": 1 / 3.6, "mph": 0.44704}
_TO_MPS["knots"] = 1852 / 3600
_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$")
_FASTEST_MPS = 650 / 3.6
_NARROWEST_MM, _WIDEST_MM = 100, 3000
_NO_LIMIT = ("none", "unlimited")
_FALSE = ("no", "none", "false", "0")
_SCHEMES = (
    "asfa", "atb", "atb-eg", "atb-ng", "atb-vv", "atc", "atp", "aws", "crocodile", "ebicab",
    "etcs", "gnt", "hkt", "kcvb", "kcvp", "kvb", "lkj", "lzb", "mem", "ptc", "pzb", "rsdd",
    "sacem", "scmt", "siff", "tbl", "tpws", "tvm", "zsi127", "zub",
)  # fmt: skip


@dataclass
class Faults:
    """How often each kind of broken or contradictory tag was met, with one example each."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, example: str = "", count: int = 1) -> None:
        """Count a fault."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        if example and kind not in self.examples:
            self.examples[kind] = example

    def records(self) -> list[dict[str, object]]:
        """Return ``{kind, count, example}`` of all, the most frequent first."""
        return [
            {"kind": kind, "count": count, "example": self.examples.get(kind, "")}
            for kind, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        ]


@dataclass(frozen=True)
class TrackTags:
    """The attributes of one way, in the way's direction, by the names of `TrackNetwork`."""

    network_class: int
    values: dict[str, Scalar]


def split_list(text: str) -> list[str]:
    """Return the parts of a list separated by semicolons, without blanks."""
    return [part for part in (piece.strip() for piece in text.split(";")) if part]


def network_class(tags: Tags) -> int | None:
    """Return the index of the network class, or None for what is no track in use."""
    if tags.get("area") == "yes":
        return None
    return CLASS_OF_RAILWAY.get(tags.get("railway", ""))


def limit_mps(text: str, where: str, faults: Faults) -> float | None:
    """Return a speed limit in m/s, inf for ``none``, None where it cannot be read.

    Of several values the lowest holds, and the list counts as contradictory.
    """
    parts = split_list(text)
    if len(parts) > 1:
        faults.add("speed limit with several values", f"{where}: {text}")
        read = [limit_mps(part, where, faults) for part in parts]
        known = [value for value in read if value is not None]
        return min(known, default=None)
    word = text.strip().lower()
    if word in _NO_LIMIT:
        return math.inf
    match = _SPEED.match(word)
    if match:
        number = float(match[1].replace(",", "."))
        unit = (match[2] or "").replace("kmh", "km/h").replace("kph", "km/h")
        value = number * _TO_MPS[unit]
        if 0.0 < value <= _FASTEST_MPS:
            return value
    faults.add("speed limit that cannot be read", f"{where}: {text}")
    return None


def layer(tags: Tags, where: str, faults: Faults) -> int | None:
    """Return the tagged layer, or None."""
    text = tags.get("layer")
    if text is None:
        return None
    if _NUMBER.match(text) and -20 <= float(text) <= 20 and float(text).is_integer():
        return int(float(text))
    faults.add("layer that cannot be read", f"{where}: {text}")
    return None


def chainage_m(tags: Tags, where: str, faults: Faults) -> float | None:
    """Return the kilometre that a milestone shows, in metres, or None.

    ``railway:position:exact`` goes before ``railway:position``; of several the first holds.
    Miles (``mi:12.5``) are read; ``5.4+20`` adds metres, as some railways number them.
    """
    text = tags.get("railway:position:exact") or tags.get("railway:position")
    if not text:
        return None
    first = split_list(text)[:1] or [""]
    word = first[0].replace(",", ".").lower()
    unit_m = 1609.344 if word.startswith("mi:") else 1000.0
    word = word.removeprefix("mi:").removeprefix("km:").removeprefix("km").strip()
    main, _, metres = word.partition("+")
    if _NUMBER.match(main) and (not metres or _NUMBER.match(metres)):
        return float(main) * unit_m + (float(metres) if metres else 0.0)
    faults.add("position that cannot be read", f"{where}: {text}")
    return None


def track_tags(tags: Tags, where: str, faults: Faults) -> TrackTags:
    """Return the attributes of a track way in the way's own direction."""
    values: dict[str, Scalar] = {"railway": tags.get("railway", "")}
    _speeds(tags, where, faults, values)
    _gauge(tags, where, faults, values)
    _power(tags, where, faults, values)
    _structures(tags, where, faults, values)
    _directions(tags, where, faults, values)
    _loads(tags, where, faults, values)
    for name, keys in _WORDS.items():
        word = next((tags[key] for key in keys if tags.get(key)), "")
        if word:
            values[name] = word
    tagged = [key for key in _SCHEMES if f"railway:{key}" in tags]
    fitted = [key for key in tagged if tags[f"railway:{key}"] not in _FALSE]
    if tagged:
        values["train_protection"] = ";".join(fitted) or "none"
    for word in ("disused", "abandoned", "construction", "proposed"):
        if tags.get(word, "no") not in _FALSE:
            values["condition"] = word
            faults.add(f"track in use that is tagged {word}", where)
            break
    return TrackTags(CLASS_OF_RAILWAY[tags["railway"]], values)


_WORDS = {
    "usage": ("usage",),
    "service": ("service",),
    "bidirectional": ("railway:bidirectional",),
    "traffic_mode": ("railway:traffic_mode",),
    "line_class": ("railway:track_class", "railway:line_category", "track_class"),
    "loading_gauge": ("loading_gauge", "railway:loading_gauge"),
    "ref": ("ref",),
    "name": ("name",),
    "structure_name": ("tunnel:name", "bridge:name", "tunnel_name", "bridge_name"),
    "operator": ("operator",),
    "track_ref": ("railway:track_ref", "track_ref", "local_ref"),
}


def _speeds(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    both = tags.get("maxspeed")
    for way in ("forward", "backward"):
        text = tags.get(f"maxspeed:{way}", both)
        if text is not None:
            value = limit_mps(text, where, faults)
            if value is not None:
                values[f"speed_{way}"] = value
    if both and "maxspeed:forward" in tags and "maxspeed:backward" in tags:
        sides = (tags["maxspeed:forward"], tags["maxspeed:backward"])
        if both not in sides:
            faults.add("speed limit that contradicts its directions", where)
    conditional = [
        f"{key.removeprefix('maxspeed:')}={text}"
        for key, text in sorted(tags.items())
        if key.startswith("maxspeed:") and key.endswith("conditional")
    ]
    if conditional:
        values["speed_conditional"] = "; ".join(conditional)


def _gauge(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    text = tags.get("gauge")
    if not text:
        return
    found = set()
    for part in split_list(text.replace(",", ";") if "mm" not in text else text):
        word = part.lower().removesuffix("mm").strip()
        if word == "standard":
            found.add(1435)
        elif _NUMBER.match(word) and _NARROWEST_MM <= float(word) <= _WIDEST_MM:
            found.add(round(float(word)))
        else:
            faults.add("gauge that cannot be read", f"{where}: {text}")
    if found:
        values["gauge"] = tuple(sorted(found))


def _power(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    wire = tags.get("electrified", "")
    volts = _numbers(tags.get("voltage", ""), "voltage", where, faults)
    hertz = _numbers(tags.get("frequency", ""), "frequency", where, faults)
    if wire in _FALSE:
        if any(volts):
            faults.add("voltage on a track that is not electrified", where)
        values["power"] = (NOT_ELECTRIFIED,)
        return
    if not wire and not volts:
        return
    if not wire:
        faults.add("voltage without electrified", where)
    elif wire != "yes":
        values["contact"] = wire
    if not volts:
        values["power"] = (UNKNOWN_POWER,)
        return
    if len(hertz) not in (0, 1, len(volts)):
        faults.add("voltages and frequencies that do not pair", where)
        hertz = []
    pairs = zip(volts, hertz * len(volts) if len(hertz) == 1 else hertz, strict=True)
    keys = (
        {_power_key(volt, hz) for volt, hz in pairs}
        if hertz
        else {_power_key(volt, None) for volt in volts}
    )
    if not hertz:
        faults.add("voltage without frequency", where)
    values["power"] = tuple(sorted(keys))


def _power_key(volts: float, hertz: float | None) -> str:
    """Return the line book's key of a system.

    Without a frequency, up to 3 kV is direct current and 15 kV is 16.7 Hz: no other system
    of those voltages runs (EN 50163); 25 kV may be 50 or 60 Hz and stays unknown.
    """
    if volts == 0.0:
        return DEAD_SECTION
    if hertz is None:
        if volts <= 3000.0:
            hertz = 0.0
        elif volts == 15000.0:
            hertz = 16.7
        else:
            return UNKNOWN_POWER
    size = f"{volts / 1000:g}kv" if volts >= 1000.0 else f"{volts:g}v"
    if hertz == 0.0:
        return f"{size}-dc"
    # 16.7 Hz was written 16 2/3 before 1995; it is the same system.
    return f"{size}-ac-{16.7 if 16.5 <= hertz <= 16.8 else hertz:g}hz"


def _numbers(text: str, what: str, where: str, faults: Faults) -> list[float]:
    found = []
    for part in split_list(text):
        word = part.replace(",", ".")
        if _NUMBER.match(word) and float(word) >= 0.0:
            found.append(float(word))
        else:
            faults.add(f"{what} that cannot be read", f"{where}: {text}")
    return found


def _structures(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    for name in ("bridge", "tunnel"):
        word = tags.get(name, "no")
        if word not in _FALSE:
            values[name] = word
    # `covered` is no tunnel: a hall over the tracks leaves them at the ground's height.
    if "bridge" in values and "tunnel" in values:
        faults.add("bridge and tunnel at once", where)
    for word in ("embankment", "cutting"):
        if tags.get(word, "no") not in _FALSE:
            values["earthwork"] = word
    level = layer(tags, where, faults)
    if level is not None:
        values["layer"] = level
    tracks = tags.get("tracks")
    if tracks is not None:
        if tracks.isdecimal() and 0 < int(tracks) < 100:
            values["tracks"] = int(tracks)
        else:
            faults.add("number of tracks that cannot be read", f"{where}: {tracks}")


def _directions(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    word = tags.get("railway:preferred_direction")
    if word is not None:
        code = {"forward": 1, "backward": -1, "both": 0}.get(word)
        if code is None:
            faults.add("preferred direction that cannot be read", f"{where}: {word}")
        else:
            values["preferred_direction"] = code
    text = tags.get("incline", "")
    match = re.match(r"^([+-]?\d+(?:[.,]\d+)?)\s*(%|‰)$", text)
    if match:
        scale = 100.0 if match[2] == "%" else 1000.0
        values["incline"] = float(match[1].replace(",", ".")) / scale
    elif text and text not in ("up", "down", "yes", "no"):
        faults.add("incline that cannot be read", f"{where}: {text}")


def _loads(tags: Tags, where: str, faults: Faults, values: dict[str, Scalar]) -> None:
    keys = {
        "axle_load": ("axle_load", "maxaxleload", "railway:maxaxleload"),
        "metre_load": ("meter_load", "metre_load", "railway:metre_load"),
    }
    for name, names in keys.items():
        text = next((tags[key] for key in names if tags.get(key)), "")
        if not text:
            continue
        word = text.lower().replace(",", ".").removesuffix("/m").removesuffix("t").strip()
        if _NUMBER.match(word) and 0.5 <= float(word) <= 60.0:
            values[name] = float(word) * 1000.0
        else:
            faults.add(f"{name.replace('_', ' ')} that cannot be read", f"{where}: {text}")
