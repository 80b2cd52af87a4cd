"""Puts Comptoir beside the load harness's own floor: run by bin/bench, which says where the harness is.

`python -m tools.bench_live HARNESS PEER [arguments of the harness's bench.run]`. The peer `comptoir` is the
harness's adapter for products, with what this one asks for: an idempotency token for each message, and the
door of each face.
"""

import importlib
import secrets
import sys
import urllib.parse
from typing import Any

FORM = "application/x-www-form-urlencoded"
MARK = b"~b"  # begins what the harness looks for, MARKED bytes in all
MARKED = 33


def peer_class() -> type:
    """The adapter, on top of the harness's own."""
    product = importlib.import_module("bench.peers.ours").Ours

    class Comptoir(product):
        """Forms as the composer sends them, and frames as pages get them."""

        name = "comptoir"

        async def prepare(self, rooms: dict[str, list[str]]) -> None:
            """Seed, and keep each user's door."""
            await super().prepare(rooms)
            order = {user: place for users in rooms.values() for place, user in enumerate(users)}
            self.doors = {user: "" if place % 2 else "/console" for user, place in order.items()}

        def received(self, callback: Any) -> None:
            """A frame holds the words three times (message, its form, row of the list); it is one delivery."""

            def once(payload: bytes, conn: Any) -> None:
                start = payload.find(MARK)
                if start >= 0:
                    callback(payload[start : start + MARKED], conn)

            super().received(once)

        async def send(self, user: str, room: str, text: str) -> None:
            """Post as the page does."""
            cookie, csrf = self.jar[user]
            fields = {"body": text, "kind": "text", "token": secrets.token_hex(16)}
            headers = {"Cookie": cookie, "X-CSRFToken": csrf, "HX-Request": "true", "Origin": self.base}
            headers |= {"Referer": f"{self.base}/", "Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
            path = self.doors[user] + self.rooms[room]["post"]
            status, _, answer = await self.http.request("POST", path, headers, urllib.parse.urlencode(fields).encode())
            if status not in self.ok:
                raise RuntimeError(f"{status} {answer[:120]!r}")

    return Comptoir


def main() -> None:
    """Run the harness with one more peer."""
    sys.path.insert(0, sys.argv.pop(1))
    run = importlib.import_module("bench.run")
    known, ours = run.make_peer, peer_class()
    run.make_peer = lambda name, **options: ours(**options) if name == "comptoir" else known(name, **options)
    run.main()


if __name__ == "__main__":
    main()
