"""Sends what was to be sent later; what the other side was faster than is kept (SPEC M14)."""

from portal.actions import later as actions
from portal.kernel.clock import now
from portal.queries import later as queries

MOST = 20  # in one go


def send() -> bool:
    """Do what is due; whether there may be more."""
    for later_id in queries.overtaken(MOST):
        actions.keep(later_id, "written_first")
    due = queries.due(now(), MOST)
    for one in due:
        if actions.take(one.id, one.at):
            actions.deliver(one.id)
    if not due and queries.forgettable(now()):
        actions.forget()
    return len(due) == MOST
