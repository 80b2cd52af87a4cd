"""Floor 2: THE place where it is decided who sees and does what. Deny by default."""

from portal.access import scopes
from portal.access.getters import Standing, brand, conversation, message, person, space, take_turn
from portal.access.pictures import picture, pictures
from portal.access.principal import as_person, confirm, principal, signed_in, staff
from portal.access.recipients import Recipient, participants, recipients
from portal.access.rules import RIGHTS, SWITCHABLE, Act, Mark, can, granted, mark, permitted, require
from portal.access.show import Shower, brand_chip, hue, me, person_view, shower
from portal.access.viewer import Viewer, anybody

__all__ = [
    "RIGHTS",
    "SWITCHABLE",
    "Act",
    "Mark",
    "Recipient",
    "Shower",
    "Standing",
    "Viewer",
    "anybody",
    "as_person",
    "brand",
    "brand_chip",
    "can",
    "confirm",
    "conversation",
    "granted",
    "hue",
    "mark",
    "me",
    "message",
    "participants",
    "permitted",
    "person",
    "person_view",
    "picture",
    "pictures",
    "principal",
    "recipients",
    "require",
    "scopes",
    "shower",
    "signed_in",
    "space",
    "staff",
    "take_turn",
]
