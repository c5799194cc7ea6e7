"""Path messages drawn at random: names in any script, clocks put forward and back, many days."""

from __future__ import annotations

from hypothesis import strategies as st

from retinue.traffic.path_message import (
    PASSING,
    STOP,
    PathMessage,
    PathPoint,
    PathTrain,
    Purpose,
    TractionUnit,
    plain_words,
)

ZONES = ("Asia/Pyongyang", "Asia/Vladivostok", "Europe/Berlin", "America/St_Johns", "UTC")

#: 29 October 2023 in Europe: the clock reads 2:30 twice.  26 March: it skips that half hour.
NIGHTS_S = (1698533970 // 6 * 6, 1679788800 // 6 * 6, 1694332872)

words = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
    .map(plain_words)
    .filter(bool)
)
simple = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .,/-]{0,10}[A-Za-z0-9]", fullmatch=True).map(
    plain_words
)


#: What a request is for, whether it modifies, the request and the path it refers to.
FOLLOW_UPS: tuple[tuple[Purpose, bool, str, str], ...] = (
    ("new", False, "", ""),
    ("change", False, "", ""),
    ("change", True, "0123456789AB", ""),
    ("withdrawal", False, "", ""),
    ("modification", True, "0123456789AB", "0080 PA1234567890 A1 2024"),
    ("modification", True, "", "- PA1234567890 A1 2024"),
)


@st.composite
def trains(draw: st.DrawFn) -> PathTrain:
    count = draw(st.integers(0, 3))
    return PathTrain(
        length_m=draw(st.integers(10, 900)),
        mass_t=draw(st.integers(1, 5000)),
        max_speed_kmh=draw(st.integers(1, 350)),
        axle_load_t=draw(st.none() | st.integers(1, 300).map(lambda t: t / 10)),
        braking_percent=draw(st.none() | st.integers(1, 250)),
        traction=tuple(
            TractionUnit(f"1{k + 1}", draw(simple), draw(st.integers(1, 200)),
                         draw(st.integers(1000, 30000)))
            for k in range(count)
        ),
        power=tuple(draw(st.lists(st.sampled_from(["3kv-dc", "diesel", "25kv-ac-50hz"]),
                                  max_size=2, unique=True))),
        gauge_mm=tuple(draw(st.lists(st.sampled_from([1000, 1435, 1520]), max_size=2))),
        exceptional=tuple(draw(st.lists(simple, max_size=3))),
    )  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> PathMessage:
    moment = float(draw(st.sampled_from(NIGHTS_S)) + 6 * draw(st.integers(-900, 900)))
    count = draw(st.integers(2, 7))
    names = draw(st.lists(words, min_size=count, max_size=count, unique=True))
    points = []
    for k, name in enumerate(names):
        first, last = k == 0, k == count - 1
        stands = 6 * draw(st.integers(0, 900)) if draw(st.booleans()) else 0
        arrive, moment = moment, moment + (0 if first or last else stands)
        stops = first or last or stands > 0
        points.append(
            PathPoint(
                place=name,
                country=draw(st.sampled_from(["KP", "RU", "DE"])),
                code=draw(st.sampled_from(["", "12345"])) if k == 0 else "",
                zone=draw(st.sampled_from(ZONES)),
                arrive_s=None if first else arrive,
                depart_s=None if last else moment,
                before_s=6 * draw(st.integers(0, 200)),
                after_s=6 * draw(st.integers(0, 200)),
                dwell_s=0 if first or last else stands,
                activities=(STOP, "0026") if stops else (PASSING,),
                kinds=("01",) if first else ("03",) if last else ("02",),
                train=None if last else draw(trains()),
            )
        )
        moment += 6 * draw(st.integers(1, 6000))
    purpose, modifies, former, path = draw(st.sampled_from(FOLLOW_UPS))
    return PathMessage(
        kind="request", id="ABCDEF012345", train="FEDCBA543210", leg="2-rail", role="main",
        title=draw(words), plan_hash="ab" * 32, points=tuple(points), purpose=purpose,
        modifies=modifies, former=former, path=path,
    )  # fmt: skip


def small_request() -> PathMessage:
    """Return one made by hand: four points, a border, a stop, a train that changes there."""
    start = 1694332872.0
    heavy = PathTrain(571, 1518, 100, 18.7, 88, (TractionUnit("11", "Red Flag 1", 108, 17000),),
                      ("3kv-dc",), (1435,))  # fmt: skip
    light = PathTrain(560, 1500, 90, 19.5, 86, (TractionUnit("11", "M62", 117, 17550),),
                      ("diesel",), (1520,), ("axle load 19.5 t, line 18.0 t: B to D",))  # fmt: skip
    kp, ru = "Asia/Pyongyang", "Asia/Vladivostok"
    points = (
        PathPoint("A", "KP", "", kp, None, start, 0, 1800, 0, (STOP,), ("01",), heavy),
        PathPoint("B", "KP", "", kp, start + 3600, start + 5400, 600, 900, 1800,
                  (STOP, "0012"), ("02",), light),
        PathPoint("C", "RU", "", ru, start + 9000, start + 9000, 600, 900, 0, (PASSING,), ("02",),
                  light),
        PathPoint("D", "RU", "", ru, start + 12600, None, 1800, 900, 0, (STOP,), ("03",), None),
    )  # fmt: skip
    return PathMessage(
        kind="request", id="ABCDEF012345", train="FEDCBA543210", leg="2-rail", role="main",
        title="A to D, main train", plan_hash="ab" * 32, points=points,
    )  # fmt: skip
