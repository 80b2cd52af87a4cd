"""The doors' table: what people are sent and told about it."""

from tests.doors.cells import ADMINS, CLIENT_IN, CONFLICT, SIGNED_IN, STAFF_IN, Route

C, P, D = "/console", "/console/discussions/{permit}", "/discussions/{permit}"
MAILS = {"wait": "5", "gap": "60", "digest_gap": "90", "link_days": "14", "link_codes": "y"}
KNOWING_MARIE = tuple(CONFLICT)

ROUTES = (
    Route("POST", "console.save_mails", f"{C}/settings/mails", ADMINS, 303, MAILS),
    Route("POST", "account.save_mails", "/profile/mails", SIGNED_IN, 303, {"wanted": "none"}),
    Route("POST", "console.notifications", f"{P}/notifications", STAFF_IN, 204, {"wanted": "mentions"}),
    Route("POST", "client.notifications", f"{D}/notifications", CLIENT_IN, 204, {"wanted": "none"}),
    Route("POST", "client.notifications", "/discussions/{inside}/notifications", (), 204, {"wanted": "none"}),
    Route("GET", "console.message_delivery", f"{P}/messages/{{text}}/delivery", STAFF_IN),
    Route("GET", "console.message_delivery", f"{P}/messages/{{note}}/delivery", STAFF_IN),
    Route("POST", "console.try_address", f"{C}/people/{{marie}}/address", KNOWING_MARIE, 204),
    Route("GET", "demo.mails", "/demo/mails", ()),
    Route("GET", "demo.mail", "/demo/mails/{permit}", ()),
    Route("GET", "demo.written", "/demo/mails/{permit}/written", ()),
    Route("POST", "demo.answer", "/demo/mails/{permit}/answer", (), 303, {"body": "Hi"}),
)

# There for nobody, where no demo shows mails (tests/doors/test_demo_mails.py has one that does).
NOWHERE = {route.endpoint for route in ROUTES if route.endpoint.startswith("demo.")}
