"""Floor 1: the nouns. Columns and relations; never commits, never decides."""

from portal.models.account import Account, Device, Invitation, Role, State
from portal.models.agreement import Agreement, AgreementAnswer, AnswerKind
from portal.models.announcement import PrivateAnswer
from portal.models.base import Base, UtcDateTime
from portal.models.bearer import Challenge, LinkDevice, Purpose
from portal.models.brand import AgentReach, Brand, BrandStaff, Firm, Space, SpaceMember, StaffNames
from portal.models.conversation import LAST_NUMBER, Audience, Conversation, Kind, Notify, Participation
from portal.models.draft import Draft
from portal.models.event import Event, Fact
from portal.models.file import File, Preview, Upload
from portal.models.incoming import Fate, Incoming, Original, Way
from portal.models.later import Later, LaterState, Reminder
from portal.models.mail import Cursor, Mail, MailKind, MailState, Notice
from portal.models.membership import AutomaticMembership, Awaited
from portal.models.mention import Mention, mentions
from portal.models.message import Message, MessageKind, MessageVersion, Origin
from portal.models.person import Address, Face, Mails, Person
from portal.models.picture import Picture
from portal.models.reaction import Reaction
from portal.models.reading import Reading
from portal.models.record import Cause, Contents, Erased, Erasure, Export, ExportState, Sighting
from portal.models.search import SEARCH_TERM
from portal.models.turn import Turn, TurnMark, Weekly

FILED = (Picture, Incoming, File, Preview)  # whose bytes are files in storage: `file`, with its `sha256`

__all__ = [
    "FILED",
    "LAST_NUMBER",
    "SEARCH_TERM",
    "Account",
    "Address",
    "AgentReach",
    "Agreement",
    "AgreementAnswer",
    "AnswerKind",
    "Audience",
    "AutomaticMembership",
    "Awaited",
    "Base",
    "Brand",
    "BrandStaff",
    "Cause",
    "Challenge",
    "Contents",
    "Conversation",
    "Cursor",
    "Device",
    "Draft",
    "Erased",
    "Erasure",
    "Event",
    "Export",
    "ExportState",
    "Face",
    "Fact",
    "Fate",
    "File",
    "Firm",
    "Incoming",
    "Invitation",
    "Kind",
    "Later",
    "LaterState",
    "LinkDevice",
    "Mail",
    "MailKind",
    "MailState",
    "Mails",
    "Mention",
    "Message",
    "MessageKind",
    "MessageVersion",
    "Notice",
    "Notify",
    "Origin",
    "Original",
    "Participation",
    "Person",
    "Picture",
    "Preview",
    "PrivateAnswer",
    "Purpose",
    "Reaction",
    "Reading",
    "Reminder",
    "Role",
    "Sighting",
    "Space",
    "SpaceMember",
    "StaffNames",
    "State",
    "Turn",
    "TurnMark",
    "Upload",
    "UtcDateTime",
    "Way",
    "Weekly",
    "mentions",
]
