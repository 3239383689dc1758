"""What the program has done for it now and then. Each brings in what it needs only when it is asked for."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PAUSE: Final = 0.1
_DOCUMENTATION_HOSTS: Final = ("signalwire.com", "developer.signalwire.com")


_Result = TypeVar("_Result")


def import_the_rest() -> None:
    """What listening needs and the first paint does not: half of all that is imported."""
    import inspector.capture.recorder
    import inspector.capture.server
    import inspector.session.session
    import inspector.workbench.early  # noqa: F401 - all of these are only to be loaded


async def imported(path: Path, folder: Path, window: "QWidget") -> Path:
    """Make a session file in `folder` of an exported JSON, with progress in the window; returns where it is.

    Raises SessionError when it cannot be imported, Cancelled when the user does not wait.
    """
    from inspector.session.exchange.json_import import import_json
    from inspector.session.session import SUFFIX
    from inspector.ui.progress import with_progress

    target = folder / f"{path.stem}{SUFFIX}"
    number = 2
    while target.exists():
        target = folder / f"{path.stem} ({number}){SUFFIX}"
        number += 1
    await with_progress(window, f"Importing {path.name}", lambda progress: import_json(path, target, progress))
    return target


async def opened(path: Path, open_it: Callable[[], _Result], window: "QWidget") -> _Result:
    """What `open_it` returns, called in a thread; again and again while another program has the file locked.

    A dialog says so and lets the user give up: raises Cancelled then, and what `open_it` raises.
    """
    from inspector.session.errors import SessionLocked
    from inspector.session.exchange.selection import Progress
    from inspector.ui.progress import with_progress

    def insist(told: Progress) -> _Result:
        while True:
            told(0, 0)
            try:
                return open_it()
            except SessionLocked:
                time.sleep(_PAUSE)

    try:
        return await asyncio.to_thread(open_it)
    except SessionLocked:
        title = f"Another program has “{path.stem}” locked. It opens as soon as that program is done or closed."
        return await with_progress(window, title, insist, titled="Waiting")


async def wants_to_watch(path: Path, window: "QWidget") -> bool:
    """Tell that another process captures into a session, and ask whether to show it all the same."""
    from inspector.runtime.dialogs import confirm

    text = (
        f"Another process, perhaps a second window, is capturing into “{path.stem}”. Only one can. It can be shown "
        "here as it grows, without listening. Otherwise a new session begins."
    )
    return await confirm(window, "This session is in use", text, "Show it read-only")


async def send_sample(url: str) -> None:
    """Send the callbacks of one message that is delivered."""
    from inspector.capture.simulator import play

    await play(url, ["delivered"], messages=1, rate=20.0, seed=time.time_ns() % 2**32)


async def play_demo(url: str) -> None:
    """Send the callbacks of sixty messages with every kind of life."""
    from inspector.capture.simulator import play

    await play(url, ["mixed"], messages=60, rate=6.0, seed=20_261_123)


def open_documentation(address: str) -> None:
    """Open an address in the browser: only the documentation that this program names itself, nothing that came."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    url = QUrl(address)
    if url.scheme() == "https" and url.host() in _DOCUMENTATION_HOSTS:
        QDesktopServices.openUrl(url)
