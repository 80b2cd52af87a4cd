"""Floor 2: THE place where it is decided who sees and does what. Deny by default."""

from portal.access import scopes
from portal.access.getters import Standing, brand, conversation, message, person, space, take_turn
from portal.access.principal import as_person, confirm, principal
from portal.access.recipients import Recipient, participants, recipients
from portal.access.rules import Act, can, permitted, require
from portal.access.show import Shower, brand_chip, hue, me, person_view, shower
from portal.access.viewer import Viewer

__all__ = [
    "Act",
    "Recipient",
    "Shower",
    "Standing",
    "Viewer",
    "as_person",
    "brand",
    "brand_chip",
    "can",
    "confirm",
    "conversation",
    "hue",
    "me",
    "message",
    "participants",
    "permitted",
    "person",
    "person_view",
    "principal",
    "recipients",
    "require",
    "scopes",
    "shower",
    "space",
    "take_turn",
]
