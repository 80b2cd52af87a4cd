"""RELIABILITY H7, by the byte: when a request that is still coming is worth a thread."""

import pytest

from portal.kernel.coming import AHEAD, HEAD_LIMIT, Coming

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Length: 5\r\nHost: x\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
ASKING = b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


@pytest.mark.parametrize("request_", [GET, POST])
def test_it_is_whole_with_its_last_byte_however_it_was_cut(request_: bytes) -> None:
    for size in (1, 2, 3, 7, len(request_) - 1):
        coming = Coming()
        for start in range(0, len(request_), size):
            assert not coming.whole, request_[:start]
            coming.add(request_[start : start + size])
        assert coming.whole
        assert bytes(coming.came) == request_


def test_a_long_body_is_not_waited_for_to_its_end() -> None:
    coming = Coming()
    coming.add(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"x" * (AHEAD - 1))
    assert not coming.ready
    coming.add(b"x")
    assert (coming.ready, coming.whole) == (True, False)


@pytest.mark.parametrize("head", [CHUNKED, ASKING])
def test_a_body_without_a_known_end_is_for_a_thread_to_wait_for(head: bytes) -> None:
    """Whatever it ends with: only who reads the chunks knows which is the last."""
    for body in (b"", b"5\r\nhello\r\n", b"3\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n00;x\r\n\r\nGET / HTTP/1.1"):
        coming = Coming()
        coming.add(head[:-1])
        assert not coming.ready
        coming.add(head[-1:] + body)
        assert (coming.ready, coming.whole) == (True, False)


def test_a_head_without_an_end_is_too_large_and_a_long_body_is_not() -> None:
    coming, body = Coming(), Coming()
    for _ in range(HEAD_LIMIT // 1024 + 1):
        assert not coming.too_large
        coming.add(b"x" * 1024)
    assert coming.too_large
    body.add(b"POST / HTTP/1.1\r\nContent-Length: 90000\r\n\r\n" + b"x" * 60_000)
    assert not body.too_large


def test_what_is_no_length_is_left_for_the_parser_to_refuse() -> None:
    for length in (b"-5", b"5, 5", b"0x5", b"", b"9" * 40):
        coming = Coming()
        coming.add(b"POST / HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\n")
        assert coming.whole
