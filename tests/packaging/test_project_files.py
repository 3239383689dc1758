import configparser
import re
import shutil
import struct
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import inspector

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
TOP_LEVEL = {
    *("inspector", "resources", "tests"),
    *("CHANGELOG.md", "LICENSE", "README.md", "inspector.spec", "pyproject.toml", "uv.lock"),
}


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "inspector/__init__.py"
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    assert versions[0] == inspector.__version__


def test_the_spec_compiles() -> None:
    spec = ROOT / "inspector.spec"
    compile(spec.read_text(encoding="utf-8"), spec, "exec")


@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("git") is None, reason="no git checkout")
def test_the_top_level_holds_only_what_belongs_there() -> None:
    # A checkout that belongs to another user is refused by git unless it is told that it is meant.
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {name.partition("/")[0] for name in listed.split("\0") if name}
    assert {name for name in names - TOP_LEVEL if not name.startswith(".")} == set()


def test_the_desktop_knows_the_program_and_its_files() -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # keys are case-sensitive
    parser.read(RESOURCES / "callback-inspector.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Type"] == "Application"
    assert entry["Name"] == "Callback Inspector"
    assert entry["Exec"] == "inspector %f"
    assert entry["Icon"] == "callback-inspector"
    assert entry["Terminal"] == "false"
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = ET.parse(RESOURCES / "callback-inspector.mime.xml").getroot().find("m:mime-type", space)  # noqa: S314 - ours
    assert kind is not None
    assert entry["MimeType"] == f"{kind.get('type')};"
    assert [glob.get("pattern") for glob in kind.findall("m:glob", space)] == ["*.inspector"]


def test_the_desktop_file_is_valid() -> None:
    program = shutil.which("desktop-file-validate")
    if program is None:
        pytest.skip("desktop-file-validate is not installed")
    command = [program, str(RESOURCES / "callback-inspector.desktop")]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


def test_the_icons_have_the_sizes_that_desktops_ask_for() -> None:
    assert _png_size((RESOURCES / "icon.png").read_bytes()) == 256

    ico = (RESOURCES / "icon.ico").read_bytes()
    count = struct.unpack_from("<HHH", ico)[2]
    entries = [struct.unpack_from("<BBBBHHII", ico, 6 + 16 * index) for index in range(count)]
    assert [_png_size(ico[offset : offset + length]) for *_, length, offset in entries] == [16, 32, 48, 256]

    icns = (RESOURCES / "icon.icns").read_bytes()
    assert icns[:4] == b"icns"
    assert struct.unpack_from(">I", icns, 4)[0] == len(icns)
    sizes = {}
    position = 8
    while position < len(icns):
        kind, length = struct.unpack_from(">4sI", icns, position)
        sizes[kind] = _png_size(icns[position + 8 : position + length])
        position += length
    assert sizes.items() >= {b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}.items()


def _png_size(data: bytes) -> int:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack_from(">II", data, 16)
    assert width == height
    return int(width)
