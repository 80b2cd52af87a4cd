"""Files as the cast brings them: words, pictures with what cameras write into them, and pages."""

import io
from functools import cache

import pypdfium2
from PIL import Image

from portal.access import Viewer
from portal.actions import files, messages, previews
from tests.world import World, token

TEXT = b"The plan, in words."
NORTH = "52.5219"  # where the camera was, as it would be read out of a preview


def brought(viewer: Viewer, key: str, name: str = "plan.txt", content: bytes = TEXT) -> str:
    """A file that waits for its message; gives its id."""
    return files.take_in(viewer, key, name=name, size=len(content), content=io.BytesIO(content))


def post(world: World, who: str, *sent: tuple[str, bytes], body: str = "See it.", kind: str = "text") -> list[str]:
    """Somebody posts files in the permit; gives their ids."""
    viewer = world.viewer(who)
    keys = [brought(viewer, world.permit, *one) for one in sent]
    messages.post(viewer, world.permit, body=body, kind=kind, token=token(), files=keys)
    return keys


def look_at_all() -> None:
    """The worker looks at every file that came."""
    while previews.work():
        pass


def photo(width: int = 60, height: int = 40, kind: str = "JPEG") -> bytes:
    """A picture that was taken with the camera on its side, and says where and by whom."""
    said = Image.Exif()
    said[0x0112], said[0x013B] = 6, "Marie Delcourt"
    said[0x8825] = {1: "N", 2: (52.0, 31.0, 19.0), 3: "E", 4: (13.0, 24.0, 47.0)}
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, kind, exif=said)
    return made.getvalue()


@cache
def pdf(pages: int = 1) -> bytes:
    """A document with so many empty pages, always the same."""
    document, made = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        document.new_page(595, 842)
    document.save(made)
    document.close()
    return made.getvalue()
