"""Parsing options, with errors of one line."""

import argparse
import os
from pathlib import Path
from typing import Final, NoReturn

from inspector import __version__

TUNNELS: Final = ("cloudflared", "ngrok", "tailscale", "ssh", "auto")


class WrongUse(Exception):
    """The command cannot run as asked; the text is the one line that the user gets (exit code 2)."""


class Parser(argparse.ArgumentParser):
    """argparse, but a mistake is one line that names the help instead of a page."""

    def __init__(self, program: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=program,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.add_argument("--version", action="version", version=f"inspector {__version__}")

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message} (see `{self.prog} --help`)")


def port(text: str) -> int:
    """A TCP port; 0 stands for any free one."""
    if text.isascii() and text.isdigit() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is no port (0 to 65535)")


def positive_integer(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 10**12:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is no whole number above 0")


def integer(text: str) -> int:
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 20:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is no whole number")


def positive_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < 1e9:
        return number
    raise argparse.ArgumentTypeError(f"“{text}” is no number above 0")


def reply_status(text: str) -> int:
    """An HTTP status that can answer a request (RFC 9110, section 15)."""
    if text.isascii() and text.isdigit() and 200 <= int(text) <= 599:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is no HTTP status to answer with (200 to 599)")


def url(text: str) -> str:
    """An http or https address."""
    from inspector.callbacks.web_address import is_web_address

    if not is_web_address(text):
        raise argparse.ArgumentTypeError(f"“{text}” is no http:// or https:// address")
    return text


def secret(variable: str | None, what: str = "signing key") -> str | None:
    """The value of the environment variable that an option names. Raises WrongUse when there is none."""
    if variable is None:
        return None
    value = os.environ.get(variable, "")
    if not value:
        raise WrongUse(f"the environment variable {variable} is not set; put the {what} into it")
    return value


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=port, default=9797, help="the port; 0 takes any free one (default: %(default)s)")


def readable_file(path: Path) -> Path:
    if not path.exists():
        raise WrongUse(f"there is no file {path}")
    if path.is_dir():
        raise WrongUse(f"{path} is a folder, not a file")
    return path


def writable_target(path: Path, session: Path | None = None) -> None:
    """Raises WrongUse where an export cannot go: into no folder, over a device, or over the session itself."""
    if not path.parent.is_dir():
        raise WrongUse(f"there is no folder {path.parent} to write {path.name} to")
    if path.exists() and not path.is_file():
        raise WrongUse(f"{path} is no file that an export could replace")
    if not os.access(path.parent, os.W_OK):
        raise WrongUse(f"{path.name} cannot be written: the folder {path.parent} is read-only; choose another one")
    if session is not None and session.exists() and path.exists() and path.samefile(session):
        raise WrongUse(f"{path} is the session itself; choose another file for the export")
