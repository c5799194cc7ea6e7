"""Routing servers against recorded conversations, in the format that each documents."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.road.convoy import load_convoy
from retinue.road.osrm import osrm_ask, read_osrm
from retinue.road.server import Answer, ServerAddress, answer_of, ask_server, decode_polyline
from retinue.road.server_route import similarity
from retinue.road.valhalla import read_valhalla, valhalla_ask
from retinue.world.pack import Pack

RECORDED = Path(__file__).parent / "recorded"
VADUZ, SCHAAN = (47.1410, 9.5215), (47.1650, 9.5100)


def encode(points: list[tuple[float, float]], digits: int) -> str:
    """Return Google's encoded polyline of points: the reference way round."""
    text, before = "", (0, 0)
    for point in points:
        whole = tuple(round(value * 10**digits) for value in point)
        for now, then in zip(whole, before, strict=True):
            step = now - then
            value = ~(step << 1) if step < 0 else step << 1
            while value >= 0x20:
                text += chr((0x20 | (value & 0x1F)) + 63)
                value >>= 5
            text += chr(value + 63)
        before = whole
    return text


Serve = Callable[[int, str], ServerAddress]


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[str, list[tuple[str, str]]]]]:
    """Return a function that answers every request on loopback with the same words."""
    servers: list[ThreadingHTTPServer] = []

    def start(
        text: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> tuple[str, list[tuple[str, str]]]:
        asked: list[tuple[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                asked.append((self.path, self.rfile.read(size).decode("utf-8")))
                self.send_response(status)
                for key, value in (headers or {}).items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(text.encode("utf-8"))

            do_GET = do_POST = _answer  # noqa: N815 - the base class names them so

            def log_message(self, *args: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_example_of_the_polyline_format_is_read() -> None:
    # developers.google.com/maps/documentation/utilities/polylinealgorithm: its worked example.
    found = decode_polyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@", 5)
    assert found == [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20),
    st.sampled_from([5, 6]),
)
def test_what_was_encoded_is_decoded(points: list[tuple[float, float]], digits: int) -> None:
    found = decode_polyline(encode(points, digits), digits)
    assert len(found) == len(points)
    for one, two in zip(found, points, strict=True):
        assert one == pytest.approx(two, abs=10**-digits)


@given(st.text(max_size=30))
def test_a_line_that_is_none_is_refused_and_never_crashes(text: str) -> None:
    try:
        decode_polyline(text)
    except ValueError as error:
        assert str(error)


def test_a_valhalla_server_is_asked_with_the_measures_of_the_convoy(
    pack: Pack, serve: Callable[..., tuple[str, list[tuple[str, str]]]]
) -> None:
    url, asked = serve((RECORDED / "valhalla-route.json").read_text())
    address = ServerAddress.of(f"valhalla {url}")
    convoy = load_convoy("state-motorcade")
    ask = valhalla_ask([VADUZ, SCHAAN], convoy.limits, convoy.top_speed_mps, 2)
    text = ask_server(address, ask)
    ((path, body),) = asked
    assert path == "/route"
    sent = json.loads(body)
    assert sent["costing"] == "truck"
    # Its highest vehicle is the communications van, its heaviest the limousine of 5.4 t.
    assert sent["costing_options"]["truck"] == {
        "height": 3.0, "width": 2.1, "length": 7.0, "weight": 5.4, "axle_load": 3.0,
        "top_speed": 100,
    }  # fmt: skip
    assert sent["alternates"] == 1
    assert [place["type"] for place in sent["locations"]] == ["break", "break"]
    parts, others = read_valhalla(Answer("a", text), address, pack.countries)
    (route,) = parts
    assert [piece.name for piece in route.pieces] == ["Städtle", "Landstrasse / 28"]
    assert {piece.country for piece in route.pieces} == {"LI"}
    assert route.length_m == pytest.approx(3_000.0, rel=0.1)
    assert route.free_time_s == pytest.approx(222.4)
    taken = sum(piece.length_m / piece.speed_mps for piece in route.pieces)
    assert taken == pytest.approx(222.4, rel=1e-3)
    assert len(others) == 1
    assert 0.0 < similarity(others[0], parts) < 1.0


def test_an_osrm_server_is_asked_by_its_route_service(
    pack: Pack, serve: Callable[..., tuple[str, list[tuple[str, str]]]]
) -> None:
    url, asked = serve((RECORDED / "osrm-route.json").read_text())
    address = ServerAddress.of(f"osrm {url}")
    text = ask_server(address, osrm_ask([VADUZ, SCHAAN], 3))
    ((path, body),) = asked
    assert body == ""
    assert path.startswith("/route/v1/driving/9.521500,47.141000;9.510000,47.165000?")
    assert "geometries=polyline6" in path
    assert "steps=true" in path
    assert "alternatives=2" in path
    (route,), _ = read_osrm(Answer("a", text), address, pack.countries)
    assert [piece.ref for piece in route.pieces] == ["", "28"]
    assert [choke.kind for choke in route.chokes] == ["tunnel"]
    assert route.free_time_s == pytest.approx(215.5)


def test_no_road_is_no_plan(
    pack: Pack, serve: Callable[..., tuple[str, list[tuple[str, str]]]]
) -> None:
    # Error 442 of Valhalla, code NoRoute of OSRM: both with HTTP status 400.
    refusal = {
        "error_code": 442, "error": "No path could be found for input", "status_code": 400,
        "status": "Bad Request",
    }  # fmt: skip
    url, _ = serve(json.dumps(refusal), 400)
    address = ServerAddress.of(f"valhalla {url}")
    text = ask_server(
        address, valhalla_ask([VADUZ, SCHAAN], load_convoy("kyiv-2023").limits, None, 1)
    )
    with pytest.raises(NoPlan) as caught:
        read_valhalla(Answer("a", text), address, pack.countries)
    assert "No path could be found" in caught.value.reasons[0].what
    osrm = ServerAddress.of("osrm http://localhost:5000")
    with pytest.raises(NoPlan):
        read_osrm(Answer("a", '{"code": "NoRoute", "message": "no"}'), osrm, pack.countries)


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = ServerAddress.of(f"osrm http://127.0.0.1:{port}", "trip.yaml:9: road.routing")
    with pytest.raises(InputError) as caught:
        ask_server(address, osrm_ask([VADUZ, SCHAAN], 1))
    assert "cannot be reached" in caught.value.message
    assert caught.value.where == "trip.yaml:9: road.routing"


def test_a_server_that_takes_too_long_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = ServerAddress.of(f"osrm http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(InputError, match="does not answer within"):
            ask_server(address, osrm_ask([VADUZ, SCHAAN], 1), timeout_s=0.2)


def test_nothing_goes_to_another_machine_than_the_one_named(
    serve: Callable[..., tuple[str, list[tuple[str, str]]]],
) -> None:
    other, asked = serve("{}")
    url, _ = serve("moved", 302, {"Location": other})
    with pytest.raises(InputError, match="HTTP status 302"):
        ask_server(ServerAddress.of(f"osrm {url}"), osrm_ask([VADUZ, SCHAAN], 1))
    assert asked == []


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_error_of_the_server_is_told_with_its_status(
    serve: Callable[..., tuple[str, list[tuple[str, str]]]], status: int
) -> None:
    url, _ = serve("<html>not here</html>", status)
    with pytest.raises(InputError, match=f"HTTP status {status}"):
        ask_server(ServerAddress.of(f"valhalla {url}"), osrm_ask([VADUZ, SCHAAN], 1))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "nonsense", "{", '{"trip": NaN}', "null", "1e999"],
)
def test_an_answer_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="JSON"):
        answer_of(text, ServerAddress.of("osrm http://localhost:5000"))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["valhalla-route.json", "osrm-route.json"]), st.randoms(use_true_random=False),
    values,
)  # fmt: skip
def test_whatever_stands_in_an_answer_the_error_is_a_sentence(
    pack: Pack, name: str, rng: Any, strange: Any
) -> None:
    answer = json.loads((RECORDED / name).read_text())
    node = answer
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = rng.choice(keys)
        child = node[key]
        if not isinstance(child, (dict, list)) or not child or rng.random() < 0.2:
            node[key] = strange
            break
        node = child
    engine = name.split("-")[0]
    address = ServerAddress.of(f"{engine} http://localhost:1")
    read = read_valhalla if engine == "valhalla" else read_osrm
    try:
        parts, _ = read(Answer("a", json.dumps(answer)), address, pack.countries)
        assert all(part.length_m > 0 for part in parts)
    except (InputError, NoPlan) as error:
        assert str(error)


@pytest.mark.parametrize(
    "text",
    ["valhalla", "osrm localhost:5000", "graphhopper http://x", "osrm file:///etc/passwd",
     "osrm http://", "valhalla http://x:99999", "", "osrm http://x http://y"],
)  # fmt: skip
def test_what_names_no_server_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        ServerAddress.of(text, "trip.yaml:3")
    assert "http://localhost" in caught.value.cure
