"""A program of its own, started by `pictures`: reads a picture from stdin, writes squares of it to stdout.

The only file that knows Pillow, and only while it runs as that program. Whoever finds a hole in a decoder
is in a process that holds nothing but their own picture: no secrets in its environment, no more memory,
time and disk than is set here, before the first byte is read.
"""

import io
import resource
import struct
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY = 512 * 2**20  # bytes of addresses, Python and its libraries included
SECONDS = 6  # of processor time
OUTPUT = 2**20  # bytes that it may write to any file
PIXELS = 50_000_000  # a phone's best; a bomb says more before it is opened
SIDE = 20_000
SIZES = (96, 256)
UNREADABLE, TOO_BIG = 3, 4  # exit codes
BOMBS = {"DecompressionBombError", "DecompressionBombWarning", "MemoryError"}


def limit() -> None:
    """Take away from this process what it does not need, for good."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def squares(content: bytes) -> list[bytes]:
    """The middle of the picture as WebP, once for each of `SIZES`; nothing else of the file comes along."""
    from PIL import GifImagePlugin, Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    kinds = (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        GifImagePlugin.GifImageFile,
        WebPImagePlugin.WebPImageFile,
    )
    Image._initialized = 2  # no other decoder is ever loaded
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(content), formats=[kind.format for kind in kinds]) as image:
        if max(image.size) > SIDE:
            raise Image.DecompressionBombError
        image.draft("RGB", (SIZES[-1] * 2, SIZES[-1] * 2))  # a JPEG need not be decoded at its full size
        image.load()
        upright = ImageOps.exif_transpose(_middle(image))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return [_webp(paper.resize((size, size), Image.Resampling.LANCZOS)) for size in SIZES]


def _middle(image: "Image") -> "Image":
    """The largest square in the middle, small, with alpha; its orientation is still as it was."""
    side, most = min(image.size), SIZES[-1] * 2
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode not in {"L", "RGB", "RGBA"}:
        image, box = image.crop(box).convert("RGBA"), (0, 0, side, side)
    return image.resize((most, most), box=box, reducing_gap=2.0).convert("RGBA")


def _webp(image: "Image") -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=82, method=4)
    return written.getvalue()


def main() -> int:
    """Limits first, then the picture; gives the exit code."""
    limit()
    try:
        made = squares(sys.stdin.buffer.read())
    except Exception as error:
        return TOO_BIG if type(error).__name__ in BOMBS else UNREADABLE
    for one in made:
        sys.stdout.buffer.write(struct.pack(">I", len(one)) + one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
