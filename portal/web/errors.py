"""What went wrong, in the person's language: as a page, or as a line beside the form that keeps its text."""

import logging
from typing import Any

from flask import Flask, g, make_response
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from portal.extensions import DATABASE_AWAY, UNREADABLE
from portal.kernel.errors import Refusal, TooMany
from portal.web import gate, templating

log = logging.getLogger(__name__)

TEXTS: dict[str, Any] = {
    "not_found": _l("This page does not exist, or it is not for you."),
    "forbidden": _l("You may not do this here."),
    "signed_out": _l("You have been signed out. Your text is kept: sign in again in another tab, then try again."),
    "message_empty": _l("Write something first."),
    "message_too_long": _l(
        "This message has %(length)s characters; at most %(limit)s can be sent. Shorten it or send two."
    ),
    "file_too_large": _l("“%(name)s” is too large. A file can have at most %(limit)s MB."),
    "file_empty": _l("“%(name)s” is empty. Choose another file."),
    "file_longer": _l("This file changed while it was sent. Choose it again."),
    "file_gone": _l("A file is no longer there: it waited for too long. Take it out and choose it again."),
    "too_many_files": _l("A message can have at most %(limit)s files. Send several messages."),
    "too_many_waiting": _l("Too many of your files wait for a message. Send or take out some of them first."),
    "bad_file_limit": _l("A file can have between 1 and %(most)s MB."),
    "reply_gone": _l("The message that you answer is not there any more. Send yours without it."),
    "reply_is_note": _l("An answer to a note is a note, for the team only. Choose Note, or answer no message."),
    "bad_token": _l("This page is out of date. Copy your text, reload the page and try again."),
    "token_reused": _l("This was already sent with different text. Reload the page to see what was sent."),
    "title_empty": _l("Enter a name."),
    "title_too_long": _l("A name can have at most %(limit)s characters."),
    "bad_audience": _l("Choose who can be in it: staff only, or staff and clients."),
    "space_of_other_brand": _l("This space belongs to another brand."),
    "not_added_yet": _l("You can start discussions once the firm has opened the first one with you."),
    "internal_discussion": _l("This discussion is internal: clients cannot be added. Start a shared one instead."),
    "still_invited": _l("%(name)s has not accepted the invitation yet. Send it again, or wait until they have."),
    "account_disabled": _l("The account of %(name)s is disabled."),
    "already_in": _l("%(name)s is already in this discussion."),
    "awaited_already": _l("%(name)s is expected here already."),
    "in_space_already": _l("This person is in the space already."),
    "last_space": _l("This is the only space of %(name)s. Put them into another one first."),
    "space_missing": _l("Link the discussion to a space first."),
    "space_changed": _l("The discussion was linked to another space meanwhile. Look again."),
    "bad_readers": _l("Choose at least one client, and at most %(limit)s at once."),
    "second_client": _l("There is another client in this discussion. Confirm that both may read it."),
    "bad_history": _l("Choose how much of the history they see."),
    "owner_stays": _l("The owner cannot be removed, but can leave and hand the discussion over."),
    "co_owner_stays": _l("%(name)s is a co-owner: only the owner can remove them."),
    "bad_co_owner": _l("Choose another active colleague who is in this discussion."),
    "co_owner_already": _l("%(name)s is a co-owner already."),
    "no_co_owner": _l("%(name)s is not a co-owner any more."),
    "sees_more": _l("This client reads messages of before you were added here, so you cannot see what they see."),
    "too_many_exports": _l("Five exports of yours are being made. Wait until one of them is done."),
    "bad_months": _l("Give a number of months, 1 to 1200, or nothing to keep them."),
    "not_typed": _l("What you typed is not the name. Nothing was erased."),
    "not_erasable": _l("Only clients can be erased here. A colleague’s account can be disabled."),
    "withheld": _l("Your firm keeps this for its admins. Ask one of them."),
    "bad_reach": _l("Choose which clients agents find."),
    "bad_mails": _l("Choose which e-mails you get."),
    "bad_waits": _l("E-mails wait a day at most, and a week between two."),
    "bad_link_days": _l("Links work for a day at least, and for a year at most."),
    "bad_right": _l("This right is not the firm’s to switch."),
    "only_agents": _l("Only an agent’s reach can be limited: owners and admins find every client."),
    "bad_successor": _l("Choose a colleague who is in this discussion."),
    "bad_csrf": _l("This form is out of date. Your text is kept: reload the page and try again."),
    "database_busy": _l("The server is busy. Your text is kept: try again in a moment."),
    "storage_full": _l("The server’s storage is full. Nothing was lost and your text is kept. Please tell the firm."),
    "no_picture": _l("Choose a picture first."),
    "bad_picture": _l("This is no picture that can be read. Choose a PNG, JPEG, GIF or WebP file."),
    "picture_too_large": _l("This file is too large. A picture can have at most %(limit)s MB."),
    "picture_pixels": _l("This picture is too large. It can have at most %(limit)s million pixels."),
    "wrong_sign_in": _l("This e-mail address and password do not match, or the account is not active."),
    "link_over": _l("This link is over. Sign in, or ask the firm to write to you again."),
    "code_needed": _l("On this device, a code is asked for first. Your text is kept: reload the page."),
    "code_needed_first": _l("On this device, see the whole discussion first: a code is sent to you."),
    "code_wrong": _l("This is not the code. Look at the newest e-mail, and try again."),
    "code_over": _l("This code is over. Your text is kept: ask for a new one."),
    "code_refused": _l("This is not the code, or it is over. Look at the newest e-mail, or ask for a new one."),
    "too_many_codes": _l(
        "Three codes were sent to this address within the hour, and no more are. Type the newest, or wait a while."
    ),
    "wrong_password": _l("This is not your current password."),
    "name_empty": _l("Enter a name."),
    "name_too_long": _l("A name can have at most %(limit)s characters."),
    "bad_email": _l("This is not an e-mail address."),
    "email_taken": _l("Somebody already has this e-mail address."),
    "bad_password": _l("A password needs between %(least)s and %(most)s characters."),
    "bad_role": _l("Choose a role."),
    "bad_language": _l("Choose a language."),
    "space_needed": _l("Choose the client’s space, or name a new one."),
    "brand_needed": _l("Choose at least one brand."),
    "not_invited": _l("%(name)s is not waiting for an invitation."),
    "bad_staff_names": _l("Choose how clients see your staff."),
    "bad_hue": _l("Choose a colour."),
    "bad_host": _l("This is not a host name. Example: portal.example.com"),
    "host_taken": _l("Another brand already has this host name."),
    "bad_brand_owner": _l("Choose an active colleague."),
    "mail_decided": _l("A colleague decided about this e-mail meanwhile, or it was posted already."),
    "held_over": _l("Its person is not in this discussion any more, so it cannot become a message of theirs."),
    "held_empty": _l("There is nothing in this e-mail that could be posted."),
    "bad_time": _l("Choose a date and a time."),
    "time_past": _l("This time has passed. Choose a later one."),
    "time_skipped": _l("There is no such time: clocks are put forward over it that night. Choose another one."),
    "time_too_far": _l("Choose a time within a year."),
    "later_over": _l("It is too late for that: it was sent, or taken back."),
    "written_first": _l("Not sent: they wrote first."),
    "archived_since": _l("Not sent: the discussion was archived meanwhile."),
    "nobody_to_agree": _l("There is no client in this discussion who could agree."),
    "agreement_hidden": _l("%(name)s cannot read this message. Write it again, then ask for agreement on that."),
    "agreement_changed": _l("This message was changed at this very moment. Look at it again."),
    "agreement_withdrawn": _l("This is asked no more. Your text is kept."),
    "not_empty": _l("This database already has a firm; the demo needs an empty one."),
    "too_many_reactions": _l("There are as many emoji at this message as there can be."),
    "too_many": _l("Too many requests in a short time. Wait a moment, then try again."),
    "too_large": _l("This is too large to be sent."),
    "bad_request": _l("The server could not read this request."),
    "server_error": _l("Something went wrong on our side. Your text is kept: try again in a moment."),
}
STATUS_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "not_found",
    413: "too_large",
    429: "too_many",
}


def install(app: Flask) -> None:
    """Answer every kind of failure."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, lambda _error: answer(400, "bad_csrf"))
    app.register_error_handler(HTTPException, _http)
    for error in DATABASE_AWAY:
        app.register_error_handler(error, _database_away)
    for unreadable in (UNREADABLE, ParseException):  # gunicorn's: a body whose chunks break off or are none
        app.register_error_handler(unreadable, lambda _error: answer(400, "bad_request"))
    app.register_error_handler(Exception, _broken)


def text_of(error: Refusal) -> str:
    """The words for a refusal."""
    return say(error.code, **error.values)


def say(code: str, **values: object) -> str:
    """The words for a code, in the language of the request."""
    numbers = {name: format_decimal(value) for name, value in values.items() if isinstance(value, int)}
    return str(TEXTS[code]) % (values | numbers) if values else str(TEXTS[code])


def refused(error: Refusal) -> ResponseReturnValue:
    """The answer to a refusal that no form shows itself."""
    refusal = make_response(answer(error.status, error.code, **error.values))
    refusal.headers.update(again(error))
    return refusal


def again(error: Refusal) -> dict[str, str]:
    """The header that says when the same may succeed, where that is known."""
    return {"Retry-After": str(error.wait)} if isinstance(error, TooMany) else {}


def answer(status: int, code: str, **values: object) -> ResponseReturnValue:
    """A line for htmx, a page otherwise."""
    words = say(code, **values)
    if gate.is_fragment():
        return templating.fragment("_error.html", text=words, code=code), status
    return templating.bare_page("errors/error.html", code=status, text=words), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    # A wrong method on a right address tells that the address exists; nobody needs to know.
    status = 404 if error.code == 405 else error.code
    return answer(
        status,
        STATUS_CODES.get(status, "server_error" if status >= 500 else "bad_request"),
    )


def _database_away(_error: Exception) -> ResponseReturnValue:
    g.database_away = True
    log.exception("the database did not answer")
    return answer(503, "database_busy")


def _broken(_error: Exception) -> ResponseReturnValue:
    log.exception("a request failed")
    return answer(500, "server_error")
