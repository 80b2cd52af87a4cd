"""From a row to what one face may read of it. The only place where names are given out."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.people_models import PersonView
from portal.access.reactions import Put, shown
from portal.access.read_models import Author, BrandChip, EventLine, FileView, LastLine, Me, MessageView, Row
from portal.access.rules import granted
from portal.access.said import NOTHING, TEAM, Names, Said, quote
from portal.access.viewer import Viewer
from portal.kernel import text
from portal.kernel.clock import milliseconds
from portal.kernel.tokens import digest
from portal.models import (
    Account,
    Audience,
    Brand,
    Conversation,
    Face,
    Kind,
    Message,
    MessageKind,
    Person,
    StaffNames,
    Turn,
)


@dataclass(frozen=True)
class Shower:
    """How things are shown to one face: which names the firm lets clients read (SPEC D5)."""

    face: str
    staff_names: str = StaffNames.FULL

    def author(self, person: Person, brand: Brand) -> Author:
        """The author of a message in a conversation of `brand`."""
        by_staff = person.face == Face.STAFF
        if self.face == Face.STAFF or not by_staff or self.staff_names == StaffNames.FULL:
            return _author(person, person.name, by_staff)
        if self.staff_names == StaffNames.FIRST:
            # Key and colour come from what is read, so that two colleagues of one first name are one.
            name = text.first_name(person.name)
            key = digest(name)[: len(person.public_id)]
            return Author(key, name, text.initials(name), hue(key), True)
        return Author(TEAM, brand.name, text.initials(brand.name), brand.hue, True)

    def message(
        self,
        message: Message,
        conversation: Conversation,
        files: tuple[FileView, ...] = (),
        reactions: tuple[Put, ...] = (),
        said: Said = NOTHING,
    ) -> MessageView:
        """A message with its author (and event) loaded, its `files`, the `reactions` to it, and what it points to.

        Raises `ValueError` for what the face may never see.
        """
        to_staff = self.face == Face.STAFF
        if not to_staff and message.public_seq is None:
            raise ValueError("this message is for staff")
        public_seq, public_rev = message.public_seq or 0, message.public_rev or 0
        names = Names(self, conversation.brand, said.called)
        return MessageView(
            id=message.public_id,
            discussion_id=conversation.public_id,
            kind=message.kind,
            number=message.seq if to_staff else public_seq,
            position=message.position if to_staff else public_seq,
            rev=message.rev if to_staff else public_rev,
            author=self.author(message.author, conversation.brand),
            html=names.html(message.html),  # sanitised when it was written
            body=names.plain(message.body),
            posted_at=message.created_at,
            edited_at=message.edited_at,
            deleted=message.deleted_at is not None,
            origin=message.origin if to_staff else "",
            versions=message.versions if to_staff else 0,
            line=_line(message) if to_staff and message.kind == MessageKind.EVENT else None,
            files=files,
            quoted=self._quoted(message),
            asks=message.asks and message.deleted_at is None,
            quote=quote(self, message, conversation, said),
            reactions=shown(self.face, reactions),
        )

    def _quoted(self, message: Message) -> int:
        """Staff see how much; of clients its author alone may see it, and what a face gets is the same for all."""
        if message.deleted_at is not None:
            return 0
        if self.face == Face.STAFF:
            return message.quoted
        return int(bool(message.quoted) and message.author.face == Face.CLIENT)

    def last(self, message: Message | None, conversation: Conversation, said: Said = NOTHING) -> LastLine | None:
        """The line of a list under the title."""
        if message is None:
            return None
        author = self.author(message.author, conversation.brand)
        return LastLine(
            author_key=author.key,
            author_name=text.first_name(author.name) if author.key != TEAM else author.name,
            text=Names(self, conversation.brand, said.called).line(message.html),
            note=message.kind == MessageKind.NOTE,
            deleted=message.deleted_at is not None,
            files=message.files,
            reached=said.reached if self.face == Face.STAFF else (),
        )

    def row(self, conversation: Conversation, last: Message | None, active_at: datetime, said: Said = NOTHING) -> Row:
        """A discussion in a list; `last` is the last message that the reader may see, or None."""
        to_staff = self.face == Face.STAFF
        return Row(
            id=conversation.public_id,
            title=conversation.title,
            audience=conversation.audience if to_staff else None,
            brand=brand_chip(conversation.brand) if to_staff else None,
            space=conversation.space.name if to_staff and conversation.space else None,
            initials=text.title_initials(conversation.title),
            hue=hue(conversation.public_id),
            last=self.last(last, conversation, said),
            last_number=conversation.seq if to_staff else conversation.public_seq,
            active_at=active_at,
            order=milliseconds(active_at),
            archived=conversation.archived_at is not None,
            rev=conversation.rev if to_staff else conversation.public_rev,
            announcement=conversation.kind == Kind.ANNOUNCEMENT,
            **self._waits(conversation, last),
        )

    def _waits(self, conversation: Conversation, last: Message | None) -> dict[str, Any]:
        """Whose turn it is. A client who cannot read what was said last is asked nothing by it."""
        answered = conversation.audience == Audience.SHARED and conversation.kind != Kind.ANNOUNCEMENT
        asked = last is not None and conversation.turn == Turn.CLIENT
        if conversation.archived_at is not None or not answered or not (self.face == Face.STAFF or asked):
            return {}
        since = conversation.turn_since
        if self.face != Face.STAFF and last is not None and since is not None:
            # What they were first asked some of them may not read: of when that was the row tells nobody (SPEC D7).
            since = max(since, last.created_at)
        return {"turn": str(conversation.turn), "turn_since": since}


def shower(face: str, staff_names: str | None) -> Shower:
    """A `Shower` for `face` by the firm's setting; the most discreet one where there is no firm."""
    return Shower(face, staff_names or StaffNames.BRAND)


def me(viewer: Viewer) -> Me:
    """The viewer, for pages."""
    return Me(
        key=viewer.key,
        name=viewer.name,
        initials=text.initials(viewer.name),
        hue=hue(viewer.key),
        face=viewer.face,
        role=viewer.role,
        language=viewer.language,
        time_zone=viewer.time_zone,
        enter_sends=viewer.enter_sends,
        may=granted(viewer),
        picture=viewer.picture,
    )


def person_view(person: Person, account: Account, email: str) -> PersonView:
    """Somebody on staff's screens; spaces and brands are added where they are shown."""
    return PersonView(
        id=person.public_id,
        name=person.name,
        initials=text.initials(person.name),
        hue=hue(person.public_id),
        face=person.face,
        role=account.role,
        state=account.state,
        email=email,
        picture=person.picture,
    )


def brand_chip(brand: Brand) -> BrandChip:
    """A brand's name and colour."""
    return BrandChip(brand.public_id, brand.name, brand.hue, text.initials(brand.name))


def hue(key: str) -> int:
    """A stable colour for an id: an angle in degrees, one of 24."""
    return zlib.crc32(key.encode("ascii")) % 24 * 15


def _author(person: Person, name: str, by_staff: bool) -> Author:
    return Author(person.public_id, name, text.initials(name), hue(person.public_id), by_staff, person.picture)


def _line(message: Message) -> EventLine | None:
    event = message.event
    if event is None:
        return None
    subject = event.subject
    return EventLine(
        event.name,
        message.author.name,
        subject.name if subject else None,
        message.body or None,
    )
