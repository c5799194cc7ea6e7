"""What OpenStreetMap's tags on a road mean to a motorcade, in SI, with every fault counted.

A tag that cannot be read is the same as no tag, and adds one to `Faults`; nothing raises.
Conditional tags (``*:conditional``: by hour, by kind of vehicle) hold at times that nobody
asked for here; they are counted and passed over.

======================  ======================================================================
classes                 `ROAD_CLASSES`; ``pedestrian`` only where cars are told to be allowed
access                  motorcar, motor_vehicle, vehicle, access: the most special one decides;
                        tracks, driveways and parking aisles without one are for ends only
one-way                 tagged, and roundabouts and motorways; ``reversible`` is closed, since
                        nobody knows its hours
speed                   signed limit, else the law's for the zone and no more than the class's;
                        the surface's, smoothness's and track grade's hold in any case
measures                maxheight, maxwidth, maxlength, maxweight, maxaxleload
======================  ======================================================================
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from retinue.world.osm_tags import Faults, layer
from retinue.world.road_speed_table import RoadSpeedTable
from retinue.world.road_tag_values import (
    Access,
    access_of,
    length_m,
    mass_kg,
    speed_value,
    word_of,
)

__all__ = ["ROAD_CLASSES", "RoadTags", "is_road", "road_tags", "speeds_mps"]

ROAD_CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link",
    "road", "living_street", "service", "pedestrian", "track",
)  # fmt: skip
_BY_NATURE_URBAN = ("residential", "living_street", "pedestrian")
_MINOR_SERVICE = ("driveway", "parking_aisle", "drive-through", "emergency_access")
_LIMIT_KEYS = ("maxheight", "maxheight:physical", "maxwidth", "maxwidth:physical", "maxlength")
_MASS_KEYS = ("maxweight", "maxweightrating", "maxaxleload")
_TYPE_KEYS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")


@dataclass(frozen=True)
class RoadTags:
    """One way's attributes; pairs are (along the way, against it).

    Attributes
    ----------
    access
        For each direction.
    oneway
        0 both directions, 1 along, -1 against, 2 closed: the direction changes by the hour.
    signed_mps
        Signed limits; None where none is signed, inf where it is told that there is none.
    zone
        Zone of the general limit that is tagged, or "".
    zone_country
        The country that the tag names, or "".
    limits
        maxheight, maxwidth, maxlength (m), maxweight, maxaxleload (kg), as far as tagged.
    minor
        Whether it is a driveway, a parking aisle or a track: nothing that a rolling block
        holds.
    """

    road_class: str
    access: tuple[Access, Access]
    oneway: int
    roundabout: bool
    signed_mps: tuple[float | None, float | None]
    zone: str
    zone_country: str
    surface: str
    smoothness: str
    tracktype: str
    lanes: int
    name: str
    ref: str
    bridge: bool
    tunnel: bool
    layer: int
    ford: bool
    toll: bool
    motorroad: bool
    minor: bool
    width_m: float
    limits: dict[str, float] = field(default_factory=dict)


def is_road(tags: Mapping[str, str]) -> bool:
    """Return whether a way is a road that a car may ever use."""
    word = tags.get("highway", "")
    if word not in ROAD_CLASSES or tags.get("area") == "yes":
        return False
    if word == "pedestrian":
        told = access_of(tags, "", "", Faults())
        special = any(key in tags for key in ("motorcar", "motor_vehicle", "vehicle"))
        return special and told is not None and told < Access.PRIVATE
    return True


def road_tags(
    tags: Mapping[str, str], where: str, faults: Faults, table: RoadSpeedTable
) -> RoadTags:
    """Return the attributes of a way for which `is_road` holds."""
    road_class = tags["highway"]
    junction = tags.get("junction", "")
    roundabout = junction in ("roundabout", "circular")
    for key in tags:
        if key.endswith(":conditional"):
            faults.add(f"{key}, passed over", f"{where}: {tags[key]}")
    signed, zone, zone_country = _speeds(tags, where, faults)
    lanes = tags.get("lanes", "")
    known_lanes = int(lanes) if lanes.isdecimal() and 0 < int(lanes) < 30 else -1
    if lanes and known_lanes < 0:
        faults.add("number of lanes that cannot be read", f"{where}: {lanes}")
    width = tags.get("width") or tags.get("est_width")
    read = length_m(width, "width", where, faults) if width else None
    minor = road_class == "track" or tags.get("service", "") in _MINOR_SERVICE
    access = tuple(
        _access(tags, side, where, faults, ends_only=minor) for side in ("forward", "backward")
    )
    return RoadTags(
        road_class=road_class,
        access=(access[0], access[1]),
        oneway=_oneway(tags, road_class, roundabout, where, faults),
        roundabout=roundabout,
        signed_mps=signed,
        zone=zone,
        zone_country=zone_country,
        surface=tags.get("surface", "").strip().lower(),
        smoothness=tags.get("smoothness", "").strip().lower(),
        tracktype=tags.get("tracktype", "").strip().lower(),
        lanes=known_lanes,
        name=tags.get("name", ""),
        ref=tags.get("ref", ""),
        bridge=word_of(tags, "bridge") != "",
        tunnel=word_of(tags, "tunnel") != "",
        layer=layer(tags, where, faults) or 0,
        ford=word_of(tags, "ford") != "",
        toll=word_of(tags, "toll") != "",
        motorroad=word_of(tags, "motorroad") != "",
        minor=minor,
        width_m=math.nan if read is None or math.isinf(read) else read,
        limits=_limits(tags, where, faults, table),
    )


def _access(
    tags: Mapping[str, str], side: str, where: str, faults: Faults, *, ends_only: bool
) -> Access:
    if tags.get("smoothness") == "impassable":
        return Access.CLOSED
    # Only one direction counts faults: both read the same tags.
    told = access_of(tags, side, where, faults if side == "forward" else Faults())
    if told is not None:
        return told
    return Access.ENDS if ends_only else Access.OPEN


def _oneway(
    tags: Mapping[str, str], road_class: str, roundabout: bool, where: str, faults: Faults
) -> int:
    keys = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
    text = next((tags[key] for key in keys if key in tags), "").strip().lower()
    if text in ("yes", "true", "1"):
        return 1
    if text in ("-1", "reverse"):
        return -1
    if text in ("no", "false", "0", "alternating"):
        return 0
    if text == "reversible":
        faults.add("road whose direction changes by the hour, closed", where)
        return 2
    if text:
        faults.add("oneway that cannot be read", f"{where}: {text}")
    return 1 if roundabout or road_class == "motorway" else 0


def _speeds(
    tags: Mapping[str, str], where: str, faults: Faults
) -> tuple[tuple[float | None, float | None], str, str]:
    zone, country = "", ""
    for key in _TYPE_KEYS:
        text = tags.get(key, "")
        if ":" in text:
            # A kind of limit is no limit: zone 30 is signed in maxspeed as well.
            _, word, code = speed_value(text, where, Faults())
            zone, country = word or zone, code or country
    both: list[float | None] = []
    for side in ("forward", "backward"):
        text = tags.get(f"maxspeed:{side}", tags.get("maxspeed", ""))
        if not text:
            both.append(None)
            continue
        value, word, code = speed_value(text, where, faults if side == "forward" else Faults())
        zone, country = word or zone, code or country
        both.append(value)
    return (both[0], both[1]), zone, country


def _limits(
    tags: Mapping[str, str], where: str, faults: Faults, table: RoadSpeedTable
) -> dict[str, float]:
    found: dict[str, float] = {}
    for key in (*_LIMIT_KEYS, *_MASS_KEYS):
        text = tags.get(key)
        if not text:
            continue
        word = text.strip().lower()
        value: float | None
        if key.startswith("maxheight") and word in ("default", "below_default"):
            value = table.heights.default if word == "default" else table.heights.below_default
        elif key in _MASS_KEYS:
            value = mass_kg(text, key, where, faults)
        else:
            value = length_m(text, key, where, faults)
        if value is not None and math.isfinite(value):
            name = key.split(":")[0].replace("maxweightrating", "maxweight")
            found[name] = min(value, found.get(name, math.inf))
    return found


def speeds_mps(
    road: RoadTags, country: str, table: RoadSpeedTable
) -> tuple[tuple[float, float], tuple[bool, bool], int]:
    """Return speeds along and against a way, whether each is assumed, and urban (1, 0, -1).

    Parameters
    ----------
    country
        Where the way lies; a country that the tag names goes before.
    """
    limits = table.limits_in(road.zone_country or country)
    usual = table.classes.speeds[road.road_class]
    zone, urban = road.zone, -1
    if zone in ("urban", "walk", "living_street", "bicycle_road"):
        urban = 1
    elif zone:
        urban = 0
    elif road.road_class in _BY_NATURE_URBAN:
        urban = 1
    elif road.road_class.removesuffix("_link") == "motorway":
        urban = 0
    if zone in ("", "bicycle_road"):
        if road.road_class.removesuffix("_link") == "motorway":
            zone = "motorway"
        elif road.motorroad or (road.road_class == "trunk" and road.oneway in (1, -1)):
            zone = "expressway"
        else:
            zone = "urban" if urban == 1 else "rural"
    if zone == "walk":
        law = table.at_most.walk
    elif zone == "living_street":
        law = table.classes.speeds["living_street"]
    else:
        law = limits.limit_mps(zone)
    most = min(
        table.at_most.surface.get(road.surface, math.inf),
        table.at_most.smoothness.get(road.smoothness, math.inf),
        table.at_most.tracktype.get(road.tracktype, math.inf),
        table.at_most.ford if road.ford else math.inf,
        table.at_most.roundabout if road.roundabout else math.inf,
    )
    speeds, assumed = [], []
    for signed in road.signed_mps:
        if signed is None:
            told = min(law, usual)
        else:
            # Told to have no limit: what the class of road is driven at.
            told = signed if math.isfinite(signed) else max(usual, 1.0)
        speeds.append(min(told, most))
        assumed.append(signed is None)
    return (speeds[0], speeds[1]), (assumed[0], assumed[1]), urban
