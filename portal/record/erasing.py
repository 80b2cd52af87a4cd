"""Erases what was asked for, and what its brand keeps no longer."""

from portal.actions import erasing, erasing_work as actions
from portal.queries import erasures as queries


def work() -> bool:
    """Erase one that is due, to its end; whether there may be more."""
    for one in queries.due():
        if actions.take(one.id, one.at):
            actions.work(one.id)
            return True
    return False


def retire() -> bool:
    """Have one discussion erased whose brand keeps none so old; whether there may be more."""
    found = queries.expired(1)
    for conversation_id in found:
        erasing.retire(conversation_id)
    return bool(found)
