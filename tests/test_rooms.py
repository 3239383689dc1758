"""The walls between the rooms: who may import what, and what nobody may call."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "inspector"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LIST_LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def modules(room: str) -> list[str]:
    """The names of all modules of a room."""
    folder = ROOT / Path(*room.split("."))
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def loaded_with(*names: str) -> set[str]:
    """The top-level packages that importing `names` brings into a fresh interpreter."""
    command = [sys.executable, "-c", LIST_LOADED, *names]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("room", "banned"),
    [
        ("inspector.callbacks", {"PySide6", "qasync", "aiohttp", "sqlite3", "_sqlite3"}),
        ("inspector.session", {"PySide6", "qasync", "aiohttp"}),
        ("inspector.capture", {"PySide6", "qasync"}),
        ("inspector.cli", {"PySide6", "qasync"}),
        ("inspector.__main__", {"PySide6", "qasync", "aiohttp", "sqlite3", "pydantic"}),
    ],
)
def test_a_room_brings_in_only_what_it_may(room: str, banned: set[str]) -> None:
    names = modules(room)
    assert names

    assert loaded_with(*names) & banned == set()


def test_these_tests_would_notice() -> None:
    loaded = loaded_with("PySide6.QtCore", "aiohttp", "sqlite3")

    assert {"PySide6", "aiohttp", "sqlite3", "_sqlite3"} <= loaded


def imports(source: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, with the names imported from it."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


ROOMS = {
    "callbacks": {"callbacks"},
    "session": {"session", "callbacks"},
    "capture": {"capture", "session", "callbacks", "runtime"},  # tasks are spawned through runtime's TaskScope
    "runtime": {"runtime"},
    "ui": {"ui", "session", "callbacks", "runtime"},
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_only_the_rooms_below_it(room: str) -> None:
    allowed = ROOMS[room]

    strangers = [
        (str(source.relative_to(ROOT)), name)
        for source in sorted((PACKAGE / room).rglob("*.py"))
        for name in imports(source)
        if name.startswith("inspector.")
        and name.split(".")[1] in {folder.name for folder in PACKAGE.iterdir() if folder.is_dir()}
        and name.split(".")[1] not in allowed
    ]

    assert strangers == []


def test_the_window_never_imports_the_capture() -> None:
    found = [str(source) for source in (PACKAGE / "ui").rglob("*.py") for name in imports(source) if "capture" in name]

    assert found == []


def code_words(source: Path) -> str:
    """The code of a file, token by token, without comments and texts."""
    with tokenize.open(source) as file:
        tokens = tokenize.generate_tokens(io.StringIO(file.read()).readline)
        words = [token.string for token in tokens if token.type not in (tokenize.COMMENT, tokenize.STRING)]
    return " ".join(words)


def test_one_file_knows_qasync_and_only_the_composition_root_knows_that_file() -> None:
    knowing = [source for source in SOURCES if re.search(r"\bqasync\b", code_words(source))]
    using = [source for source in SOURCES if any("window_loop" in name for name in imports(source))]

    assert knowing == [PACKAGE / "runtime" / "window_loop.py"]
    assert using == [PACKAGE / "app.py"]


@pytest.mark.parametrize("banned", [r"\. exec_? \(", r"\bprocessEvents\b", r"\basyncClose\b", r"\basyncSlot\b"])
def test_no_loop_runs_inside_another(banned: str) -> None:
    found = [str(source.relative_to(ROOT)) for source in SOURCES if re.search(banned, code_words(source))]

    assert found == []


def spawns(source: Path) -> Iterator[int]:
    """The lines that make a task of their own, other than in an asyncio.TaskGroup, which owns its tasks."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    groups = {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name) and ast.unparse(item.context_expr).endswith("TaskGroup()")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("create_task", "ensure_future"):
            if not (isinstance(node.value, ast.Name) and node.value.id in groups):
                yield node.lineno
        elif isinstance(node, ast.Name) and node.id in ("create_task", "ensure_future"):
            yield node.lineno


def test_every_task_has_an_owner() -> None:
    found = {str(source.relative_to(PACKAGE)): list(spawns(source)) for source in SOURCES}

    assert {name: lines for name, lines in found.items() if lines}.keys() == {str(Path("runtime") / "tasks.py")}


def test_every_room_says_what_it_is_for() -> None:
    for source in PACKAGE.rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
        assert source.parent == PACKAGE or text, source
