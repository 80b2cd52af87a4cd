"""A program of its own, started by `pictures`: a picture or PDF comes by stdin, small pictures go to stdout.

The only file that knows Pillow and PDFium, and only while it runs as that program. Whoever finds a hole in a decoder
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
    from PIL.ImageFile import ImageFile

MEMORY = 512 * 2**20  # bytes of addresses, Python and its libraries included
SECONDS = 6  # of processor time
OUTPUT = 2**20  # bytes that it may write to any file
PIXELS = 50_000_000  # a phone's best; a bomb says more before it is opened
SIDE = 20_000
SIZES = (96, 256)
SHOWN = 720  # pixels of a preview's longer side
POINT = 4.0  # pixels at most that a page's point (1/72 inch) becomes
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
    from PIL import Image

    with _opened(content) as image:
        image.draft("RGB", (SIZES[-1] * 2, SIZES[-1] * 2))  # a JPEG need not be decoded at its full size
        image.load()
        paper = _upright(_middle(image))
    return [_webp(paper.resize((size, size), Image.Resampling.LANCZOS)) for size in SIZES]


def preview(content: bytes) -> list[bytes]:
    """The whole picture, small, as WebP."""
    with _opened(content) as image:
        image.draft("RGB", (SHOWN * 2, SHOWN * 2))
        image.load()
        plain = _plain(image)
        plain.thumbnail((SHOWN, SHOWN), reducing_gap=2.0)
        return [_webp(_upright(plain.convert("RGBA")))]


def page(content: bytes) -> list[bytes]:
    """The first page of a PDF, as WebP."""
    import pypdfium2

    _prepare()
    first = pypdfium2.PdfDocument(content)[0]
    scale = min(POINT, SHOWN / max(first.get_size()))
    return [_webp(first.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))]


def _prepare() -> list[str]:
    """Load the decoders that are used, and no other ever; gives their formats."""
    from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    kinds = (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        GifImagePlugin.GifImageFile,
        WebPImagePlugin.WebPImageFile,
    )
    Image._initialized = 2
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return [kind.format for kind in kinds]


def _opened(content: bytes) -> "ImageFile":
    from PIL import Image

    image = Image.open(io.BytesIO(content), formats=_prepare())
    if max(image.size) > SIDE:
        raise Image.DecompressionBombError
    return image


def _plain(image: "Image") -> "Image":
    """In a mode that can be made smaller; its orientation is still as it was."""
    if image.mode.startswith("I"):  # sixteen bits of grey
        grey = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        grey.info["exif"] = image.info.get("exif", b"")
        return grey
    return image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGBA")


def _middle(image: "Image") -> "Image":
    """The largest square in the middle, small, with alpha; its orientation is still as it was."""
    side, most = min(image.size), SIZES[-1] * 2
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    if image.mode not in {"L", "RGB", "RGBA"} and not image.mode.startswith("I"):
        image, box = image.crop(box), (0, 0, side, side)
    return _plain(image).resize((most, most), box=box, reducing_gap=2.0).convert("RGBA")


def _upright(image: "Image") -> "Image":
    """Turned as its camera was held, on white paper."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    paper = Image.new("RGB", turned.size, "white")
    paper.paste(turned, mask=turned.getchannel("A"))
    return paper


def _webp(image: "Image") -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=82, method=4)
    return written.getvalue()


def main() -> int:
    """Limits first, then the picture; gives the exit code."""
    limit()
    make = {"squares": squares, "preview": preview, "page": page}[sys.argv[1]]
    try:
        made = make(sys.stdin.buffer.read())
    except Exception as error:
        return TOO_BIG if type(error).__name__ in BOMBS else UNREADABLE
    for one in made:
        sys.stdout.buffer.write(struct.pack(">I", len(one)) + one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
