"""Floor 1: files behind one small port. Today on disk; a store beyond one machine will be a second room here.

Bytes are stored before the transaction that names them, and what a transaction gave up is deleted after
it; what a crash leaves between the two belongs to nobody, and is swept by who knows the names in use.
"""

from flask import current_app

from portal.config import Settings
from portal.storage.disk import PART, Disk
from portal.storage.port import Storage, Stored

FOLDER = "files"  # in VAR

__all__ = ["FOLDER", "PART", "Storage", "Stored", "storage"]


def storage() -> Storage:
    """The store of this installation."""
    settings: Settings = current_app.config["COMPTOIR"]
    return Disk(settings.var / FOLDER)
