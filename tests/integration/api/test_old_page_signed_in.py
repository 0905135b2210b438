"""The old page beside the API as deployed, with sign-in on: one's own, another's, and what a page may read."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.local.postgres import PostgresServer
from tests import old_shapes
from tests.integration.api.old_installation import LARGEST_BODY, Installation, Person, old_installation
from tests.integration.api.old_page import FETCH
from tests.integration.api.old_runs import FILES, METRICS
from tests.integration.api.serving import ask
from tests.integration.api.test_front import until
from tests.old_shapes import differences
from tests.web_sockets import HandshakeRefused, web_socket

RESOURCES = "/ws/system-resources/"
#: Besides the defaults: WebSockets of the process, and of one address.
SOCKETS, PER_ADDRESS = 60, 50


@pytest.fixture(scope="module")
def there(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    bounds = {"EPSM_API_SOCKETS": str(SOCKETS), "EPSM_API_SOCKETS_PER_ADDRESS": str(PER_ADDRESS)}
    with old_installation(postgres_server, "signed_in", tmp_path_factory.mktemp("signed_in"), **bounds) as running:
        yield running


@pytest.fixture(scope="module")
def anna(there: Installation) -> Person:
    return there.sign_in("anna")


def own_run(there: Installation, simulation: str) -> dict[str, Any]:
    answer = there.workers.get(f"/api/v1/simulations/{simulation}/runs", headers={"X-EPSM-Owner": "anna"})
    return dict(answer.get_json()["items"][0])


def progress(simulation: str) -> str:
    return f"/ws/simulation-progress/{simulation}/"


def refused(person: Person, path: str, **headers: str) -> int:
    with pytest.raises(HandshakeRefused) as refusal, person.follow(path, **headers):
        pass
    return refusal.value.status


def test_people_run_poll_follow_read_and_download_with_their_cookie(
    there: Installation, anna: Person, weather: bytes
) -> None:
    resources = anna.call("GET", "/api/simulation/system-resources/").json()
    assert differences(resources, old_shapes.RESOURCES) == []
    simulation = anna.run(weather)
    status = anna.call("GET", f"/api/simulation/{simulation}/status/").json()
    assert (differences(status, old_shapes.STATUS), status["status"]) == ([], "pending")
    assert anna.call("GET", f"/api/simulation/{simulation}/parallel-results/").status_code == 202

    with anna.follow(progress(simulation)) as followed:
        first = followed.receive()
        there.workers.succeed(own_run(there, simulation), FILES, METRICS)
        further, code = followed.messages()

    assert first == {"progress": 0, "status": "pending"}
    assert (further[-1], code) == ({"progress": 100, "status": "completed"}, 1000)
    for what, shape in (("parallel-results", old_shapes.ROW), ("results", old_shapes.ITEM)):
        answer = anna.call("GET", f"/api/simulation/{simulation}/{what}/")
        assert (answer.status_code, differences(answer.json(), [shape])) == (200, [])
        assert answer.headers["Access-Control-Allow-Origin"] == there.origin
    for listed in (anna.call("GET", "/api/simulation/results/"), anna.open("/api/simulation/results/")):
        assert simulation in [row["simulation_id"] for row in listed.json()]
    sent = anna.open(f"/api/simulation/{simulation}/download/")
    assert sent.status_code == 200
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        assert archive.read("office/output.err") == FILES["eplusout.err"]


def test_another_owner_is_refused_at_each(there: Installation, anna: Person, weather: bytes) -> None:
    simulation, bert = anna.run(weather), there.sign_in("bert")
    there.workers.succeed(own_run(there, simulation), FILES, METRICS)

    for what in ("status", "parallel-results", "results", "download"):
        path = f"/api/simulation/{simulation}/{what}/"
        assert [person.call("GET", path).status_code for person in (anna, bert)] == [200, 404]
        assert bert.open(path).status_code == 404
    assert bert.call("GET", f"/api/simulation/task/{simulation}/status/").status_code == 404
    assert bert.call("POST", f"/api/simulation/task/{simulation}/cancel/").status_code == 404
    assert bert.call("GET", "/api/simulation/results/?user_id=anna").json() == []
    assert refused(bert, progress(simulation)) == 404
    assert refused(bert, progress("00000000-0000-0000-0000-000000000000")) == 404
    assert refused(bert, progress("nonsense")) == 404


@pytest.mark.parametrize("end", ["fails", "is cancelled", "is deleted"])
def test_a_web_socket_tells_how_a_simulation_ended_and_is_closed(
    there: Installation, anna: Person, weather: bytes, end: str
) -> None:
    simulation = anna.run(weather)
    with anna.follow(progress(simulation)) as followed:
        assert followed.receive()["status"] == "pending"
        if end == "fails":
            there.workers.fail(own_run(there, simulation))
        else:
            assert anna.call("POST", f"/api/simulation/task/{simulation}/cancel/").status_code == 200
        if end == "is deleted":
            there.workers.call("DELETE", f"/api/v1/simulations/{simulation}", headers={"X-EPSM-Owner": "anna"})
        said, code = followed.messages()

    errors = {"fails": "Severe: no such schedule", "is cancelled": "Task cancelled by user"}
    assert code == 1000
    if end in errors:
        assert {said[-1]["status"], said[-1]["error"]} == {"failed", errors[end]}


def test_the_machine_is_told_every_second(anna: Person) -> None:
    with anna.follow(RESOURCES) as followed:
        assert followed.receive() == {"message": "connected"}
        assert [differences(followed.receive(), old_shapes.RESOURCES) for _ in range(2)] == [[], []]
        followed.send("ignored")
        assert differences(followed.receive(), old_shapes.RESOURCES) == []
        followed.send("x" * 1025)

        assert followed.messages()[1] == 1009


def test_only_pages_that_are_trusted_open_a_web_socket_with_a_cookie(there: Installation, anna: Person) -> None:
    own = f"http://127.0.0.1:{there.server.port}"
    for origin in (there.origin, own):
        with anna.follow(RESOURCES, Origin=origin) as followed:
            assert followed.receive() == {"message": "connected"}
    for origin in (there.foreign_origin, "null", "http://127.0.0.1", ""):
        assert refused(anna, RESOURCES, Origin=origin) == 403
    assert refused(anna, RESOURCES, Cookie="") == 401
    assert refused(anna, RESOURCES, Cookie="", Authorization=FETCH["Authorization"]) == 401
    assert refused(anna, "/ws/nothing/") == 404
    assert refused(anna, "/api/simulation/results/") == 404
    # A program with a token is no page.
    token = there.workers.calling_as("carl").secret
    with web_socket(there.server.port, RESOURCES, Authorization=f"Bearer {token}") as followed:
        assert followed.receive() == {"message": "connected"}
    plain = anna.call("GET", RESOURCES)
    assert (plain.status_code, plain.headers["Upgrade"]) == (426, "websocket")
    assert plain.json()["detail"] == "This address is for WebSockets"


def test_a_session_that_ends_ends_its_web_sockets_alone(there: Installation, anna: Person) -> None:
    leaving = there.sign_in("dora")
    with leaving.follow(RESOURCES) as followed, anna.follow(RESOURCES) as other:
        with there.workers.database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM sessions WHERE owner = 'dora'")

        assert followed.messages()[1] == 1008
        assert differences([other.receive() for _ in range(3)][1:], [old_shapes.RESOURCES]) == []
    assert refused(leaving, RESOURCES) == 401


def test_web_sockets_are_bounded_and_hold_no_thread(there: Installation, anna: Person) -> None:
    port, headers = there.server.port, {"Origin": there.origin, "Cookie": anna.cookie}
    assert until(lambda: there.server.metric("epsm_http_sockets_open") == 0)
    before = there.server.status("Threads")
    with ExitStack() as stack:
        for number in range(SOCKETS):
            source = "127.0.0.30" if number < PER_ADDRESS else "127.0.0.31"
            stack.enter_context(web_socket(port, RESOURCES, source=source, **headers)).receive()
            if number == PER_ADDRESS - 1:
                with pytest.raises(HandshakeRefused, match=r"429: .*This address has too many"):
                    stack.enter_context(web_socket(port, RESOURCES, source=source, **headers))
        with pytest.raises(HandshakeRefused, match=r"429: .*Too many WebSockets are open"):
            stack.enter_context(web_socket(port, RESOURCES, source="127.0.0.32", **headers))

        assert there.server.metric("epsm_http_sockets_open") == SOCKETS
        # The pools start their threads when they are first used.
        assert there.server.status("Threads") - before < 12
    assert until(lambda: there.server.metric("epsm_http_sockets_open") == 0)


EARLY = {
    "no cookie": ("POST /api/simulation/run/", "Content-Length: 900000", b"401"),
    "too large": ("POST /api/simulation/run/", f"Content-Length: {LARGEST_BODY + 1}\r\nCookie: {{cookie}}", b"413"),
    "no csrf token": ("POST /api/v1/tokens", "Content-Length: 9\r\nCookie: {cookie}", b"403"),
    "a long address": (f"GET /api/simulation/{'a' * 9000}", "X: 1", b"414"),
    "a long header": ("GET /api/simulation/results/", f"X: {'a' * 9000}", b"431"),
}  # fmt: skip


@pytest.mark.parametrize("case", EARLY)
def test_a_trusted_page_can_read_refusals_before_the_body(there: Installation, anna: Person, case: str) -> None:
    first, more, status = EARLY[case]
    form = "Content-Type: multipart/form-data; boundary=cut"
    for origin, allowed in ((there.origin, True), (there.foreign_origin, False)):
        head = f"{first} HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\n{form}\r\n{more.format(cookie=anna.cookie)}\r\n\r\n"
        answer = ask(there.server.port, head.encode()).lower()

        assert answer.split(b" ")[1] in ({status} if allowed else {status, b"403"})
        assert (f"access-control-allow-origin: {origin}\r\n".encode() in answer) is allowed
        assert b"vary: " in answer
