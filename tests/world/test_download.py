"""Extracts fetched from a mirror on this machine: resumed, checked, whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.world.download import Mirrors, extract_url, fetch, load_mirrors

DATA = bytes(range(256)) * 2_000


@dataclass
class Mirror:
    """A server on this machine, and what it is told to do wrong."""

    url: str = ""
    data: bytes = DATA
    mark: str = '"one"'
    checksums: dict[str, str] = field(default_factory=dict)
    break_after: int | None = None
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve one file; no proxy stands between."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, self.headers.get("Range", "")))
            name = self.path.rsplit(".", 1)[-1]
            if name in ("md5", "sha256"):
                text = state.checksums.get(name)
                self._answer(200 if text else 404, (text or "").encode(), {})
            elif self.path != "/germany/cologne-latest.osm.pbf":
                self._answer(404, b"", {})
            else:
                self._file()

        def _file(self) -> None:
            wanted = self.headers.get("Range", "")
            if wanted and state.ranges and self.headers.get("If-Range") == state.mark:
                first = int(wanted.removeprefix("bytes=").removesuffix("-"))
                if first >= len(state.data):
                    self._answer(416, b"", {})
                    return
                size = len(state.data)
                self._answer(
                    206,
                    state.data[first:],
                    {"ETag": state.mark, "Content-Range": f"bytes {first}-{size - 1}/{size}"},
                )
            else:
                self._answer(200, state.data, {"ETag": state.mark})

        def _answer(self, code: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body if state.break_after is None else body[: state.break_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_region_is_fetched_whole_with_progress(mirror: Mirror, tmp_path: Path) -> None:
    mirror.checksums["md5"] = hashlib.md5(DATA).hexdigest() + "  cologne-latest.osm.pbf\n"
    seen: list[tuple[int, int | None]] = []
    url = extract_url("germany/cologne", Mirrors(mirrors=1), mirror.url)
    target = tmp_path / "cologne.osm.pbf"
    got = fetch(url, target, progress=lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == DATA
    assert (got.checksum, got.resumed_from, got.size) == ("md5", 0, len(DATA))
    assert got.sha256 == hashlib.sha256(DATA).hexdigest()
    assert seen[-1] == (len(DATA), len(DATA))
    assert [p.name for p in tmp_path.iterdir()] == ["cologne.osm.pbf"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_broken_transfer_goes_on_where_it_stopped(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "cologne.osm.pbf"
    url = f"{mirror.url}/germany/cologne-latest.osm.pbf"
    mirror.break_after = 100_000
    with pytest.raises(InputError, match="broke off after 100,000 of 512,000 bytes"):
        fetch(url, target)
    assert not target.exists()
    mirror.break_after = None
    got = fetch(url, target)
    assert got.resumed_from == 100_000
    assert target.read_bytes() == DATA
    assert ("/germany/cologne-latest.osm.pbf", "bytes=100000-") in mirror.asked


def test_another_file_of_the_same_name_is_not_resumed(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "cologne.osm.pbf"
    url = f"{mirror.url}/germany/cologne-latest.osm.pbf"
    mirror.break_after = 100_000
    with pytest.raises(InputError):
        fetch(url, target)
    mirror.break_after, mirror.mark, mirror.data = None, '"two"', DATA[::-1]
    assert fetch(url, target).resumed_from == 0
    assert target.read_bytes() == DATA[::-1]


def test_a_server_without_ranges_starts_again(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "cologne.osm.pbf"
    url = f"{mirror.url}/germany/cologne-latest.osm.pbf"
    mirror.break_after = 100_000
    with pytest.raises(InputError):
        fetch(url, target)
    mirror.break_after, mirror.ranges = None, False
    assert fetch(url, target).resumed_from == 0
    assert target.read_bytes() == DATA


def test_a_part_that_was_whole_already_is_fetched_anew(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "cologne.osm.pbf"
    url = f"{mirror.url}/germany/cologne-latest.osm.pbf"
    mirror.break_after = 100_000
    with pytest.raises(InputError):
        fetch(url, target)
    mirror.break_after = None
    (tmp_path / "cologne.osm.pbf.part").write_bytes(DATA)
    assert fetch(url, target).path.read_bytes() == DATA


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_damage_is_found_by_the_checksum_and_thrown_away(
    mirror: Mirror, tmp_path: Path, kind: str
) -> None:
    mirror.checksums[kind] = "0" * (32 if kind == "md5" else 64)
    with pytest.raises(InputError, match=f"differs from the mirror's {kind}"):
        fetch(f"{mirror.url}/germany/cologne-latest.osm.pbf", tmp_path / "c.osm.pbf")
    assert list(tmp_path.iterdir()) == []


def test_a_mirror_without_checksum_is_said_to_have_none(mirror: Mirror, tmp_path: Path) -> None:
    got = fetch(f"{mirror.url}/germany/cologne-latest.osm.pbf", tmp_path / "c.osm.pbf")
    assert got.checksum == ""


def test_an_unknown_region_is_one_sentence(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the mirror answers 404"):
        fetch(f"{mirror.url}/atlantis-latest.osm.pbf", tmp_path / "a.osm.pbf")


def test_a_mirror_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(InputError, match="cannot be reached"):
        # Port 9 (discard) is closed on any machine that runs tests.
        fetch("http://127.0.0.1:9/a.osm.pbf", tmp_path / "a.osm.pbf")


def test_the_proxy_of_the_environment_is_used(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", mirror.url)
    # A proxy is asked for the whole address (RFC 9112, 3.2.2); this one knows no such file.
    with pytest.raises(InputError, match="404"):
        fetch("http://mirror.invalid/a.osm.pbf", tmp_path / "a.osm.pbf")
    assert mirror.asked[0][0] == "http://mirror.invalid/a.osm.pbf"


def test_the_users_list_names_regions(tmp_path: Path) -> None:
    file = tmp_path / "mirrors.yaml"
    file.write_text(
        "mirrors: 1\nmirror: https://example.org/osm\nregions:\n"
        "  cologne: europe/germany/koeln-latest.osm.pbf\n"
        "  own: https://example.com/own.osm.pbf\n"
    )
    mirrors = load_mirrors(file)
    assert extract_url("cologne", mirrors) == (
        "https://example.org/osm/europe/germany/koeln-latest.osm.pbf"
    )
    assert extract_url("cologne", mirrors, "http://a.example/") == (
        "http://a.example/europe/germany/koeln-latest.osm.pbf"
    )
    assert extract_url("own", mirrors) == "https://example.com/own.osm.pbf"
    assert extract_url("asia/japan", mirrors) == "https://example.org/osm/asia/japan-latest.osm.pbf"
    with pytest.raises(InputError) as caught:
        extract_url("colonge", mirrors)
    assert "cologne" in caught.value.cure


def test_without_a_mirror_nothing_is_guessed() -> None:
    with pytest.raises(InputError, match="no mirror is chosen"):
        extract_url("cologne", Mirrors(mirrors=1))
    with pytest.raises(InputError, match="begins with http"):
        extract_url("cologne", Mirrors(mirrors=1), "ftp://example.org")
