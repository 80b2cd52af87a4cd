"""Files of some kilobytes that become gigabytes, or hours, for who unpacks them: of each kind that is looked at."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache, partial

from PIL import Image

from tests.faces import DOT, image

MB = 2**20
PLENTY = 49_000_000  # pixels: just what is still let in
SIDE = 7000  # of a square of so many
Made = dict[str, bytes]


def all_of_them() -> Made:
    """{name: content}; each is refused, or its first moment is shown, and none takes long."""
    made = {name: make() for name, make in (*_pngs(), *_frames(), *_pdfs(), *_zips())}
    return made | {"claims.jpg": _resized(image("JPEG"), 65_000), "cut.jpg": _resized(image("JPEG"), SIDE)}


def slow_ones() -> Made:
    """Those that would take hours: they end with the decoder's time or memory."""
    grey, made = Image.new("L", (4000, 4000)), io.BytesIO()
    grey.save(made, "JPEG", progressive=True)
    whole = made.getvalue()
    last = whole.rindex(b"\xff\xda")
    scans = whole[:last] + whole[last:-2] * 3000 + whole[-2:]
    return {"scans.jpg": scans, "laughs.pdf": _laughs()}


def _pngs() -> Iterator[tuple[str, partial[bytes]]]:
    zeros = zlib.compress(bytes(64 * MB), 1)
    under = zlib.compress(bytes(MB - 1), 9)
    texts = {
        "one.png": _chunk(b"zTXt", b"a\0\0" + zeros), "many.png": _chunk(b"zTXt", b"a\0\0" + under) * 2000,
        "unicode.png": _chunk(b"iTXt", b"a\0\1\0\0\0" + zeros), "profile.png": _chunk(b"iCCP", b"a\0\0" + zeros),
    }  # fmt: skip
    for name, text in texts.items():
        yield name, partial(_png, 9, 9, bytes(20 * 9), text)
    yield "claims.png", partial(_png, 2**31 - 1, 2**31 - 1, b"")
    yield "large.png", partial(_png, SIDE, SIDE, bytes((1 + (SIDE + 7) // 8) * SIDE))
    yield "more.png", partial(_png, 9, 9, bytes(256 * MB))


def _png(width: int, height: int, rows: bytes, more: bytes = b"") -> bytes:
    """One bit a pixel, all black."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _frames() -> Iterator[tuple[str, partial[bytes]]]:
    yield "frames.gif", partial(_gif, 1, 20_000)
    yield "canvas.gif", partial(_gif, 65_535, 20_000)
    yield "large.gif", partial(_gif, SIDE, 20_000)
    yield "frames.webp", partial(_webp, 1, 20_000)
    yield "canvas.webp", partial(_webp, 16_384, 20_000)
    yield "large.webp", partial(_webp, SIDE, 20_000)


def _gif(side: int, frames: int) -> bytes:
    """A picture that moves, each frame a pixel on a square of `side`."""
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(3) + b"\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\1\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def _webp(side: int, frames: int) -> bytes:
    def size(number: int) -> bytes:
        return struct.pack("<I", number)[:3]

    frame = size(0) * 2 + size(0) * 2 + size(1) + b"\0" + DOT[12:]
    moving = b"ANIM" + struct.pack("<IIH", 6, 0, 0) + (b"ANMF" + struct.pack("<I", len(frame)) + frame) * frames
    inside = b"WEBPVP8X" + struct.pack("<IB3x", 10, 2) + size(side - 1) * 2 + moving
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def _resized(jpeg: bytes, side: int) -> bytes:
    """The same JPEG, which says that it is a square of `side`."""
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", side, side) + jpeg[place + 4 :]


_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_LEAF = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>"


def _pdfs() -> Iterator[tuple[str, partial[bytes]]]:
    page = _LEAF[:-2] + b"/Contents 4 0 R>>"
    twice = zlib.compress(zlib.compress(b"q " * (32 * MB), 1), 9)
    stacked = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (len(twice), twice)
    yield "stack.pdf", partial(_pdf, [_PAGES, page, _stream(b"q " * (32 * MB))])
    yield "twice.pdf", partial(_pdf, [_PAGES, page, stacked])
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 10_003))
    yield "pages.pdf", partial(_pdf, [b"<</Type/Pages/Kids[%b]/Count 10000>>" % kids, *[_LEAF] * 10_000])
    deep = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (one + 1, one - 1) for one in range(2, 10_002)]
    yield "deep.pdf", partial(_pdf, [*deep, _LEAF])
    yield "round.pdf", partial(_pdf, [b"<</Type/Pages/Kids[2 0 R]/Count 9/Parent 2 0 R>>"])
    yield "nested.pdf", partial(_pdf, [b"[" * 200_000, _LEAF])
    drawn = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    shows = page[:-2] + b"/Resources<</XObject<</I 5 0 R>>>>>>"
    picture = [_PAGES, shows, _stream(b"300 0 0 300 0 0 cm /I Do"), _stream(bytes(64 * MB), drawn.decode())]
    yield "image.pdf", partial(_pdf, picture)
    yield "wide.pdf", partial(_pdf, [_PAGES, page.replace(b"0 0 300 300", b"0 0 1e9 1"), _stream(b"")])


def _laughs() -> bytes:
    """A page that draws a form thirty times, which draws another thirty times, and so on, ten of them."""
    form, named = "/Type/XObject/Subtype/Form/BBox[0 0 300 300]", "/Resources<</XObject<</L{0} {0} 0 R>>>>"
    page = _LEAF[:-2] + b"/Contents 4 0 R" + named.format(5).encode() + b">>"
    forms = [_stream(b"/L%d Do " % one * 30, form + named.format(one)) for one in range(6, 16)]
    return _pdf([_PAGES, page, _stream(b"/L5 Do "), *forms, _stream(b"0 0 9 9 re f ", form)])


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content, 1)
    said = b"<</Filter/FlateDecode/Length %d%b>>" % (len(packed), more.encode())
    return said + b"stream\n" + packed + b"\nendstream"


def _pdf(objects: list[bytes]) -> bytes:
    """A document of these objects, from the second on: the first is its catalogue, the second its pages."""
    made, places = io.BytesIO(), []
    made.write(b"%PDF-1.7\n")
    for number, content in enumerate([b"<</Type/Catalog/Pages 2 0 R>>", *objects], 1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start))
    return made.getvalue()


@cache
def archive() -> bytes:
    """A ZIP of 128 MB of zeros, a thousand times over."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.writestr("word/document.xml", bytes(128 * MB))
        inner = zlib.compress(bytes(MB), 1)
        for number in range(1000):
            zipped.writestr(f"word/media/{number}.bin", inner)
    return made.getvalue()


def _zips() -> Iterator[tuple[str, partial[bytes]]]:
    for name in ("bomb.zip", "bomb.docx", "bomb.xlsx", "bomb.odt", "bomb.png", "bomb.pdf"):
        yield name, partial(archive)
