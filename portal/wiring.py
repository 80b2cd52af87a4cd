"""What follows from each fact. The one table of reactions: no action and no view tells anybody anything."""

from collections.abc import Callable, Mapping

from portal.live import tell
from portal.models import Event, Fact

REACTIONS: Mapping[str, tuple[Callable[[Event], None], ...]] = {
    Fact.MESSAGE_POSTED: (tell.message,),
    Fact.MESSAGE_EDITED: (tell.message,),
    Fact.MESSAGE_DELETED: (tell.message,),
    Fact.DISCUSSION_CREATED: (tell.message, tell.row),
    Fact.DISCUSSION_RENAMED: (tell.message, tell.row),
    Fact.DISCUSSION_ARCHIVED: (tell.message, tell.row),
    Fact.DISCUSSION_REOPENED: (tell.message, tell.row),
    Fact.PARTICIPANT_ADDED: (tell.message, tell.added),
    Fact.PARTICIPANT_REMOVED: (tell.message, tell.removed),
    Fact.PARTICIPANT_LEFT: (tell.message, tell.removed),
    Fact.OWNERSHIP_TAKEN: (tell.message, tell.added),
    Fact.OWNERSHIP_ANSWERED: (tell.message, tell.added),
    Fact.OWNERSHIP_HANDED: (tell.message,),
    Fact.OWNERSHIP_LOST: (tell.message, tell.staff),
    Fact.CO_OWNERSHIP_GIVEN: (tell.message,),
    Fact.CO_OWNERSHIP_ENDED: (tell.message, tell.staff),
    Fact.ACCOUNT_ACTIVATED: (),
    Fact.ACCOUNT_DISABLED: (tell.signed_out,),
    Fact.ACCOUNT_ENABLED: (),
    Fact.REACH_CHANGED: (tell.rights,),
    Fact.DEVICE_REVOKED: (tell.signed_out,),
    Fact.FIRM_CHANGED: (tell.rights,),
}
