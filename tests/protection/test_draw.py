"""The sealed draw: it follows the strategy, binds, hides, and needs two people."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from retinue.errors import InputError
from retinue.protection import draw as room
from retinue.protection.draw import COMMITMENT_FILE, SHARE_FILES, choose, commit, release
from retinue.protection.guessing import Option, Strategy, least_guess

OPTIONS = [
    Option("plan+0", "as planned", {1: 1.0, 2: 0.5}),
    Option("plan+20", "20 min later", {2: 1.0}, vehicles=(("1-road", 3), ("3-road", 2))),
    Option("alternative1+0", "by air, as planned, Владивосток", {3: 1.0, 1: 0.5}),
    Option("never", "weak", {1: 1.0, 2: 1.0, 3: 1.0}),
]


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return least_guess(OPTIONS)


def _files(folder: Path, strategy: Strategy, number: int = 2, vehicle: int = 1) -> list[Path]:
    return list(room.write_draw(commit(strategy, "plan-hash", number, vehicle), folder))


def test_sampled_choices_match_the_strategy_by_chi_square(strategy: Strategy) -> None:
    # Pearson's test at 1 %; the generator is seeded here alone, a draw takes the system's.
    dice = random.Random(20260504)
    count = 40_000
    seen: dict[tuple[int, int], int] = {}
    for _ in range(count):
        pick = choose(strategy, dice.randrange)
        seen[pick] = seen.get(pick, 0) + 1
    expected = {
        (i, v): float(p) / o.look_alikes * count
        for i, (o, p) in enumerate(zip(OPTIONS, strategy.shares, strict=True))
        for v in range(1, o.look_alikes + 1)
        if p > 1e-9
    }
    assert set(seen) <= set(expected)
    total = sum(expected.values())
    test = chisquare(
        [seen.get(k, 0) for k in expected], [e * count / total for e in expected.values()]
    )
    assert test.pvalue > 0.01


def test_the_ends_of_the_range_fall_to_options_that_can_be_drawn(strategy: Strategy) -> None:
    possible = {i for i, p in enumerate(strategy.shares) if p > 0}
    assert choose(strategy, lambda n: 0)[0] in possible
    assert choose(strategy, lambda n: n - 1)[0] in possible


def test_a_draw_takes_its_randomness_from_the_operating_system(strategy: Strategy) -> None:
    import secrets

    assert choose.__defaults__ == (secrets.randbelow,)
    random.seed(1)
    first = room.draw(strategy, "h").commitment["commitment"]
    random.seed(1)
    assert room.draw(strategy, "h").commitment["commitment"] != first


@given(st.integers(0, 3), st.data())
def test_two_shares_open_what_was_drawn(number: int, data: st.DataObject) -> None:
    import tempfile

    strategy = least_guess(OPTIONS)
    vehicle = data.draw(st.integers(1, OPTIONS[number].look_alikes))
    with tempfile.TemporaryDirectory() as folder:
        public, first, second = _files(Path(folder) / "d", strategy, number, vehicle)
        for shares in ((first, second), (second, first)):
            opened = release(*shares, public)
            assert opened.option == OPTIONS[number].id
            assert opened.title == OPTIONS[number].title
            assert set(opened.vehicles) == {leg for leg, _ in OPTIONS[number].vehicles}


def test_every_look_alike_is_named_once(strategy: Strategy, tmp_path: Path) -> None:
    seen = set()
    for vehicle in range(1, 7):
        public, first, second = _files(tmp_path / str(vehicle), strategy, 1, vehicle)
        seen.add(tuple(release(first, second, public).vehicles.items()))
    assert seen == {(("1-road", a), ("3-road", b)) for a, b in itertools.product((1, 2, 3), (1, 2))}


def test_the_draw_cannot_be_recovered_from_the_plan_files(
    strategy: Strategy, tmp_path: Path
) -> None:
    """Who has plan, strategy and commitment, and tries every option, finds nothing."""
    made = commit(strategy, "plan-hash", 2)
    public, first, second = room.write_draw(made, tmp_path)
    text = public.read_text()
    assert not any(option.id in text or option.title in text for option in OPTIONS)
    promised = made.commitment["commitment"]
    bound = {k: made.commitment[k] for k in ("plan", "strategy_sha256")}
    tried = set()
    for option in OPTIONS:
        for vehicle in range(1, option.look_alikes + 1):
            for nonce in (b"", b"\0" * 32, bytes.fromhex(promised), b"\xff" * 32):
                opening = room._opening_text(option, vehicle, nonce)
                for padded in (opening, opening.ljust(1024, b" ")):
                    tried.add(room._digest(bound, padded))
                    tried.add(hashlib.sha256(padded).hexdigest())
        tried |= {hashlib.sha256(word.encode()).hexdigest() for word in (option.id, option.title)}
    assert promised not in tried
    # Nor do names, sizes or one share say more than that a draw was made.
    other = commit(strategy, "plan-hash", 0)
    assert len(other.shares[0]["bytes"]) == len(made.shares[0]["bytes"])
    assert json.dumps(other.commitment).__len__() == len(json.dumps(made.commitment))
    for share in (first, second):
        raw = bytes.fromhex(json.loads(share.read_text())["bytes"])
        assert not any(option.id.encode() in raw for option in OPTIONS)
    assert "alternative1" not in repr(made)


def test_the_nonce_has_256_bits_and_never_repeats(strategy: Strategy, tmp_path: Path) -> None:
    nonces = set()
    for i in range(50):
        made = commit(strategy, "plan-hash", 0)
        raw = bytes(
            a ^ b for a, b in zip(*(bytes.fromhex(s["bytes"]) for s in made.shares), strict=True)
        )
        nonces.add(json.loads(raw)["nonce"])
        assert made.commitment["nonce_bits"] == 256, i
    assert len(nonces) == 50
    assert {len(bytes.fromhex(n)) * 8 for n in nonces} == {256}


def test_one_share_alone_is_noise(strategy: Strategy) -> None:
    # Either share of a fixed draw is uniform over bytes: chi-square over 256 values at 0.1 %.
    counts = [[0] * 256, [0] * 256]
    for _ in range(60):
        for share, tally in zip(commit(strategy, "h", 0).shares, counts, strict=True):
            for byte in bytes.fromhex(share["bytes"]):
                tally[byte] += 1
    assert all(chisquare(tally).pvalue > 0.001 for tally in counts)


def test_files_are_for_their_owner_only_and_a_draw_is_not_repeated(
    strategy: Strategy, tmp_path: Path
) -> None:
    files = _files(tmp_path / "d", strategy)
    assert [f.name for f in files] == [COMMITMENT_FILE, *SHARE_FILES]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    with pytest.raises(InputError, match="a draw lies here already"):
        _files(tmp_path / "d", strategy)


def test_a_draw_binds_its_plan_and_strategy(strategy: Strategy, tmp_path: Path) -> None:
    public, first, second = _files(tmp_path / "d", strategy)
    for key in ("plan", "strategy_sha256", "commitment"):
        record = json.loads(public.read_text())
        record[key] = hashlib.sha256(b"another").hexdigest()
        changed = tmp_path / f"{key}.json"
        changed.write_text(json.dumps(record))
        with pytest.raises(InputError, match=r"do not open|another draw"):
            release(first, second, changed)


def test_a_changed_share_does_not_open(strategy: Strategy, tmp_path: Path) -> None:
    public, first, second = _files(tmp_path / "d", strategy)
    record = json.loads(second.read_text())
    flipped = bytearray(bytes.fromhex(record["bytes"]))
    flipped[90] ^= 1
    record["bytes"] = flipped.hex()
    second.write_text(json.dumps(record))
    with pytest.raises(InputError, match="do not open"):
        release(first, second, public)


def test_one_person_with_one_share_opens_nothing(strategy: Strategy, tmp_path: Path) -> None:
    public, first, _ = _files(tmp_path / "d", strategy)
    other = _files(tmp_path / "e", strategy)
    with pytest.raises(InputError, match="two halves"):
        release(first, first, public)
    with pytest.raises(InputError, match="another draw"):
        release(first, other[2], public)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"schema": "retinue-draw/1"}', '{"schema": 1}', "\x00", "[" * 100_000,
     '{"schema": "retinue-draw/1", "commitment": 5, "bytes": "00"}',
     '{"schema": "retinue-draw/1", "commitment": "00", "bytes": "zz"}', "x" * 2_000_000],
)  # fmt: skip
def test_hostile_files_are_refused_in_a_sentence(
    strategy: Strategy, tmp_path: Path, text: str
) -> None:
    public, first, second = _files(tmp_path / "d", strategy)
    bad = tmp_path / "bad.json"
    bad.write_text(text)
    for files in ((bad, second, public), (first, second, bad), (tmp_path / "no", second, public)):
        with pytest.raises(InputError):
            release(*files)
