"""See as this person (SPEC Z2): what a client sees, still, in a frame; and the last mail they were sent."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Conversation, Mail, MailKind, MailState, Person
from tests.journeys.backstage import Backstage
from tests.journeys.steps import console, shown

People = Callable[..., Page]


def test_a_colleague_looks_as_a_client_and_can_do_nothing(person: People, backstage: Backstage) -> None:
    """The client's page without the note, nothing in it answers, and the line stays among the messages."""
    key = backstage.discussion("hugo", "paul", title="Kitchen")
    backstage.post("paul", key, "Is it dear? https://example.com/oven")
    backstage.note("hugo", key, "Quixotic.")
    _mailed(backstage, key)
    ines = console(person("ines"), key)
    ines.get_by_role("button", name="See as Paul Brun").click()
    expect(ines.get_by_text("You see this discussion as Paul Brun does.")).to_be_visible()
    frame = ines.frame_locator("iframe")
    said = frame.get_by_role("region", name="Messages")
    expect(said.get_by_text("Is it dear?")).to_be_visible()
    expect(frame.get_by_text("Quixotic.")).to_have_count(0)
    expect(frame.locator("a[href]")).to_have_count(0)
    here = ines.url
    said.get_by_text("https://example.com/oven").click()
    assert frame.locator("form:not([inert])").count() == 0
    assert ines.url == here

    ines.get_by_role("link", name="Their last e-mail").click()
    letter = ines.frame_locator("iframe")
    expect(letter.get_by_text("The oven is here.")).to_be_visible()
    expect(letter.locator("a[href]")).to_have_count(0)

    ines.get_by_role("link", name="Back").click()
    expect(ines.get_by_text("Ines Agent looked at the discussion as Paul Brun sees it.")).to_have_count(1)
    expect(shown(ines, "Quixotic.")).to_have_count(1)


def _mailed(backstage: Backstage, key: str) -> None:
    """Paul was sent a mail about it."""
    with transaction():
        place = db.session.scalars(select(Conversation.id).where(Conversation.public_id == key)).one()
        paul = db.session.scalars(select(Person.id).where(Person.public_id == backstage.world.keys["paul"])).one()
        said = '<p>The oven is here.</p><a href="https://a.example/l/guess">Open</a>'
        about = {"kind": MailKind.NOTICE, "conversation_id": place, "person_id": paul, "subject": "Kitchen"}
        db.session.add(Mail(**about, state=MailState.SENT, sent_at=now(), html=said))
    db.session.remove()
