"""The doors' table: files, those on their way, and their lists. A file that there is: tests/doors/test_files.py."""

from tests.doors.cells import ADMINS, CAST, CLIENT_IN, CLIENTS, STAFF, STAFF_IN, Route

BEEN_IN = ("marie", "zoe")  # clients who are or were in a discussion, whichever: the others start none yet
STARTS_NONE = dict.fromkeys(set(CLIENTS) - set(BEEN_IN), 403)

C, P, D = "/console", "/console/discussions/{permit}", "/discussions/{permit}"
L = "/l/guess"
OVER = dict.fromkeys(CAST, 410)
NEW = {"name": "plan.pdf", "size": "5"}

ROUTES = (
    Route("POST", "console.save_files", f"{C}/settings/files", ADMINS, 303, {"limit": "40"}),
    Route("GET", "console.files", f"{P}/files", STAFF_IN),
    Route("GET", "console.files", "/console/discussions/{inside}/files?few=1", STAFF_IN),
    Route("GET", "client.files", f"{D}/files", CLIENT_IN),
    Route("GET", "client.files", "/discussions/{inside}/files", ()),
    Route("GET", "console.file_shown", f"{C}/files/{{permit}}/shown", ()),
    Route("GET", "console.file_preview", f"{C}/files/{{permit}}/preview", ()),
    Route("GET", "client.file_shown", "/files/{permit}/shown", ()),
    Route("GET", "client.file_preview", "/files/{permit}/preview", ()),
    Route("POST", "console.begin_upload", f"{P}/uploads", STAFF_IN, 201, NEW),
    Route("POST", "client.begin_upload", f"{D}/uploads", CLIENT_IN, 201, NEW),
    Route("POST", "client.begin_upload", "/discussions/{inside}/uploads", (), 201, NEW),
    Route("POST", "console.begin_first_upload", f"{C}/uploads", STAFF, 201, NEW),
    Route("POST", "client.begin_first_upload", "/uploads", BEEN_IN, 201, NEW, other=STARTS_NONE),
    # nobody here brings anything yet
    Route("GET", "console.upload", f"{C}/uploads/guess", (), 204),
    Route("GET", "client.upload", "/uploads/guess", (), 204),
    Route("POST", "console.bring_upload", f"{C}/uploads/guess", (), 204, other=dict.fromkeys(STAFF, 422)),
    Route("POST", "client.bring_upload", "/uploads/guess", (), 204, other=dict.fromkeys(CLIENTS, 422)),
    Route("DELETE", "console.leave_out_upload", f"{C}/uploads/guess", STAFF, 204),
    Route("DELETE", "client.leave_out_upload", "/uploads/guess", CLIENTS, 204),
    Route("GET", "links.file_shown", f"{L}/files/{{permit}}/shown", (), other=OVER),
    Route("GET", "links.file_preview", f"{L}/files/{{permit}}/preview", (), other=OVER),
    Route("POST", "links.begin_upload", f"{L}/uploads", (), 201, NEW, other=OVER),
    Route("GET", "links.upload", f"{L}/uploads/guess", (), 204, other=OVER),
    Route("POST", "links.bring_upload", f"{L}/uploads/guess", (), 204, other=OVER),
    Route("DELETE", "links.leave_out_upload", f"{L}/uploads/guess", (), 204, other=OVER),
)  # fmt: skip
