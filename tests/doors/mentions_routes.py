"""The doors' table: whom one may mention, where one was mentioned, and what one answers."""

from tests.doors.cells import CLIENT_IN, STAFF, STAFF_IN, Route

TOKEN = "0123456789abcdef" * 2
C, P, D = "/console", "/console/discussions/{permit}", "/discussions/{permit}"
INSIDE = "/discussions/{inside}"
SAID = {"body": "Hi @Ines Agent", "kind": "text", "token": TOKEN}

ROUTES = (
    Route("GET", "console.mentions", f"{C}/mentions", STAFF),
    Route("GET", "console.mentions", f"{C}/mentions?before={{text}}", STAFF),
    Route("GET", "console.mentions_count", f"{C}/mentions/count", STAFF),
    Route("GET", "console.mentionable", f"{P}/mentionable?q=i", STAFF_IN),
    Route("GET", "console.mentionable", f"{C}{INSIDE}/mentionable", STAFF_IN),
    Route("GET", "client.mentionable", f"{D}/mentionable?q=i", CLIENT_IN),
    Route("GET", "client.mentionable", f"{INSIDE}/mentionable", ()),
    # a colleague who is not in it: the dialog of adding them, or who can; nobody else is told of here
    Route("GET", "console.mention_invite", f"{P}/mentionable/{{nina}}", STAFF_IN),
    Route("GET", "console.mention_invite", f"{P}/mentionable/{{sam}}", ()),
    Route("GET", "console.mention_invite", f"{P}/mentionable/{{marie}}", ()),
    Route("GET", "console.mention_invite", f"{P}/mentionable/{{luc}}", ()),
    # an answer to what is not there, or not theirs to see (tests/actions/test_replies.py has those that are)
    Route(
        "POST", "console.create_message", f"{P}/messages", (), 201, SAID | {"reply_to": "guess"},
        other=dict.fromkeys(STAFF_IN, 422),
    ),
    Route(
        "POST", "client.create_message", f"{D}/messages", (), 201, SAID | {"reply_to": "{note}"}, other={"marie": 422}
    ),
)  # fmt: skip
