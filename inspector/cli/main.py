"""Which command was asked for, and the rules that all share: exit codes, one-line errors, no tracebacks."""

import importlib
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from inspector.cli.options import Parser, WrongUse
from inspector.cli.terminal import printable

_COMMANDS: Final = {
    "listen": "capture without a window",
    "export": "write a session as JSON, JSON lines, CSV or HAR",
    "check": "judge payload files against the contract",
    "simulate": "send simulated callbacks to a URL",
    "replay": "send captured callbacks again, byte for byte",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 not met or not valid, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character gets its escape, not an error.
            stream.reconfigure(errors="backslashreplace")
    # Looking for plugins of pydantic means to read the metadata of every package installed, and to run what is found.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words and words[0] in _COMMANDS else "window"
    code = _run(name, words[1:] if name != "window" else words)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _drop_output()
    return code


def _run(name: str, arguments: Sequence[str]) -> int:
    try:
        code: int = importlib.import_module(f"inspector.cli.{name}").run(arguments)
        return code
    except SystemExit as ended:  # how argparse ends after --help and --version
        return ended.code if isinstance(ended.code, int) else 0
    except WrongUse as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # The reader of the output went away (`| head`): nothing is wrong.
        _drop_output()
        return 0
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user; the text and the log tell
        from inspector.session.errors import SessionError

        if isinstance(error, SessionError):
            return _fail(str(error))
        _log(error, name)
        return _fail(f"an unexpected error: {type(error).__name__}: {error}")


def _fail(text: str) -> int:
    with suppress(OSError, ValueError):
        print(f"inspector: {printable(' '.join(text.split()), 2000)}", file=sys.stderr, flush=True)
    return 2


def _log(error: Exception, name: str) -> None:
    from inspector.runtime.errors import install_error_sink
    from inspector.runtime.folders import Folders

    sink = install_error_sink(Folders.of_user().logs, None)
    sink.report(error, f"inspector {name}")
    sink.close()


def _drop_output() -> None:
    """Send what is left in the buffer nowhere, or Python complains about it at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def window_parser() -> Parser:
    """The parser of `inspector` without a command, whose help names the commands too."""
    commands = "\n".join(f"  inspector {name:<9} {summary}" for name, summary in _COMMANDS.items())
    return Parser(
        "inspector",
        "Watch SignalWire message status callbacks arrive, live. Without a command, the window opens.",
        epilog=f"commands:\n{commands}\n\n`inspector COMMAND --help` explains each.",
    )
