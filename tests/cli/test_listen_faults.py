"""`inspector listen` while its file cannot be written: one line says so, nothing is lost, another says it is over."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspector.session.reader import SessionReader
from tests.capture.wire import make_body
from tests.cli.post import post
from tests.cli.program import Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows moves and deletes no file that is open")


def ids_in(path: Path) -> list[str | None]:
    with SessionReader(path) as reader:
        return [callback.message_id for callback in reader.callbacks()]


def large(name: str) -> bytes:
    return make_body(id=name, body=(name * 9000)[:9000])


def refused_then_written(program: Program, path: Path, fault: Callable[[], object], mend: Callable[[], object]) -> None:
    port = program.port()
    assert post(port, large("before")) == [200]
    assert program.event("callback")["message_id"] == "before"
    fault()
    assert post(port, large("m1"), large("m2")) == [503, 503]
    mend()
    # By itself, within a second or so: nobody sends anything.
    assert [program.event("callback")["message_id"] for _ in range(2)] == ["m1", "m2"]
    assert post(port, large("after")) == [200]
    program.interrupt()
    assert program.end() == 0
    first, last = program.errors.splitlines()
    assert first.startswith("inspector: callbacks are answered 503: ")
    assert last == (
        "inspector: The session can be written again: 2 callbacks are in the session now that were answered 503."
    )
    assert ids_in(path) == ["before", "m1", "m2", "after"]
    with SessionReader(path) as reader:
        assert [callback.reply["status"] for callback in reader.callbacks()] == [200, 503, 503, 200]


def listening(folder: Path, path: Path) -> Program:
    return Program(folder, "listen", "--json", "--port", "0", "--session", str(path))


def test_the_file_is_moved_away_and_put_back(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "a.inspector", tmp_path / "b.inspector"
    with listening(tmp_path, path) as program:
        refused_then_written(program, path, lambda: path.rename(elsewhere), lambda: elsewhere.rename(path))
        assert "was moved or deleted" in program.errors


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set with prlimit")
def test_no_file_may_grow(tmp_path: Path) -> None:
    """As with a quota: the system refuses every write that would make a file longer."""
    import resource

    path = tmp_path / "a.inspector"
    with listening(tmp_path, path) as program:

        def limit(size: int) -> None:
            resource.prlimit(program._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        def fault() -> None:
            limit(path.with_name(f"{path.name}-wal").stat().st_size)

        refused_then_written(program, path, fault, lambda: limit(resource.RLIM_INFINITY))
        assert "cannot be written" in program.errors


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 2 MB."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a file system can be mounted by root on Linux only")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_the_disk_is_full(tmp_path: Path, small_disk: Path) -> None:
    path, filler = small_disk / "a.inspector", small_disk / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            for size in (65536, 4096):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    with listening(tmp_path, path) as program:
        refused_then_written(program, path, fill, filler.unlink)
        assert "the disk is full. Free some space" in program.errors


class Meddling:
    """Lets every write of a running process fail, as on a file system that became read-only, or a broken disk."""

    def __init__(self, process: int, error: str) -> None:
        self._command = ["strace", "-f", "-o", os.devnull, "-e", f"inject=pwrite64:error={error}", "-p", str(process)]
        self._strace: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self._strace = subprocess.Popen(self._command, stderr=subprocess.PIPE)
        assert self._strace.stderr is not None
        line = self._strace.stderr.readline()
        if b"attached" not in line:
            self.end()
            pytest.skip("processes may not be traced here")

    def end(self) -> None:
        if self._strace is not None:
            self._strace.terminate()
            self._strace.communicate(timeout=30)
            self._strace = None


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("error", ["EROFS", "EIO"])
def test_the_file_system_becomes_read_only_or_breaks(tmp_path: Path, error: str) -> None:
    path = tmp_path / "a.inspector"
    with listening(tmp_path, path) as program:
        meddling = Meddling(program._process.pid, error)
        try:
            refused_then_written(program, path, meddling.begin, meddling.end)
        finally:
            meddling.end()
        assert "cannot be written: the disk reports an error" in program.errors


def test_what_could_not_be_written_at_the_end_is_told_and_what_could_is_exported(tmp_path: Path) -> None:
    path, export = tmp_path / "a.inspector", tmp_path / "a.jsonl"
    with Program(
        tmp_path, "listen", "--json", "--port", "0", "--session", str(path), "--export", str(export)
    ) as program:
        port = program.port()
        assert post(port, large("before")) == [200]
        path.unlink()
        assert post(port, large("m1")) == [503]
        program.interrupt()
        assert program.end() == 2
        _, lost, ended = program.errors.splitlines()
    assert lost.startswith("inspector: 1 callback that was answered 503 could not be written")
    assert "was moved or deleted" in ended
    assert not path.exists()
    assert len(export.read_text(encoding="utf-8").splitlines()) >= 1
