"""The doors' table, of spaces, and of whom a discussion lets in by itself."""

from tests.doors.cells import OWNER, STAFF, Route

S, P = "/console/spaces/{delcourt}", "/console/discussions/{permit}"
NORTH = tuple(name for name in STAFF if name != "sam")  # whose brand it is
NOT_OWNER = {"hugo": 403}
NEW = {"name": "New", "email": "new@example.com", "language": "en", "space": "{delcourt}", "brand": "{north}"}

ROUTES = (
    Route("GET", "console.spaces", "/console/spaces?q=a", STAFF),
    Route("GET", "console.new_space", "/console/spaces/new", STAFF),
    Route(
        "POST", "console.create_space", "/console/spaces", NORTH, 201, {"name": "New", "brand": "{north}"},
        other={"sam": 422},
    ),
    Route("GET", "console.space", S, NORTH),
    Route("GET", "console.space_files", f"{S}/files", NORTH),
    Route("GET", "console.space_name", f"{S}/name", NORTH),
    Route("POST", "console.rename_space", f"{S}/name", NORTH, 204, {"name": "Other"}),
    Route("POST", "console.welcome", f"{S}/welcome", NORTH, 303, {"welcomes": "y", "words": "Hello"}),
    Route("GET", "console.new_space_member", f"{S}/people/new?q=a", NORTH),
    Route("POST", "console.add_space_member", f"{S}/people", NORTH, 204, {"person": "{paul}"}),
    Route("DELETE", "console.space_member", f"{S}/people/{{olga}}", NORTH, 204),
    # of a discussion
    Route("GET", "console.discussion_space", f"{P}/space", OWNER, other=NOT_OWNER),
    Route("POST", "console.link_space", f"{P}/space", OWNER, 204, {"space": "{brun}"}, other=NOT_OWNER),
    Route("POST", "console.automatic", f"{P}/automatic", OWNER, 204, {"history": "all"}, other=NOT_OWNER),
    Route("DELETE", "console.not_automatic", f"{P}/automatic", OWNER, 204, other=NOT_OWNER),
    Route("GET", "console.readers", f"{P}/readers", (), other=NOT_OWNER),  # it is no announcement
    Route("POST", "console.add_readers", f"{P}/readers", (), 204, {"person": "{luc}"}, other=NOT_OWNER),
    Route("POST", "console.expect", f"{P}/awaited", (), 204, {"person": "{marie}"}, other=NOT_OWNER | {"ines": 409}),
    Route("DELETE", "console.expect_no_more", f"{P}/awaited/{{marie}}", (), 204, other=NOT_OWNER),
    Route("GET", "console.invite_into", f"{P}/invitation", OWNER, other=NOT_OWNER),
    Route(
        "POST", "console.send_invitation", f"{P}/invitation", OWNER, 201, NEW | {"confirmed": "1"}, other=NOT_OWNER
    ),
)  # fmt: skip

# What the internal discussion's owner meets there: clients are never let in, by no door.
NEVER_INSIDE = {
    "console.automatic": 403,
    "console.expect": 404,
    "console.invite_into": 404,
    "console.send_invitation": 404,
}
