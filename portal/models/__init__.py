"""Floor 1: the nouns. Columns and relations; never commits, never decides."""

from portal.models.account import Account, Device, Invitation, Role, State
from portal.models.base import Base, UtcDateTime
from portal.models.brand import AgentReach, Brand, BrandStaff, Firm, Space, SpaceMember, StaffNames
from portal.models.conversation import Audience, Conversation, Kind, Participation
from portal.models.event import Event, Fact
from portal.models.message import Message, MessageKind, MessageVersion, Origin
from portal.models.person import Address, Face, Person
from portal.models.picture import Picture

__all__ = [
    "Account",
    "Address",
    "AgentReach",
    "Audience",
    "Base",
    "Brand",
    "BrandStaff",
    "Conversation",
    "Device",
    "Event",
    "Face",
    "Fact",
    "Firm",
    "Invitation",
    "Kind",
    "Message",
    "MessageKind",
    "MessageVersion",
    "Origin",
    "Participation",
    "Person",
    "Picture",
    "Role",
    "Space",
    "SpaceMember",
    "StaffNames",
    "State",
    "UtcDateTime",
]
