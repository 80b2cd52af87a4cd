"""The doors' table: search, which everybody has by their own door, and a discussion opened at a message."""

from tests.doors.cells import CLIENT_IN, CLIENTS, STAFF, STAFF_IN, Route

ROUTES = (
    Route("GET", "console.search", "/console/search", STAFF),
    Route("GET", "console.search", "/console/search?q=plan", STAFF),
    Route("GET", "client.search", "/search", CLIENTS),
    Route("GET", "client.search", "/search?q=plan", CLIENTS),
    # to go on before a message that one may not see is to ask whether it is there
    Route("GET", "console.search", "/console/search?q=plan&before={note}", STAFF_IN),
    Route("GET", "client.search", "/search?q=plan&before={text}", CLIENT_IN),
    Route("GET", "client.search", "/search?q=plan&before={note}", ()),
    Route("GET", "console.discussion", "/console/discussions/{permit}?at={note}", STAFF_IN),
    Route("GET", "client.discussion", "/discussions/{permit}?at={note}", CLIENT_IN),
    Route("GET", "console.messages", "/console/discussions/{permit}/messages?after=0&read=0", STAFF_IN),
    Route("GET", "client.messages", "/discussions/{permit}/messages?after=0&read=0", CLIENT_IN),
)
