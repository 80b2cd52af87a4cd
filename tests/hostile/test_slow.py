"""RELIABILITY H7: slow and many. Whoever they are, the others' p95 at most doubles."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection

import pytest

from tests.hostile.crowd import NOISE, House, Times, look, visits, writer
from tests.hostile.rude import Crowd, besieged, connect, ended, head
from tests.promises import Figure, rounds, whole
from tests.world import token

ALL = ("head", "body", "chunks", "silence", "deafness", "no hanging up", "asking", "half a body", "an end within")
KINDS = [*((kind,) for kind in ALL), ALL] if whole() else [ALL]
TAKEN = 30  # posts of one person in a minute
TIMES = rounds(20, 100)  # looks at a page, before, meanwhile and after
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
AGAIN = pytest.mark.flaky(reruns=2)  # times are compared, and the machine may have been busy during one of them
PATIENCE = 30.0  # seconds that the server has with the slow (portal/server.py)


@pytest.fixture(scope="module")
def home(house: Callable[..., House]) -> House:
    """Fewer threads than there are slow ones: none of them may hold one."""
    return house(THREADS="30", WRITE_LIMIT=f"{TAKEN} per minute")


@AGAIN
@pytest.mark.promise("H7")
@pytest.mark.parametrize("kinds", KINDS, ids=" ".join)
def test_the_slow_slow_down_nobody(home: House, figure: Figure, kinds: tuple[str, ...]) -> None:
    """More of them than there are threads: they trickle, say nothing, read nothing, or do not hang up."""
    count = rounds(40, 500)
    calm = visits(home, TIMES)
    with besieged(*[partial(_crowd, home, kind, count) for kind in kinds]):
        meanwhile = visits(home, TIMES)
    calm += visits(home, TIMES)
    each = " and ".join(f"{count} slow ({kind})" for kind in kinds)
    figure(f"{each} at 30 threads: a page takes {meanwhile}; calm {calm}")
    _at_most_doubled(meanwhile, calm)


@pytest.mark.promise("H7")
def test_who_never_ends_a_request_is_shown_out(home: House, figure: Figure) -> None:
    """Half a minute for a request to come, which only the whole waits for; and one that is as long as that is not."""
    crowds = {kind: _crowd(home, kind, 5) for kind in ("silence", "head", "body", "chunks")}
    slow = connect(home)
    slow.sendall(head(home, "POST", "/login", Content_Length="900000", **FORM) + b"x" * 200_000)
    assert not ended(slow, 1)
    assert not ended(crowds["head"].lines[0], 0.1)
    if whole():
        began = time.monotonic()
        assert all(ended(line, PATIENCE + 5) for crowd in crowds.values() for line in crowd.lines)
        assert time.monotonic() - began > PATIENCE / 2, "whoever is merely slow has time"
        assert ended(slow, 40), "a long body takes a thread: it has half a minute, and a second for each 8 kB"
        figure(f"20 requests that never ended: shown out within {time.monotonic() - began:.0f} s")
    for crowd in crowds.values():
        crowd.close()
    assert look(home)


@pytest.mark.promise("H7")
def test_a_head_without_an_end_is_refused(home: House, figure: Figure) -> None:
    line = connect(home)
    line.sendall(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * 40_000)
    line.settimeout(5)
    assert b" 431 " in line.recv(100)
    assert ended(line, 5)
    figure("a head over 32 kB: 431")


@pytest.mark.promise("H7")
@pytest.mark.parametrize("chunks", [b"1\r\nxyz\r\n", b"none\r\n", b"-1\r\n", b"1\r\nx\r\n0\r\n: none\r\n\r\n"])
def test_chunks_that_are_none_are_unreadable(home: House, chunks: bytes) -> None:
    """Refused as what they are, and nothing that follows them is taken for a request; no error of ours in the log."""
    line = connect(home)
    line.sendall(head(home, "POST", "/login", Transfer_Encoding="chunked", **FORM) + chunks)
    line.sendall(head(home, "GET", "/brand.css"))
    line.settimeout(10)
    got = b"".join(iter(lambda: line.recv(65_536), b""))
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1


@pytest.mark.promise("H7")
def test_chunks_that_break_off_are_no_error_of_ours(home: House) -> None:
    """Wherever they break off; the log is read at the end."""
    whole = b"1\r\nx\r\n0\r\n\r\n"
    for end in range(len(whole)):
        line = connect(home)
        line.sendall(head(home, "POST", "/login", Transfer_Encoding="chunked", **FORM) + whole[:end])
        time.sleep(0.05)
        line.close()
    assert look(home)


@pytest.mark.promise("H7")
def test_slow_requests_come_through(home: House, figure: Figure) -> None:
    """Who is slow in earnest is answered all the same: byte by byte, in chunks, asking first, two at once."""
    page = head(home, "GET", home.page, "marie", Connection="close")
    assert b"200 OK" in _asked(home, [page[:7], page[7:30], page[30:-1], page[-1:]])
    form = b"email=marie%40example.com&password=wrong"
    post = FORM | {"Connection": "close"}
    whole = head(home, "POST", "/login", Content_Length=str(len(form)), **post)
    assert b" 400 " in _asked(home, [whole, form[:10], form[10:]]), "without its token, but read"
    chunked = head(home, "POST", "/login", Transfer_Encoding="chunked", **post)
    assert b" 400 " in _asked(home, [chunked, b"%x\r\n" % len(form), form, b"\r\n0\r\n\r\n"])
    asking = head(home, "POST", "/login", Content_Length=str(len(form)), Expect="100-continue", **post)
    assert b"100 Continue" in _asked(home, [asking, form])
    two = head(home, "GET", "/brand.css") + head(home, "GET", "/me.css", "marie", Connection="close")
    assert _asked(home, [two[:-10], two[-10:]]).count(b"200 OK") == 2
    figure("slow in earnest: 5 of 5 answered")


@AGAIN
@pytest.mark.promise("H7")
def test_a_flood_of_writes_is_refused_and_nobody_else_feels_it(home: House, figure: Figure) -> None:
    """Marie posts as fast as she can; after so many messages in a minute she is asked to wait."""
    calm, over = visits(home, TIMES), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        flood = pool.submit(_post_on, home, over)
        time.sleep(rounds(1, 20))
        meanwhile = visits(home, TIMES)
        over.set()
        statuses = flood.result()
    calm += visits(home, TIMES)
    assert statuses.count(201) == TAKEN
    assert set(statuses) == {201, 429}
    figure(
        f"{len(statuses)} posts of one client: {TAKEN} taken, {statuses.count(429)} x 429; "
        f"a page takes {meanwhile}; calm {calm}"
    )
    _at_most_doubled(meanwhile, calm)


def _crowd(home: House, kind: str, count: int) -> Crowd:
    if kind == "head":
        return Crowd(home, count, b"GET / HTTP/1.1\r\n", b"X-Slow: " + b"x" * 500)
    if kind == "body":
        return Crowd(home, count, head(home, "POST", "/login", Content_Length="9000", **FORM), b"x" * 500)
    if kind == "chunks":
        return Crowd(home, count, head(home, "POST", "/login", Transfer_Encoding="chunked", **FORM), b"1\r\nx\r\n" * 80)
    if kind == "asking":
        return Crowd(home, count, head(home, "POST", "/login", Content_Length="9000", Expect="100-continue", **FORM))
    if kind == "half a body":
        return Crowd(home, count, head(home, "POST", "/login", Content_Length="900000", **FORM) + b"x" * 200_000)
    if kind == "an end within":
        chunked = head(home, "POST", "/login", Transfer_Encoding="chunked", **FORM)
        return Crowd(home, count, chunked + b"ff\r\nabc\r\n0\r\n\r\n")
    if kind == "deafness":
        return Crowd(home, count, head(home, "GET", "/static/emoji.json"), room=4096)
    if kind == "no hanging up":
        return Crowd(home, count, head(home, "GET", "/brand.css", Connection="close"))
    return Crowd(home, count, b"")


def _post_on(home: House, over: threading.Event) -> list[int]:
    """Post without a pause until it is over; the statuses of the answers."""
    link = HTTPConnection("127.0.0.1", home.server.port, timeout=30)
    headers = writer(home, "marie")
    statuses = []
    while not over.is_set():
        link.request("POST", f"{home.page}/messages", f"body=heron&token={token()}", headers)
        answer = link.getresponse()
        answer.read()
        statuses.append(answer.status)
    link.close()
    return statuses


def _asked(home: House, parts: list[bytes]) -> bytes:
    """What is answered to a request that comes in parts, up to the end of the line."""
    line = connect(home)
    line.settimeout(10)
    for part in parts:
        line.sendall(part)
        time.sleep(0.1)
    got = b""
    while data := line.recv(65_536):
        got += data
    line.close()
    return got


def _at_most_doubled(meanwhile: Times, calm: Times) -> None:
    assert meanwhile.p95 <= 2 * calm.p95 + NOISE, (str(meanwhile), str(calm))
