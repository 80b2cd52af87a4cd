"""Copies what browsers get from other projects into the repository, and writes down where it is from.

Run by `python -m tools.vendor` after a version was changed in package.json and package-lock.json
(`npm install --package-lock-only`). Running Comptoir needs no Node; tests/test_vendor.py holds the
files to static/vendor/vendor.json without a network.
"""

import hashlib
import importlib
import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tools import emoji

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "static/vendor/vendor.json"
SPRITE = "static/vendor/lucide/icons.svg"
SVG = "http://www.w3.org/2000/svg"

# package -> its file -> ours
FILES: dict[str, dict[str, str]] = {
    "htmx.org": {
        "dist/htmx.min.js": "static/vendor/htmx/htmx.min.js",
        "dist/ext/hx-ws.min.js": "static/vendor/htmx/hx-ws.min.js",
        "LICENSE": "static/vendor/htmx/LICENSE",
    },
    "@fontsource-variable/inter": {
        "files/inter-latin-ext-wght-normal.woff2": "static/vendor/inter/inter-latin-ext.woff2",
        "LICENSE": "static/vendor/inter/LICENSE",
    },
    "lucide-static": {
        "LICENSE": "static/vendor/lucide/LICENSE",
    },
    "emojibase-data": {
        "LICENSE": "static/vendor/emojibase/LICENSE",
    },
    "dejavu-fonts-ttf": {
        "ttf/DejaVuSans.ttf": "static/vendor/dejavu/DejaVuSans.ttf",
        "LICENSE": "static/vendor/dejavu/LICENSE",
    },
    "axe-core": {
        "axe.min.js": "tests/vendor/axe.min.js",
        "LICENSE": "tests/vendor/LICENSE",
        "LICENSE-3RD-PARTY.txt": "tests/vendor/LICENSE-3RD-PARTY.txt",
    },
}

ICONS = """
    a-large-small archive archive-restore arrow-down arrow-left at-sign bell bell-off bold building-2 check
    check-check chevron-right circle-alert clock code coffee command copy crown door-open download ellipsis file
    file-text flag funnel globe hand hash history hourglass house image inbox italic key-round keyboard lightbulb
    link list list-checks list-ordered lock log-out mail megaphone message-circle messages-square monitor
    panel-right paperclip paw-print pencil pin pin-off plane plus quote refresh-cw reply search send settings
    smartphone smile square-code tag trash-2 triangle-alert trophy user user-minus user-plus user-x users wifi-off x
""".split()

FEATURES = "kern liga calt ccmp locl mark mkmk tnum cv11 ss03"

# What is not copied but made: ours -> its package, and what makes it of the package's folder
MADE: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    SPRITE: ("lucide-static", lambda package: _sprite(package / "icons").encode()),
    "static/vendor/inter/inter-latin.woff2": (
        "@fontsource-variable/inter",
        lambda package: _lean(package / "files/inter-latin-wght-normal.woff2"),
    ),
    **{
        f"static/vendor/emojibase/{language}.json": ("emojibase-data", partial(emoji.picker, language))
        for language in emoji.LANGUAGES
    },
}


def main() -> None:
    """Install as locked into a temporary place, copy, make what is made, record."""
    with tempfile.TemporaryDirectory() as place:
        packages = _installed(Path(place))
        _empty()
        for package, files in FILES.items():
            for theirs, ours in files.items():
                _copy(packages / package / theirs, ROOT / ours)
        for made, (package, make) in MADE.items():
            (ROOT / made).write_bytes(make(packages / package))
        record = {"packages": [_record(packages, package) for package in FILES]}
    RECORD.write_text(json.dumps(record, indent=2) + "\n")
    print(f"{len(FILES)} packages, {len(ICONS)} icons -> {RECORD.relative_to(ROOT)}")


def _installed(place: Path) -> Path:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, place)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=place, check=True)
    return place / "node_modules"


def _empty() -> None:
    """What is no longer listed must not stay."""
    for folder in ("static/vendor", "tests/vendor"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _sprite(icons: Path) -> str:
    """One file of `<symbol>`s without colour or stroke: they inherit those of the `<svg>` that uses one."""
    symbols = "\n".join(_symbol(icons, name) for name in sorted(ICONS))
    return f'<svg xmlns="{SVG}">\n{symbols}\n</svg>\n'


def _symbol(icons: Path, name: str) -> str:
    drawing = ElementTree.parse(icons / f"{name}.svg").getroot()
    shapes = "".join(_shape(shape) for shape in drawing)
    return f'<symbol id="{name}" viewBox="{drawing.attrib["viewBox"]}">{shapes}</symbol>'


def _shape(shape: ElementTree.Element) -> str:
    tag = shape.tag.removeprefix(f"{{{SVG}}}")
    attributes = "".join(f' {name}="{value}"' for name, value in shape.attrib.items())
    return f"<{tag}{attributes}/>"


def _lean(font: Path) -> bytes:
    """The font every page loads, with those of its features that our styles ask for: a tenth less."""
    subset = importlib.import_module("fontTools.subset")
    options = subset.Options(flavor="woff2", layout_features=FEATURES.split())
    loaded = subset.load_font(str(font), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=loaded.getBestCmap())
    chosen.subset(loaded)
    out = io.BytesIO()
    loaded.flavor = "woff2"
    loaded.save(out)
    return out.getvalue()


def _record(packages: Path, package: str) -> dict[str, Any]:
    about = json.loads((packages / package / "package.json").read_text())
    ours = [*FILES[package].values(), *(made for made, (origin, _) in MADE.items() if origin == package)]
    return {
        "name": package,
        "version": about["version"],
        "licence": about["license"],
        "files": [{"path": path, "sha256": sha256(ROOT / path)} for path in sorted(ours)],
    }


def sha256(path: Path) -> str:
    """Of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
