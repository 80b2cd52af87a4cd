"""The doors' table: whose turn it is, pins, what we need from clients, and the console's home."""

from tests.doors.cells import ADMINS, CLIENT_IN, CLIENTS, STAFF, STAFF_IN, Route

C, P, D = "/console", "/console/discussions/{permit}", "/discussions/{permit}"
INSIDE = "/console/discussions/{inside}"

ROUTES = (
    Route("GET", "console.home", f"{C}/home", STAFF),
    Route("POST", "console.turn", f"{P}/turn", STAFF_IN, 204, {"turn": "us"}),
    Route("POST", "console.turn", f"{INSIDE}/turn", (), 204, {"turn": "none"}, other=dict.fromkeys(STAFF_IN, 403)),
    Route("GET", "console.discussions", f"{C}/discussions?turn=us&filter=unread&filter=mine", STAFF),
    Route("GET", "console.row_menu", f"{P}/menu", STAFF_IN),
    Route("GET", "console.row_menu", f"{INSIDE}/menu", STAFF_IN),
    Route("POST", "console.pin", f"{P}/pin", STAFF_IN, 204),
    Route("DELETE", "console.unpin", f"{INSIDE}/pin", STAFF_IN, 204),
    Route("GET", "client.row_menu", f"{D}/menu", CLIENT_IN),
    Route("GET", "client.row_menu", "/discussions/{inside}/menu", ()),
    Route("POST", "client.pin", f"{D}/pin", CLIENT_IN, 204),
    Route("DELETE", "client.unpin", f"{D}/pin", CLIENT_IN, 204),
    Route("POST", "client.pin", "/discussions/{inside}/pin", (), 204),
    Route("GET", "client.needs", "/needs", CLIENTS),
    Route("GET", "client.needs_count", "/needs/count", CLIENTS),
    Route("POST", "console.save_weekly", f"{C}/settings/weekly", ADMINS, 303, {"day": "1", "hour": "9"}),
)
