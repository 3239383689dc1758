"""Whether a window can be shown, found out before Qt starts: where it cannot, Qt ends the process with a core dump."""

import ctypes
import os
import re
import socket
import sys
from pathlib import Path

# The Debian packages of the libraries that Qt needs from the system and a slim machine lacks.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}

_INSTEAD = "To capture without a window: inspector listen"


def display_problem() -> str | None:
    """Say in one line why no window can be shown and what to do about it; None when nothing stands in its way."""
    problem = _toolkit_problem()
    if problem is None and os.name == "posix" and sys.platform != "darwin":
        problem = _platform_problem()
    return None if problem is None else f"{problem} {_INSTEAD}"


def _toolkit_problem() -> str | None:
    try:
        import PySide6.QtGui
        import PySide6.QtWidgets  # noqa: F401 - only whether it can be loaded
    except ImportError as error:
        return _loading_problem(str(error))
    return None


def _platform_problem() -> str | None:
    wayland = os.environ.get("WAYLAND_DISPLAY", "")
    x11 = os.environ.get("DISPLAY", "")
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        names = {part.partition(":")[0].strip() for part in chosen.split(";")}
        if names - {"xcb", "wayland", "wayland-egl"}:  # offscreen and its like need no display
            return None
        use_wayland, use_x11 = bool(names - {"xcb"}), "xcb" in names
    else:
        use_wayland, use_x11 = bool(wayland), bool(x11)
        if not use_wayland and not use_x11:
            return "No display was found: neither DISPLAY nor WAYLAND_DISPLAY is set."
    problem = None
    if use_wayland:
        problem = _plugin_problem("libqwayland.so") or _wayland_problem(wayland)
        if problem is None:
            return None
    # Qt falls back to the X server where both are there.
    if use_x11:
        problem = _plugin_problem("libqxcb.so") or _x11_problem(x11)
    return problem


def _plugin_problem(file_name: str) -> str | None:
    """Load a platform plugin as Qt will: a library that it lacks is named in the loader's error."""
    from PySide6.QtCore import QLibraryInfo

    plugin = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / file_name
    if not plugin.exists():  # a distribution's Qt keeps it elsewhere, and has seen to its libraries
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return _loading_problem(str(error))
    return None


def _loading_problem(text: str) -> str:
    """Put the loader's error into the user's words: “libEGL.so.1: cannot open shared object file: No such file …”."""
    found = re.match(r"(\S+\.so[.\d]*): cannot open shared object file", text)
    if found is None:
        return f"Qt cannot be loaded: {' '.join(text.split())}."
    library = found[1]
    package = _PACKAGES.get(library)
    remedy = f"On Debian and Ubuntu: apt install {package}." if package else "Please install it."
    return f"The library {library} is missing, which the window needs. {remedy}"


def _wayland_problem(display: str) -> str | None:
    if os.environ.get("WAYLAND_SOCKET"):  # the compositor started us and handed over a connection
        return None
    # An absolute path stands alone, as joining paths has it.
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / (display or "wayland-0")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return f"The Wayland display “{display or 'wayland-0'}” does not answer."
    return None


def _x11_problem(display: str) -> str | None:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return _loading_problem(str(error))
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    # Even a failed connection is an object, which must be freed.
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not failed:
        return None
    if not display:
        return "No display was found: DISPLAY is not set."
    return f"The X display “{display}” does not answer or does not let this user in."
