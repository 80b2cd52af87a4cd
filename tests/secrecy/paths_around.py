"""More paths on which a note could become a message: by what answers it, hangs on it, points to it or shows it."""

from collections.abc import Callable
from dataclasses import replace

from portal.actions import exports, messages
from portal.extensions import db
from portal.queries import later, messages as stretches
from tests.actions.rows import decide
from tests.mailbox import desk as mail_desk
from tests.record import desk as records
from tests.secrecy.paths import WORDS, Desk
from tests.sent import brought
from tests.world import token


def _by_answering_it(desk: Desk) -> None:
    """A text cannot: it would quote the note to clients. An answer among the team is a note."""
    for kind in ("text", "", "NOTE"):
        assert desk.write({"body": "About that", "kind": kind, "reply_to": desk.note}).status_code >= 400
    sent = token()
    assert desk.write({"kind": "note", "reply_to": desk.note, "token": sent}).status_code < 400
    assert desk.write({"kind": "text", "reply_to": desk.note, "token": sent}).status_code >= 400


def _by_answering_it_later(desk: Desk) -> None:
    """What waits is asked as it goes: a text that answers a note goes nowhere, and its words are kept."""
    form = {"body": f"{WORDS} later", "kind": "text", "once": token(), "when": "+60", "reply_to": desk.note}
    desk.ask(f"{desk.room}/later", form)
    db.session.rollback()
    (one,) = later.of_person(desk.world.viewer("ines"))
    desk.ask(f"/console/later/{one.id}/sending", {"kind": "text"})


def _by_answering_it_as_a_client(desk: Desk) -> None:
    """As if it were not there."""
    room, form = f"/discussions/{desk.world.permit}/messages", {"body": "About that", "token": token()}
    answers = [desk.ask(room, form | {"reply_to": key}, who="marie") for key in (desk.note, desk.world.inside)]
    assert [answer.status_code for answer in answers] == [422, 422]


def _by_answering_and_editing(desk: Desk) -> None:
    """The answer's kind is the answered one's, whatever is said as it is edited; the quote goes with it."""
    said = {"body": f"{WORDS} too", "kind": "note", "token": token(), "reply_to": desk.note}
    answer = messages.post(desk.world.viewer("hugo"), desk.world.permit, **said)
    own, other = f"{desk.room}/messages/{answer}", {"body": f"{WORDS} else", "kind": "text"}
    desk.ask(f"{own}/text?kind=text", other | {"reply_to": desk.world.text}, who="hugo")
    desk.ask(desk.own, method="DELETE")


def _by_mentioning(desk: Desk) -> None:
    """A client who is named in a note is told nothing, and named by an edit neither."""
    body = f"{WORDS} @Marie Delcourt @the team"
    assert desk.write({"kind": "note", "body": body, "chosen": desk.world.keys["marie"]}).status_code < 400
    desk.ask(f"{desk.own}/text", {"body": f"{body} edited", "chosen": desk.world.keys["marie"]})


def _by_its_file(desk: Desk) -> None:
    """A file that a note took along goes with no text, however it is sent again; and nobody else opens it."""
    file = brought(desk.world.viewer("ines"), desk.world.permit, f"{WORDS}.txt", WORDS.encode())
    assert desk.write({"kind": "note", "files": file}).status_code < 400
    assert desk.write({"body": "See it", "kind": "text", "files": file}).status_code >= 400
    desk.ask(f"{desk.room}/later", {"body": "See", "kind": "text", "once": token(), "when": "+60", "files": file})
    for who in ("marie", "luc"):
        for more in ("", "/preview", "/shown"):
            assert desk.ask(f"/files/{file}{more}", who=who, method="GET").status_code == 404
        for page in ("files", "messages?after_rev=0"):
            assert WORDS not in desk.ask(f"/discussions/{desk.world.permit}/{page}", who=who, method="GET").text
        assert f"{WORDS}.txt" not in desk.ask("/search?q=has:file", who=who, method="GET").text


def _by_a_reaction(desk: Desk) -> None:
    for who, place in (("ines", "/console"), ("hugo", "/console"), ("marie", "")):
        own = f"{place}/discussions/{desk.world.permit}/messages/{desk.note}/reactions"
        for method in ("POST", "DELETE"):
            answer = desk.ask(f"{own}?emoji=👍", {"emoji": "👍", "kind": "text"}, who=who, method=method)
            assert (answer.status_code == 404) == (who == "marie")


def _by_an_unread_mark(desk: Desk) -> None:
    desk.ask(f"{desk.own}/read-mark", {"kind": "text"}, method="DELETE")
    own = f"/discussions/{desk.world.permit}/messages/{desk.note}/read-mark"
    assert desk.ask(own, who="marie", method="DELETE").status_code == 404


def _by_a_draft(desk: Desk) -> None:
    """Words meant as a note, kept as a draft, are no client's; nor are they sent as anything."""
    for kind in ("note", "text", "NOTE", ""):
        form = {"body": WORDS, "kind": kind, "base": "0", "page": "one", "reply_to": desk.note}
        desk.ask(f"{desk.room}/draft", form)
    assert WORDS not in desk.ask(f"/discussions/{desk.world.permit}", who="marie", method="GET").text


def _by_looking_for_it(desk: Desk) -> None:
    """Found by staff alone, and what a client asks for leads nowhere."""
    assert desk.note in desk.ask(f"/console/search?q={WORDS}", method="GET").text
    for asked in (f"q={WORDS[:-2]}", "q=after:2000", f"q=a&before={desk.note}"):
        assert desk.note not in desk.ask(f"/search?{asked}", who="marie", method="GET").text
    assert WORDS not in desk.ask(f"/discussions/{desk.world.permit}?at={desk.note}", who="marie", method="GET").text


def _by_an_export(desk: Desk) -> None:
    """What is made to hand out has no note, and asking for both at once is refused."""
    ines = desk.world.viewer("ines")
    for client in ("firm", "client"):
        key = exports.ask_discussion(
            ines, desk.world.permit, contents=client, client_key=desk.world.keys["marie"] if client == "client" else ""
        )
        with records.zipfile.ZipFile(records.make(key)) as found:
            assert WORDS not in records.everything(found)
    desk.ask(f"{desk.room}/exports", {"what": "client_notes", "client": desk.world.keys["marie"], "notes": "1"})


def _by_seeing_as_a_client(desk: Desk) -> None:
    look = f"{desk.room}/sightings/{desk.world.keys['marie']}"
    assert desk.ask(look).status_code < 400
    for page in ("page", "mail"):
        assert WORDS not in desk.ask(f"{look}/{page}", method="GET").text


def _by_a_mail_that_answers_it(desk: Desk) -> None:
    """What answers a mail with a note in it is a note, whoever it is that lets it in."""
    settings = desk.booth.app.config["COMPTOIR"]
    desk.booth.app.config["COMPTOIR"] = replace(settings, reply_address=mail_desk.HOUSE.reply_address)
    held = mail_desk.held(desk.world, "hugo", notes=True, body=f"{WORDS} by mail").public_id
    assert desk.ask(f"/console/mails/held/{held}/acceptance", {"kind": "text"}).status_code < 400
    assert mail_desk.posted(desk.world, "hugo") == [("note", f"{WORDS} by mail")]


def _by_moving_its_discussion(desk: Desk) -> None:
    """Another space, whoever comes into it later, and what staff decide: nothing of that moves a note."""
    for space in ("", desk.world.spaces["Delcourt"]):
        desk.ask(f"{desk.room}/space", {"space": space, "kind": "text", "audience": "shared"})
    desk.ask(f"{desk.room}/automatic", {"history": "all", "now": "all", "kind": "text"})
    for turn in ("us", "client", "none"):
        desk.ask(f"{desk.room}/turn", {"turn": turn, "kind": "text"})
    decide(desk.world, co_owners=True)


def _by_who_is_shown_what_is_seen(desk: Desk) -> None:
    """Who saw it is said to staff alone; a client's page counts it nowhere."""
    desk.ask(f"{desk.own}/delivery", method="GET")
    assert desk.note not in desk.ask("/needs", who="marie", method="GET").text
    seen = stretches.page(desk.world.viewer("marie"), desk.world.permit).messages
    assert desk.note not in [one.id for one in seen]


PATHS: dict[str, Callable[[Desk], None]] = {
    name[1:].replace("_", " "): act for name, act in list(globals().items()) if name.startswith("_by_")
}
