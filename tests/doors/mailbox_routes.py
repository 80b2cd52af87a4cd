"""The doors' table: mails that came in, what was held, and what came with messages."""

from tests.doors.cells import CAST, STAFF, Route

NOBODY = {"X-Comptoir-Id": "1"}

ROUTES = (
    # by its secret alone, which these settings do not have (tests/mailbox/test_webhook.py)
    Route("POST", "mailbox.take", "/mailbox", (), headers=NOBODY, other=dict.fromkeys(CAST, 404)),
    Route("GET", "console.held", "/console/mails/held", STAFF),
    Route("GET", "console.held_count", "/console/mails/held/count", STAFF),
    # nothing is held here; where something is, tests/mailbox/test_held.py asks everybody
    Route("POST", "console.accept_mail", "/console/mails/held/{permit}/acceptance", (), 303),
    Route("POST", "console.refuse_mail", "/console/mails/held/{permit}/refusal", (), 303),
    Route("POST", "console.set_aside_mail", "/console/mails/unknown/{permit}/setting-aside", (), 303),
    Route("GET", "console.file", "/console/files/{permit}", ()),
    Route("GET", "console.original", "/console/discussions/{permit}/messages/{text}/original", ()),
    Route("GET", "console.source", "/console/discussions/{permit}/messages/{text}/source", ()),
    Route("GET", "client.file", "/files/{permit}", ()),
    Route("GET", "client.original", "/discussions/{permit}/messages/{answer}/original", ()),
)
