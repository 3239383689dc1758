import asyncio
import faulthandler
import gc
import logging
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType

from inspector.runtime import errors
from inspector.runtime.errors import ErrorSink, install_error_sink, qt_message_handler

Install = Callable[..., ErrorSink]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    sinks: list[ErrorSink] = []

    def make(on_error: Callable[[str], None] | None = None, folder: Path = tmp_path / "log") -> ErrorSink:
        sinks.append(install_error_sink(folder, on_error))
        return sinks[-1]

    yield make
    for sink in reversed(sinks):
        sink.close()


def _raised(text: str = "no good") -> ValueError:
    """An exception with a traceback."""
    with pytest.raises(ValueError, match=text[:10]) as info:
        raise ValueError(text)
    return info.value


def _logged(sink: ErrorSink) -> str:
    return sink.log_path.read_text(encoding="utf-8")


def test_an_uncaught_exception_is_logged_and_told_but_not_printed(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    sink = install(told.append)
    error = _raised("no\ngood")
    sys.excepthook(type(error), error, error.__traceback__)
    assert "Traceback" in _logged(sink)
    assert told == ["Unexpected error: ValueError: no good"]
    assert capsys.readouterr() == ("", "")


def test_an_interrupt_from_the_keyboard_is_no_error(install: Install) -> None:
    told: list[str] = []
    sink = install(told.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not told
    assert not sink.log_path.exists()


def test_a_threads_exception_names_the_thread(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    sink = install(told.append)

    def fail() -> None:
        raise ValueError("no good")

    thread = threading.Thread(target=fail, name="reader")
    thread.start()
    thread.join()
    assert told == ["Unexpected error in reader: ValueError: no good"]
    assert "Traceback" in _logged(sink)
    assert capsys.readouterr() == ("", "")


def test_an_error_in_a_destructor_is_only_logged(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    sink = install(told.append)

    class Broken:
        def __del__(self) -> None:
            raise ValueError("no good")

    Broken()
    gc.collect()
    assert "ValueError: no good" in _logged(sink)
    assert not told
    assert capsys.readouterr() == ("", "")


def test_the_loops_errors_are_logged_and_told(install: Install) -> None:
    told: list[str] = []
    sink = install(told.append)

    def fail() -> None:
        raise ValueError("no good")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(sink.handle_loop_exception)
        loop.call_soon(fail)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        loop.call_exception_handler({"message": "socket left open", "transport": "t1"})

    asyncio.run(main())
    [line] = told
    assert line.endswith("ValueError: no good")
    assert "Traceback" in _logged(sink)
    assert "socket left open {'transport': 't1'}" in _logged(sink)


def test_telling_may_fail_without_harm(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    def on_error(text: str) -> None:
        raise RuntimeError("the window is gone")

    sink = install(on_error)
    sink.report(_raised(), "replay 7")
    assert "the window is gone" in _logged(sink)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["aiohttp.server", "asyncio", "qasync", "somebody.else"])
def test_what_libraries_log_goes_to_the_file(install: Install, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    sink = install()
    logging.getLogger(name).error("bad request")
    assert f"ERROR {name}: bad request" in _logged(sink)
    assert capsys.readouterr() == ("", "")


def test_warnings_go_to_the_file(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    sink = install()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)  # catch_warnings has put Python's own printing back
        logging.captureWarnings(capture=True)
        warnings.warn("old fashioned", UserWarning, stacklevel=1)
    assert "old fashioned" in _logged(sink)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("mode", "level"),
    [
        (QtMsgType.QtInfoMsg, "INFO"),
        (QtMsgType.QtWarningMsg, "WARNING"),
        (QtMsgType.QtCriticalMsg, "ERROR"),
        (QtMsgType.QtFatalMsg, "CRITICAL"),
    ],
)
def test_qts_messages_are_logged_and_only_its_last_words_printed(
    install: Install, mode: QtMsgType, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sink = install()
    logging.getLogger("qt").setLevel(logging.INFO)
    qt_message_handler(mode, None, "could not\nconnect")
    logging.getLogger("qt").setLevel(logging.NOTSET)
    assert f"{level} qt: could not" in _logged(sink)
    last_words = "inspector: could not connect\n" if mode == QtMsgType.QtFatalMsg else ""
    assert capsys.readouterr() == ("", last_words)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_the_logs(install: Install) -> None:
    sink = install()
    sink.report(_raised(), "replay 7")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (sink.log_path, sink.crash_path, sink.log_path.parent)]
    assert modes == [0o600, 0o600, 0o700]


def test_what_breaks_all_the_time_is_logged_and_told_once_in_a_while(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sink = install(told.append)
    for number in range(2000):
        sink.report(_raised(f"no good {number}"), "the table")
    sink.report(KeyError("another"), "the table")
    assert told == ["the table: ValueError: no good 0", "the table: KeyError: 'another'"]
    assert _logged(sink).count("Traceback") == 1
    monkeypatch.setattr(errors, "_SAME_AGAIN", 0.0)
    sink.report(_raised("no good at last"), "the table")
    assert "the table (1,999 more since the last time)" in _logged(sink)
    assert told[2:] == ["the table: ValueError: no good at last"]


def test_the_log_stays_small(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "_SAME_AGAIN", 0.0)
    sink = install()
    for _ in range(50):
        sink.report(_raised("x" * 100_000), "flood")
    sizes = {path.name: path.stat().st_size for path in sink.log_path.parent.glob("inspector.log*")}
    assert set(sizes) == {"inspector.log", "inspector.log.1", "inspector.log.2"}
    assert max(sizes.values()) <= 1_000_000


def test_a_folder_that_cannot_be_written_stops_nothing(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    (tmp_path / "file").touch()
    sink = install(told.append, tmp_path / "file" / "log")
    sink.report(_raised(), "replay 7")
    assert told == ["replay 7: ValueError: no good"]
    assert capsys.readouterr() == ("", "")


def test_closing_gives_every_hook_back(install: Install) -> None:
    def state() -> list[object]:
        root, own = logging.getLogger(), logging.getLogger("inspector")
        hooks = [sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning]
        return [*hooks, *root.handlers, own.level, faulthandler.is_enabled()]

    before = state()
    sink = install()
    assert not any(now is then for now, then in zip(state()[:4], before[:4], strict=True))
    sink.close()
    sink.close()
    assert state() == before


CRASH = """
import faulthandler, sys
from pathlib import Path
from inspector.runtime.errors import install_error_sink
install_error_sink(Path(sys.argv[1]), None)
faulthandler._sigabrt()
"""


def test_a_crash_of_the_interpreter_is_recorded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert (done.stdout, done.stderr) == ("", "")
    assert "Fatal Python error: Aborted" in (tmp_path / "crash.log").read_text(encoding="utf-8")


def test_the_sink_needs_no_qt() -> None:
    program = f"import sys, {errors.__name__}; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0


def test_what_is_quoted_in_the_log_neither_forges_records_nor_steers_a_terminal(install: Install) -> None:
    sink = install()
    forged = "2026-01-01 00:00:00,000 ERROR inspector: forged"
    sink.report(ValueError(f"no good\n{forged}\r\n{forged}\x1b]52;c;aGk=\x07\x9b31m\u202e\u2028{forged}"), "Broken")
    logging.getLogger("inspector").warning("quoted: %s", f"x\n{forged}")
    lines = _logged(sink).split("\n")
    assert [line for line in lines if "forged" in line and not line.startswith("    ")] == []
    assert all(line.isprintable() for line in lines)
    assert "\\x1b]52" in _logged(sink)


def test_a_listener_without_open_files_is_logged_once_and_told(install: Install) -> None:
    told: list[str] = []
    sink = install(told.append)
    refused: list[None] = []
    sink.on_no_more_files = lambda: refused.append(None)
    loop = asyncio.new_event_loop()
    try:
        for _ in range(100):
            context = {"message": "socket.accept() out of system resource", "exception": OSError(24, "x"), "socket": 1}
            sink.handle_loop_exception(loop, context)
        again = {
            "message": "Exception in callback BaseSelectorEventLoop._start_serving()",
            "exception": ValueError("-1"),
        }
        sink.handle_loop_exception(loop, again)
        assert (len(refused), told) == (100, [])
        assert _logged(sink).count("gives no more open files") == 1
        assert "Traceback" not in _logged(sink)
        sink.handle_loop_exception(loop, {"message": "Other trouble.", "exception": OSError(24, "x")})
        assert len(told) == 1
    finally:
        loop.close()
