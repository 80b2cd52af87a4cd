"""Everything that a page was given: every frame of its sockets and every body, header and address over HTTP."""

from contextlib import suppress

from playwright.sync_api import Error, Page, Request, Response, WebSocket

SETTLE = 500  # milliseconds: longer than a frame takes that was sent when others got theirs
HEARTBEAT = '{"beat":1}'


class Wire:
    """Listens to a page from its first byte on; make it before the page goes anywhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[str] = []
        self._answers: list[Response] = []
        self._bodies: list[str] = []
        self._ended: set[Request] = set()
        page.on("websocket", self._listen)
        page.on("response", lambda answer: self._answers.append(answer))
        page.on("requestfinished", lambda request: self._ended.add(request))

    def settle(self) -> None:
        """Wait until whatever was on its way has come."""
        self.page.wait_for_timeout(SETTLE)
        self._fetch()

    def holds(self, words: str) -> list[str]:
        """What came that holds `words`."""
        self._fetch()
        return [part[:300] for part in self.frames + self._bodies if words in part]

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._hear(str(frame)))

    def _hear(self, frame: str) -> None:
        if frame != HEARTBEAT:
            self.frames.append(frame)

    def _fetch(self) -> None:
        while self._answers:
            answer = self._answers.pop()
            head = f"{answer.url} {answer.status} {answer.headers}"
            # Of one that outlived its page (a mark that is sent on leaving), the browser would be asked for ever.
            if answer.status != 204 and answer.request in self._ended:
                with suppress(Error):  # redirects and answers to pages that were left have no body
                    head += answer.body().decode(errors="replace")
            self._bodies.append(head)
