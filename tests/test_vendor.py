"""What came from other projects is what static/vendor/vendor.json says, byte for byte; no network needed."""

import json
import tomllib
from xml.etree import ElementTree

from tools.vendor import FILES, ICONS, RECORD, ROOT, SPRITE, sha256

PACKAGES = json.loads(RECORD.read_text())["packages"]
RECORDED = {file["path"]: file["sha256"] for package in PACKAGES for file in package["files"]}


def test_every_vendored_file_is_as_recorded() -> None:
    assert {path: sha256(ROOT / path) for path in RECORDED} == RECORDED


def test_nothing_lies_in_the_vendor_folders_unrecorded() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("static/vendor", "tests/vendor")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path != RECORD
    }
    assert found == set(RECORDED)


def test_versions_are_those_of_the_package_and_of_its_lock() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    recorded = {package["name"]: package["version"] for package in PACKAGES}
    assert recorded == wanted
    assert recorded == {name: locked[f"node_modules/{name}"]["version"] for name in FILES}


def test_every_package_comes_with_its_licence() -> None:
    for package in PACKAGES:
        assert package["licence"]
        assert any(file["path"].endswith("/LICENSE") for file in package["files"]), package["name"]


def test_the_lock_tells_no_download_address() -> None:
    """Whoever installs uses the registry of their own settings, and hashes say what is right."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert "integrity" in package or not name


def test_the_sprite_has_every_icon_and_leaves_colour_to_the_page() -> None:
    symbols = list(ElementTree.parse(ROOT / SPRITE).getroot())
    assert [symbol.get("id") for symbol in symbols] == sorted(ICONS)
    assert {symbol.get("viewBox") for symbol in symbols} == {"0 0 24 24"}
    assert not any(attribute.startswith("stroke") for symbol in symbols for attribute in symbol.attrib)


def test_a_wheel_asks_for_what_the_lock_was_made_from() -> None:
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == [line for line in lines if line]
