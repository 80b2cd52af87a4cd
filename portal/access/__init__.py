"""Floor 2: THE place where it is decided who sees and does what. Deny by default."""

from portal.access import due, scopes
from portal.access.announcements import private_answer, private_answers, within
from portal.access.bearers import Held, Link, by_answer, by_link, standing, still
from portal.access.files import file, files, preview, unsent, upload
from portal.access.getters import Standing, brand, conversation, message, person, space, take_turn
from portal.access.incoming import held, held_mail, original, source, unknown, unknown_mail
from portal.access.pictures import picture, pictures
from portal.access.principal import as_person, confirm, principal, signed_in, staff
from portal.access.recipients import Recipient, participants, recipients, those_in
from portal.access.record import (
    as_client,
    export,
    exported,
    exports,
    knows,
    looked,
    recorded_client,
    recorded_conversation,
    seen_as,
    sighted,
    staff_standing,
)
from portal.access.rules import RIGHTS, SWITCHABLE, Act, Mark, can, granted, mark, permitted, require
from portal.access.said import NOTHING, TEAM, Called, Names, Said
from portal.access.show import Shower, brand_chip, hue, me, person_view, shower
from portal.access.viewer import Viewer, anybody

__all__ = [
    "NOTHING",
    "RIGHTS",
    "SWITCHABLE",
    "TEAM",
    "Act",
    "Called",
    "Held",
    "Link",
    "Mark",
    "Names",
    "Recipient",
    "Said",
    "Shower",
    "Standing",
    "Viewer",
    "anybody",
    "as_client",
    "as_person",
    "brand",
    "brand_chip",
    "by_answer",
    "by_link",
    "can",
    "confirm",
    "conversation",
    "due",
    "export",
    "exported",
    "exports",
    "file",
    "files",
    "granted",
    "held",
    "held_mail",
    "hue",
    "knows",
    "looked",
    "mark",
    "me",
    "message",
    "original",
    "participants",
    "permitted",
    "person",
    "person_view",
    "picture",
    "pictures",
    "preview",
    "principal",
    "private_answer",
    "private_answers",
    "recipients",
    "recorded_client",
    "recorded_conversation",
    "require",
    "scopes",
    "seen_as",
    "shower",
    "sighted",
    "signed_in",
    "source",
    "space",
    "staff",
    "staff_standing",
    "standing",
    "still",
    "take_turn",
    "those_in",
    "unknown",
    "unknown_mail",
    "unsent",
    "upload",
    "within",
]
