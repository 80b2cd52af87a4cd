"""Pictures that people send: decoded by a program with limits, and nothing of the file but its face is kept."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from portal.kernel import decoder, pictures
from portal.kernel.errors import Refusal
from tests import faces


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("shape", [(300, 200), (20, 900), (1, 1)])
def test_four_kinds_become_squares(kind: str, shape: tuple[int, int]) -> None:
    made = {size: _opened(square) for size, square in pictures.squares(faces.image(kind, *shape)).items()}
    assert {size: one.size for size, one in made.items()} == {"small": (96, 96), "large": (256, 256)}
    for one in made.values():
        assert one.format == "WEBP"
        assert _near(one.getpixel((10, 10)), (0, 128, 128))


def test_the_middle_is_kept_upright_and_where_it_was_taken_is_not() -> None:
    """A phone's photo lies on its side, and its file says where its owner lives."""
    sent = Image.new("RGB", (800, 400), "teal")
    sent.paste("white", (0, 0, 150, 400))  # beside the middle
    sent.paste("red", (200, 0, 400, 400))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0)}
    exif[0x010E] = "heron"
    written = io.BytesIO()
    sent.save(written, "JPEG", exif=exif, comment=b"heron")
    assert b"heron" in written.getvalue()
    for square in pictures.squares(written.getvalue()).values():
        made = _opened(square)
        assert _near(made.getpixel((made.width // 2, made.height // 4)), (255, 0, 0)), "what was left is on top"
        assert _near(made.getpixel((made.width // 2, made.height * 3 // 4)), (0, 128, 128))
        assert not made.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & made.info.keys()
        assert b"heron" not in square


def test_of_what_moves_the_first_moment_is_kept() -> None:
    written = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(
        written, "GIF", save_all=True, append_images=[Image.new("RGB", (50, 50), "blue")], duration=100
    )
    made = _opened(pictures.squares(written.getvalue())["small"])
    assert _near(made.getpixel((40, 40)), (255, 0, 0))
    assert getattr(made, "n_frames", 1) == 1


def test_what_one_can_see_through_is_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(written, "PNG")
    assert _near(_opened(pictures.squares(written.getvalue())["small"]).getpixel((40, 40)), (255, 255, 255))


HOSTILE = {
    "nothing": b"",
    "no picture": b"hello" * 100,
    "drawn": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page": b"<!doctype html><script>alert(1)</script>",
    "polyglot": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "truncated": faces.image("PNG", 900, 900)[:-60],
    "truncated photo": faces.image("JPEG", 900, 900)[:900],
    "head alone": b"\x89PNG\r\n\x1a\n",
    "web head alone": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "other kind": faces.image("BMP"),
    "tiff": faces.image("TIFF"),
    "blp": b"BLP2" + (1).to_bytes(4, "little") + bytes([1, 8, 8, 0]) + (30000).to_bytes(4, "little") * 2 + bytes(260),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n",
    "bomb": faces.bomb(20_000, 4_000),
    "wide bomb": faces.bomb(100_000, 10),
    "too many bytes": faces.image("PNG") + bytes(pictures.BYTES),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_in_time(name: str) -> None:
    begun = _worked()
    with pytest.raises(Refusal) as refused:
        pictures.squares(HOSTILE[name])
    wanted = {"bomb": "picture_pixels", "wide bomb": "picture_pixels", "too many bytes": "picture_too_large"}
    assert refused.value.code == wanted.get(name, "bad_picture")
    assert refused.value.status == (413 if name == "too many bytes" else 422)
    assert _worked() - begun < decoder.SECONDS - 1, "its limit did not have to end it"


def _worked() -> float:
    """Seconds of work, also of what was started and has ended, however busy the machine is."""
    return sum(os.times()[:4])


def test_what_a_picture_sends_after_its_end_does_not_come_along() -> None:
    sent = faces.image("PNG") + b"<script>alert(1)</script>"
    assert all(b"script" not in square for square in pictures.squares(sent).values())


def test_the_decoder_has_limits_and_nothing_of_ours() -> None:
    """It takes its own rights away before it reads a byte, whatever comes."""
    asked = (
        "import os, resource as r; from portal.kernel import decoder; decoder.limit();"
        "print([r.getrlimit(w) for w in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NPROC)])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    limits = [decoder.MEMORY, decoder.SECONDS, decoder.OUTPUT, 0]
    assert done.stdout.strip() == str([(most, most) for most in limits])


def test_memory_time_and_output_end_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hole in a decoder, in effect: code that does what it likes."""
    evil = {
        "memory": "held = bytearray(2**30)",
        "time": "while True: pass",
        "sleep": "import time; time.sleep(600)",
        "output": "while True: sys.stdout.buffer.write(bytes(2**20)); sys.stdout.flush()",
        "lies": "sys.stdout.buffer.write(b'\\0\\0\\0\\x08<script>'); sys.exit(0)",
        "length": "sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xffRIFF0000WEBP'); sys.exit(0)",
    }
    monkeypatch.setattr(pictures, "PATIENCE", 1.5)
    source = Path(decoder.__file__).read_text()
    for name, deed in evil.items():
        program = tmp_path / f"{name}.py"
        program.write_text(source.replace("made = make(", f"exec({deed!r}); made = make("))
        monkeypatch.setattr(decoder, "__file__", str(program))
        begun = time.monotonic()
        with pytest.raises(Refusal):
            pictures.squares(faces.image())
        assert time.monotonic() - begun < 60, name  # else they would last for ten minutes, or for ever


def test_it_knows_neither_secrets_nor_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}
    run = subprocess.run

    def watched(command: list[str], **how: object) -> object:
        asked.update(how, command=command)
        return run(command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watched)
    monkeypatch.setenv("COMPTOIR_SECRET_KEY", "heron")
    pictures.squares(faces.image())
    assert (asked["env"], asked["cwd"], asked["start_new_session"]) == ({}, "/", True)
    assert "-I" in asked["command"]  # type: ignore[operator]


def test_so_many_at_once_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.05)
    with pictures._turn(), pictures._turn(), pytest.raises(Refusal) as refused:
        pictures.squares(faces.image())
    assert refused.value.status == 503
    monkeypatch.setattr(pictures, "PATIENCE", 10.0)
    assert pictures.squares(faces.image())


def test_the_web_process_never_loads_an_image_library(tmp_path: Path) -> None:
    """A hole in a decoder would be a hole in the process that holds everybody's messages."""
    asked = (
        "import sys; from portal import create_app; from portal.kernel import pictures;"
        f"create_app(); pictures.squares({faces.DOT!r}); print('PIL' in sys.modules)"
    )
    environment = os.environ | {"COMPTOIR_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "False"


def _opened(square: bytes) -> Image.Image:
    return Image.open(io.BytesIO(square))


def _near(one: object, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]
