"""The doors' table: what people mark, put to messages, and are typing."""

from tests.doors.cells import CLIENT_IN, STAFF_IN, Route

P, D = "/console/discussions/{permit}", "/discussions/{permit}"
INSIDE = "/console/discussions/{inside}"
SIGN, WORDS = {"emoji": "👍"}, {"body": "Hello", "base": "0", "page": "one"}
WRITING = {"kind": "text"}

ROUTES = (
    Route("GET", "console.marks", f"{P}/marks", STAFF_IN),
    Route("GET", "client.marks", f"{D}/marks", CLIENT_IN),
    Route("GET", "client.marks", "/discussions/{inside}/marks", ()),
    Route("POST", "console.typing", f"{P}/typing", STAFF_IN, 204, WRITING),
    Route("POST", "console.typing", f"{P}/typing", STAFF_IN, 204, {"kind": "note"}),
    Route("POST", "console.typing", f"{INSIDE}/typing", STAFF_IN, 204, WRITING),
    Route("POST", "client.typing", f"{D}/typing", CLIENT_IN, 204, WRITING),
    Route("POST", "client.typing", "/discussions/{inside}/typing", (), 204, WRITING),
    Route("POST", "console.draft", f"{P}/draft", STAFF_IN, 200, WORDS | {"kind": "text"}),
    Route("POST", "console.draft", f"{P}/draft", STAFF_IN, 200, WORDS | {"kind": "note"}),
    Route("POST", "client.draft", f"{D}/draft", CLIENT_IN, 200, WORDS),
    Route("POST", "client.draft", "/discussions/{inside}/draft", (), 200, WORDS),
    Route("DELETE", "console.unread", f"{P}/messages/{{text}}/read-mark", STAFF_IN, 204),
    Route("DELETE", "console.unread", f"{P}/messages/{{note}}/read-mark", STAFF_IN, 204),
    Route("DELETE", "client.unread", f"{D}/messages/{{text}}/read-mark", CLIENT_IN, 204),
    Route("DELETE", "client.unread", f"{D}/messages/{{note}}/read-mark", (), 204),
    Route("POST", "console.react", f"{P}/messages/{{text}}/reactions", STAFF_IN, 200, SIGN),
    Route("POST", "console.react", f"{P}/messages/{{note}}/reactions", STAFF_IN, 200, SIGN),
    Route("POST", "client.react", f"{D}/messages/{{text}}/reactions", CLIENT_IN, 204, SIGN),
    Route("POST", "client.react", f"{D}/messages/{{note}}/reactions", (), 204, SIGN),
    Route("DELETE", "console.unreact", f"{P}/messages/{{text}}/reactions?emoji=%F0%9F%91%8D", STAFF_IN, 200),
    Route("DELETE", "client.unreact", f"{D}/messages/{{text}}/reactions?emoji=%F0%9F%91%8D", CLIENT_IN, 204),
    Route("DELETE", "client.unreact", f"{D}/messages/{{note}}/reactions?emoji=%F0%9F%91%8D", (), 204),
)
