"""A page whose socket opens while the server is stopping is sent away too (RELIABILITY R9)."""

import socket

from portal.live.hub import Connection, Hub

RESTART = b"\x88\x02\x03\xf4"  # a close frame with 1012: come back


def test_who_comes_while_the_server_stops_is_told_to_come_back() -> None:
    """Else the worker's end would wait for it."""
    hub = Hub()
    early, late = socket.socketpair(), socket.socketpair()
    hub.add(_told(early[0]))
    early[1].setblocking(False)
    hub.send([1], b"hello")
    assert early[1].recv(100) == b"hello"
    hub.end(1012)
    hub.add(Connection(2, None, late[0]))
    for far in (early[1], late[1]):
        assert far.recv(100) == RESTART
        assert far.recv(100) == b"", "and the line is cut"
    for line in (*early, *late):
        line.close()


def test_closing_all_after_a_failure_is_not_for_good() -> None:
    """The tail sends pages away when it could not tell them something; they come back at once, and stay."""
    hub, line = Hub(), socket.socketpair()
    hub.close_all(1012)
    hub.add(_told(line[0]))
    hub.send([1], b"hello")
    assert line[1].recv(100) == b"hello"
    for end in line:
        end.close()


def _told(line: socket.socket) -> Connection:
    connection = Connection(1, None, line)
    connection.begun = True
    return connection
