"""The doors' table, of links in mails, codes, and signing in by mail. Links that open are tried in tests/links."""

from tests.doors.cells import CAST, EVERYBODY, SIGNED_IN, STAFF, Route

OVER = dict.fromkeys(CAST, 410)  # a guess: one answer for all
L, U = "/l/guess", "/unsubscribe/guess"
SAID = {"body": "Hi", "token": "0123456789abcdef" * 2}
KNOWN_TO = tuple(set(STAFF) - {"sam"})  # who has Marie in the list of people

ROUTES = (
    Route("GET", "links.discussion", L, (), other=OVER),
    Route("GET", "links.messages", f"{L}/messages?after_rev=0", (), other=OVER),
    Route("POST", "links.create_message", f"{L}/messages", (), 201, SAID, other=OVER),
    Route("POST", "links.read_mark", f"{L}/read-mark", (), 204, {"number": "1"}, other=OVER),
    Route("GET", "links.file", f"{L}/files/{{permit}}", (), other=OVER),
    Route("GET", "links.marks", f"{L}/marks", (), other=OVER),
    Route("GET", "links.mine", f"{L}/me.css", (), other=OVER),
    Route("POST", "links.ask_code", f"{L}/code", (), 200, other=OVER),
    Route("POST", "links.enter_code", f"{L}/device", (), 303, {"code": "123456"}, other=OVER),
    Route("GET", "live.link", f"{L}/live", (), other=dict.fromkeys(CAST, 400)),  # as the other one, without an upgrade
    Route("GET", "links.subscription", U, (), other=OVER),
    Route("POST", "links.unsubscribe", U, (), 200, other=OVER),
    Route("POST", "links.resubscribe", f"{U}/undo", (), 200, other=OVER),
    # without a password
    Route("POST", "account.ask_sign_in", "/sign-in-mail", EVERYBODY, 200, {"email": "marie@example.com"}),
    Route(
        "POST", "account.sign_in_code", "/sign-in-code", (), 303, {"email": "marie@example.com", "code": "123456"},
        other=dict.fromkeys(CAST, 422),
    ),
    Route("GET", "account.sign_in_link", "/sign-in/guess", (), other=OVER),
    Route("POST", "account.sign_in_by_link", "/sign-in/guess", (), 303, other=OVER),
    # whose links there are
    Route("POST", "account.end_links", "/profile/links", SIGNED_IN, 303),
    Route("POST", "account.revoke_link_device", "/profile/link-devices/{permit}", ()),
    Route("DELETE", "console.end_links", "/console/people/{marie}/links", KNOWN_TO),
    Route("DELETE", "console.end_links", "/console/people/{hugo}/links", ()),
    Route("DELETE", "console.end_link", "/console/people/{marie}/links/{permit}", ()),
)  # fmt: skip
