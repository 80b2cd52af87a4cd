"""The paths on which a note could become a message, and must not: each is gone by Ines, or by somebody near her."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from portal.actions import discussions, messages, participants, people
from portal.due import later as due_later
from portal.extensions import db
from portal.mailer import reminders as due_reminders
from portal.queries import later as later_queries
from tests.actions.rows import decide
from tests.doors.cells import HTMX, Booth
from tests.mailer.told import HOUSE
from tests.world import World, token

WORDS = "cormorant"  # in the note, and in whatever is tried with it
LONG = WORDS + "x" * 10_001


@dataclass
class Desk:
    """Ines at work on her note, with scripts or without."""

    booth: Booth
    scripts: bool
    world: World
    note: str
    sent: str  # the token with which the note was sent

    @property
    def room(self) -> str:
        """The discussion's address."""
        return f"/console/discussions/{self.world.permit}"

    @property
    def own(self) -> str:
        """The note's."""
        return f"{self.room}/messages/{self.note}"

    def ask(self, path: str, form: Any = None, *, who: str = "ines", method: str = "POST", **more: Any) -> TestResponse:
        """Somebody asks, as their browser does."""
        headers = HTMX if self.scripts else {}
        return self.booth.browser(who).open(path, method=method, data=form, headers=headers, **more)

    def write(self, form: dict[str, Any], **more: Any) -> TestResponse:
        """Somebody sends the composer's form."""
        return self.ask(f"{self.room}/messages", {"body": WORDS, "token": token()} | form, **more)


def _by_editing(desk: Desk) -> None:
    for extra in ({"kind": "text"}, {"public_seq": "1", "public_rev": "1"}, {"publish": "1", "publication": "y"}):
        desk.ask(f"{desk.own}/text", {"body": f"{WORDS} edited {extra}"} | extra)
        desk.ask(f"{desk.own}/text?kind=text", {"body": f"{WORDS} again {extra}"} | extra)


def _by_sending_again(desk: Desk) -> None:
    """The same token, as something else: a conflict, however often."""
    for kind in ("text", "note", "text"):
        answer = desk.write({"token": desk.sent, "kind": kind})
        assert (answer.status_code == 409) == (kind == "text")


def _by_sending_again_after_an_edit(desk: Desk) -> None:
    desk.ask(f"{desk.own}/text", {"body": f"{WORDS} edited"})
    assert desk.write({"token": desk.sent, "kind": "text", "body": f"{WORDS} edited"}).status_code == 409


def _by_kinds_that_nobody_knows(desk: Desk) -> None:
    for kind in ("NOTE", "note ", " note", "Note", "text,note", "event", "publish", "nota", "note\n", ""):
        desk.write({"kind": kind})


def _by_a_kind_that_got_lost(desk: Desk) -> None:
    assert desk.write({}).status_code == 422


def _by_two_kinds(desk: Desk) -> None:
    assert desk.write({"kind": ["note", "text"]}).status_code < 400


def _by_the_address(desk: Desk) -> None:
    form = {"body": WORDS, "token": token(), "kind": "note"}
    assert desk.ask(f"{desk.room}/messages?kind=text&publish=1", form).status_code < 400


def _by_a_body_in_json(desk: Desk) -> None:
    desk.ask(f"{desk.room}/messages", None, json={"body": WORDS, "token": token(), "kind": "note"})


def _refused(desk: Desk, form: dict[str, Any]) -> None:
    """A refused note's page offers to send it as a note, to the team only."""
    answer = desk.write({"kind": "note"} | form)
    assert answer.status_code >= 400
    if not desk.scripts and answer.status_code == 422:
        assert 'name="kind" value="note" checked' in answer.text


def _by_what_is_too_long(desk: Desk) -> None:
    _refused(desk, {"body": LONG})


def _by_a_token_out_of_date(desk: Desk) -> None:
    _refused(desk, {"token": "old"})


def _by_what_is_empty(desk: Desk) -> None:
    _refused(desk, {"body": " "})


def _by_a_conflict(desk: Desk) -> None:
    _refused(desk, {"token": desk.sent, "body": f"{WORDS} otherwise"})


def _by_looking_at_the_publication(desk: Desk) -> None:
    for method in ("GET", "HEAD"):
        assert desk.ask(f"{desk.own}/publication", method=method).status_code == 200


def _by_a_publication_without_words(desk: Desk) -> None:
    for body in ("", " ", "​"):
        assert desk.ask(f"{desk.own}/publication", {"body": body, "token": token()}).status_code == 422


def _by_a_publication_without_a_token(desk: Desk) -> None:
    for sent in ("", "0", desk.sent):
        assert desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": sent}).status_code in {409, 422}


def _by_publishing_what_is_deleted(desk: Desk) -> None:
    desk.ask(desk.own, method="DELETE")
    assert desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": token()}).status_code == 403


def _by_publishing_other_words(desk: Desk) -> None:
    """The words of the explicit act go out, and nothing of the note; changing one changes nothing of the other."""
    assert desk.ask(f"{desk.own}/publication", {"body": "Other words", "token": token()}).status_code < 400
    desk.ask(f"{desk.own}/text", {"body": f"{WORDS} later", "kind": "text"})


def _by_a_clients_hand(desk: Desk) -> None:
    own = f"/discussions/{desk.world.permit}/messages/{desk.note}"
    for path, method in ((f"{own}/text", "GET"), (f"{own}/text", "POST"), (own, "DELETE")):
        assert desk.ask(path, {"body": "mine"}, who="marie", method=method).status_code == 404
    assert desk.ask(f"/console{own}/publication", {"body": WORDS, "token": token()}, who="marie").status_code == 404


def _by_a_colleague(desk: Desk) -> None:
    assert desk.ask(f"{desk.own}/text", {"body": WORDS, "kind": "text"}, who="hugo").status_code == 403
    assert desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": token()}, who="nina").status_code == 404


def _by_a_colleague_who_may_not(desk: Desk) -> None:
    decide(desk.world, withheld={"publish"})
    assert desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": token()}, who="hugo").status_code == 403


def _by_another_discussion(desk: Desk) -> None:
    room = f"/console/discussions/{desk.world.inside}"
    assert desk.ask(f"{room}/messages/{desk.note}/publication", {"body": WORDS, "token": token()}).status_code == 404
    assert desk.ask(f"{room}/messages", {"body": WORDS, "kind": "note", "token": token()}).status_code == 403
    assert desk.ask(f"{room}/messages", {"body": WORDS, "kind": "text", "token": desk.sent}).status_code == 409


def _by_archiving(desk: Desk) -> None:
    for method in ("POST", "DELETE"):
        desk.ask(f"{desk.room}/archive", {"kind": "text", "audience": "shared"}, method=method)
    messages.post(desk.world.viewer("marie"), desk.world.permit, body="Hello?", token=token())


def _by_renaming(desk: Desk) -> None:
    desk.ask(f"{desk.room}/title", {"title": "Other", "kind": "text", "audience": "shared"})


def _by_the_page_of_a_reader_who_comes(desk: Desk) -> None:
    """Who is added reads the whole history, but for notes; those of before and of a gap alike."""
    ines = desk.world.viewer("ines")
    participants.add(ines, desk.world.permit, desk.world.keys["luc"], confirmed=True)
    participants.remove(ines, desk.world.permit, desk.world.keys["marie"])
    messages.post(ines, desk.world.permit, body=f"{WORDS} meanwhile", kind="note", token=token())
    participants.add(ines, desk.world.permit, desk.world.keys["marie"], history="gap", confirmed=True)


def _by_its_author_leaving(desk: Desk) -> None:
    participants.leave(desk.world.viewer("ines"), desk.world.permit, successor_key=desk.world.keys["hugo"])
    messages.delete(desk.world.viewer("hugo"), desk.world.permit, desk.world.text)


def _by_its_author_being_disabled(desk: Desk) -> None:
    people.disable(desk.world.viewer("olga"), desk.world.keys["ines"])
    discussions.take_over(desk.world.viewer("adam"), desk.world.permit)


def _by_deleting_what_stands_around(desk: Desk) -> None:
    for author, key in (("ines", desk.world.text), ("marie", desk.world.answer)):
        messages.delete(desk.world.viewer(author), desk.world.permit, key)


def _by_deleting_it(desk: Desk) -> None:
    for _ in range(2):
        desk.ask(desk.own, {"kind": "text"}, method="DELETE")
    desk.ask(f"{desk.own}/text", {"body": WORDS, "kind": "text"})


def _by_a_read_mark(desk: Desk) -> None:
    desk.ask(f"{desk.room}/read-mark", {"number": "2147483647", "kind": "text"})
    desk.ask(f"/discussions/{desk.world.permit}/read-mark", {"number": "2147483647"}, who="marie")


def _by_the_reach(desk: Desk) -> None:
    for kind in ("text", "note", "NOTE", ""):
        desk.ask(f"{desk.room}/reach?kind={kind}", method="GET")


def _by_other_methods(desk: Desk) -> None:
    for method in ("PUT", "PATCH", "DELETE", "GET"):
        desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": token(), "_method": "POST"}, method=method)


def _by_a_file(desk: Desk) -> None:
    """The kind as a file is no kind, and not a text's either."""
    form = {"body": WORDS, "token": token(), "kind": (io.BytesIO(b"note"), "kind")}
    desk.ask(f"{desk.room}/messages", form, content_type="multipart/form-data")


def _wait(desk: Desk, **form: str) -> str:
    """A note that waits, of the composer as it stands; gives its address."""
    said = {"body": f"{WORDS} later", "kind": "note", "once": token(), "when": "+60"} | form
    assert desk.ask(f"{desk.room}/later", said).status_code < 400
    db.session.rollback()
    return f"/console/later/{later_queries.of_person(desk.world.viewer('ines'))[-1].id}"


def _by_sending_it_later(desk: Desk) -> None:
    desk.ask(f"{_wait(desk)}/sending", {"kind": "text"})
    for kind in ("", "NOTE", "text,note", "note "):
        desk.ask(f"{desk.room}/later", {"body": WORDS, "kind": kind, "once": token(), "when": "+60"})
    while due_later.send():
        pass


def _by_changing_what_waits(desk: Desk) -> None:
    own = _wait(desk)
    desk.ask(own, {"body": f"{WORDS} otherwise", "kind": "text", "when": "+60"})
    desk.ask(f"{own}?kind=text", {"body": f"{WORDS} again", "when": "+60", "unless": "1"})
    desk.ask(f"{own}/sending?kind=text", {"kind": "text"})


def _by_undoing_it(desk: Desk) -> None:
    """It comes back as a note, to the composer of notes."""
    answer = desk.ask(f"{_wait(desk)}/withdrawal", {"kind": "text"})
    if not desk.scripts:
        assert 'name="kind" value="note" checked' in answer.text


def _by_what_overtook_it(desk: Desk) -> None:
    own = _wait(desk, unless="1")
    messages.post(desk.world.viewer("marie"), desk.world.permit, body="Hello?", token=token())
    due_later.send()
    desk.ask(f"{own}/sending", {"kind": "text"})


def _by_asking_to_agree_to_it(desk: Desk) -> None:
    assert desk.ask(f"{desk.own}/agreement", {"body": "Do you agree?", "token": token()}).status_code == 403
    assert desk.ask(f"{desk.own}/agreement", method="GET").status_code == 403


def _by_being_reminded_of_it(desk: Desk) -> None:
    desk.ask(f"{desk.own}/reminder", {"when": "reply"})
    messages.post(desk.world.viewer("marie"), desk.world.permit, body="Hello?", token=token())
    due_reminders.ring(HOUSE)


PATHS: dict[str, Callable[[Desk], None]] = {
    name[1:].replace("_", " "): act for name, act in list(globals().items()) if name.startswith("_by_")
}
