"""The doors' table: seeing as a client, exports, erasure. What is one's own alone is tried in tests/record."""

from tests.doors.cells import ADMINS, STAFF_IN, Route

C, P = "/console", "/console/discussions/{permit}"
LOOK = f"{P}/sightings/{{marie}}"
RECORDING = (*STAFF_IN, *ADMINS)

ROUTES = (
    Route("POST", "console.see_as", LOOK, STAFF_IN, 303),
    # nobody has looked yet, and nobody sees what is not recorded
    Route("GET", "console.sighting", LOOK, ()),
    Route("GET", "console.seen_page", f"{LOOK}/page", ()),
    Route("GET", "console.seen_styles", f"{LOOK}/styles.css", ()),
    Route("GET", "console.seen_mail", f"{LOOK}/mail", ()),
    Route("GET", "console.discussion_record", f"{P}/record", RECORDING),
    Route("POST", "console.export_discussion", f"{P}/exports", RECORDING, 303, {"what": "firm"}),
    Route(
        "POST", "console.erase_discussion", f"{C}/discussions/{{inside}}/erasure", ADMINS, 303,
        {"typed": "Inside"}, denied=403,
    ),
    Route("GET", "console.client_record", f"{C}/people/{{marie}}/record", ADMINS),
    Route("POST", "console.export_client", f"{C}/people/{{marie}}/exports", ADMINS, 303, {"what": "firm_notes"}),
    Route(
        "POST", "console.erase_client", f"{C}/people/{{marie}}/erasure", ADMINS, 303,
        {"typed": "Marie Delcourt"}, denied=403,
    ),
    Route("GET", "console.export", f"{C}/exports/{{permit}}", ()),
    Route("POST", "console.drop_export", f"{C}/exports/{{permit}}/removal", (), 303),
    Route("GET", "console.export_file", f"{C}/exports/{{permit}}/file", ()),
    Route("GET", "console.erasures", f"{C}/erasures", ADMINS),
    Route("GET", "console.erasure", f"{C}/erasures/{{permit}}", ()),
    Route("GET", "console.erasure_leaves", f"{C}/erasures/{{permit}}/leaves", ()),
    Route(
        "POST", "console.keep", f"{C}/settings/brands/{{north}}/retention", ADMINS, 303, {"months": "24"}, denied=403
    ),
)  # fmt: skip
