"""The doors' table, of what waits to be sent, reminders and agreements."""

from tests.doors.cells import CAST, CLIENT_IN, CLIENTS, STAFF, STAFF_IN, Route

TOKEN = "0123456789abcdef" * 2
C, P, D = "/console", "/console/discussions/{permit}", "/discussions/{permit}"
AT = {"when": "+60"}
WAITS = {"body": "Hi", "kind": "text", "once": TOKEN} | AT
OTHER = {"body": "Else"} | AT
ASKED = {"body": "Do you agree?", "token": TOKEN}
TEXT, NOTE = "/messages/{text}", "/messages/{note}"
OVER = dict.fromkeys(CAST, 410)
ON_NOTE = dict.fromkeys(STAFF_IN, 403)

ROUTES = (
    # sending later
    Route("GET", "console.new_later", f"{P}/later/new", STAFF_IN),
    Route("GET", "client.new_later", f"{D}/later/new", CLIENT_IN),
    Route("GET", "console.laters", f"{P}/later", STAFF_IN),
    Route("GET", "client.laters", f"{D}/later", CLIENT_IN),
    Route("POST", "console.create_later", f"{P}/later", STAFF_IN, 200, WAITS),
    Route("POST", "client.create_later", f"{D}/later", CLIENT_IN, 200, WAITS),
    Route("GET", "console.later", f"{C}/later", STAFF),
    Route("GET", "client.later", "/later", CLIENTS),
    # an id of nobody's: what somebody's own is, others cannot tell from this
    *(
        Route(method, f"{door}.{name}", f"{prefix}/later/{{permit}}{more}", (), 200, form)
        for door, prefix in (("console", C), ("client", ""))
        for method, name, more, form in (
            ("GET", "edit_later", "", {}),
            ("POST", "change_later", "", OTHER),
            ("POST", "send_later_now", "/sending", {}),
            ("POST", "take_back_later", "/withdrawal", {}),
        )
    ),
    # reminders
    Route("GET", "console.new_reminder", f"{P}/reminder", STAFF_IN),
    Route("POST", "console.remind", f"{P}/reminder", STAFF_IN, 204, AT),
    Route("GET", "console.new_message_reminder", f"{P}{TEXT}/reminder", STAFF_IN),
    Route("POST", "console.remind_of_message", f"{P}{TEXT}/reminder", STAFF_IN, 204, AT),
    Route("POST", "console.remind_of_message", f"{P}{NOTE}/reminder", STAFF_IN, 204, AT),
    Route("GET", "console.reminder", f"{C}/reminders/{{permit}}", ()),
    Route("POST", "console.snooze", f"{C}/reminders/{{permit}}", (), 204, AT),
    Route("DELETE", "console.reminder_done", f"{C}/reminders/{{permit}}", (), 204),
    # agreements
    Route("GET", "console.new_agreement", f"{P}{TEXT}/agreement", STAFF_IN),
    Route("GET", "console.new_agreement", f"{P}{NOTE}/agreement", (), other=ON_NOTE),
    Route("POST", "console.ask_agreement", f"{P}{TEXT}/agreement", STAFF_IN, 204, ASKED),
    Route("POST", "console.ask_agreement", f"{P}{NOTE}/agreement", (), 204, ASKED, other=ON_NOTE),
    Route("GET", "console.agreement", f"{P}/agreements/{{text}}", ()),
    Route("GET", "console.certificate", f"{P}/agreements/{{text}}/certificate", ()),
    Route("GET", "console.agreement_record", f"{P}/agreements/{{text}}/record", ()),
    Route("GET", "console.answer_record", f"{P}/agreements/{{text}}/record/x", ()),
    Route("DELETE", "console.withdraw_agreement", f"{P}/agreements/{{text}}", (), other=ON_NOTE),
    Route("GET", "client.agreement", f"{D}/agreements/{{text}}", ()),
    Route("GET", "client.agreement", f"{D}/agreements/{{note}}", ()),
    Route("POST", "client.answer_agreement", f"{D}/agreements/{{text}}", (), 200, {"answer": "agreed"}),
    Route("GET", "links.agreement", "/l/guess/agreements/{text}", (), other=OVER),
    Route(
        "POST", "links.answer_agreement", "/l/guess/agreements/{text}", (), 200, {"answer": "agreed"},
        other=OVER,
    ),
)  # fmt: skip
