"""The browser of the machine, for tests and tools alike."""

import os
import shutil

# The shell is the same browser without what draws windows, and quicker.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    """Its path: what CHROMIUM names, else the first that is installed; None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
