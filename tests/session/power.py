"""A disk whose power may fail: what a process wrote, as strace saw it, and what of it had to survive at any moment.

Only what was written before an fsync of its file is sure to be on the disk. Of the rest anything may be: nothing, all,
or some of the writes.
"""

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_CALL: Final = re.compile(r"(\w+)\((\d+)<([^>]*)>(?:, (.*))?\) += (-?\d+)")
_QUOTED: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?, (\d+)(?:, (\d+))?')
_SYNCS: Final = ("fsync", "fdatasync")
_TRACED: Final = "trace=pwrite64,write,fsync,fdatasync,ftruncate"


Call = tuple[str, str]
"""A thread, and a system call of it; “begins” and the beginning of one that another thread's calls came into."""


def traced(command: Sequence[str], log: Path, env: dict[str, str]) -> list[Call]:
    """Run a command under strace; the calls that matter, in the order in which they ended."""
    options = ["-f", "-y", "-xx", "-s", "10000000", "-e", _TRACED, "-e", "signal=none", "-o", str(log)]
    subprocess.run(["strace", *options, *command], check=True, env=env, stdout=subprocess.DEVNULL, timeout=120)
    begun: dict[str, str] = {}
    calls: list[Call] = []
    for line in log.read_text(encoding="ascii").splitlines():
        process, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            begun[process] = text.removesuffix("<unfinished ...>").rstrip()
            calls.append((process, f"begins {begun[process]}) = 0"))
        elif (rest := re.match(r"<\.\.\. \w+ resumed>(.*)", text)) is not None:
            calls.append((process, begun.pop(process) + rest[1]))
        else:
            calls.append((process, text))
    return calls


class Disk:
    """The files of a session. `said` is what the process had told on its standard output."""

    def __init__(self, path: Path) -> None:
        self.said = b""
        names = (str(path), f"{path}-wal")
        self._safe: dict[str, bytearray] = {name: bytearray() for name in names}
        self._unsure: dict[str, list[tuple[int, bytes | None]]] = {name: [] for name in names}
        self._written = dict.fromkeys(names, 0)
        self._syncing: dict[str, int] = {}

    def play(self, calls: Sequence[Call]) -> Iterator[None]:
        """Take the calls in; stops after each that changed something, for the power to fail."""
        for process, call in calls:
            found = _CALL.match(call.removeprefix("begins "))
            if found is None or int(found[5]) < 0:
                continue
            name = _decoded(found[3]).decode(errors="replace")
            if call.startswith("begins "):
                if found[1] in _SYNCS and name in self._safe:
                    self._syncing[process] = self._written[name]
                continue
            if found[2] == "1" and found[1] == "write":
                self.said += _data(found[4])[0]
            elif name not in self._safe:
                continue
            elif found[1] in _SYNCS:
                self._sync(name, self._syncing.pop(process, self._written[name]))
            else:
                offset_only = found[1] == "ftruncate"
                data, offset = (None, int(found[4])) if offset_only else _data(found[4])
                self._unsure[name].append((offset, data))
                self._written[name] += 1
            yield

    def _sync(self, name: str, written: int) -> None:
        """The first `written` writes to a file are sure: those that came before the call began."""
        unsure = self._unsure[name]
        sure = max(0, len(unsure) - (self._written[name] - written))
        for write in unsure[:sure]:
            _apply(self._safe[name], write)
        del unsure[:sure]

    def after_power_loss(self, folder: Path, chance: random.Random, share: float) -> Path:
        """The session as it may be found: `share` of the writes that were not sure to survive did so."""
        for name, safe in self._safe.items():
            image = bytearray(safe)
            for write in self._unsure[name]:
                if chance.random() < share:
                    _apply(image, write)
            (folder / Path(name).name).write_bytes(image)
        (folder / f"{Path(next(iter(self._safe))).name}-shm").unlink(missing_ok=True)
        return folder / Path(next(iter(self._safe))).name


def _apply(image: bytearray, write: tuple[int, bytes | None]) -> None:
    offset, data = write
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    if data is None:
        del image[offset:]
    else:
        image[offset : offset + len(data)] = data


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def _data(arguments: str) -> tuple[bytes, int]:
    found = _QUOTED.match(arguments)
    assert found is not None, arguments[:200]
    return _decoded(found[1]) if found[1] else b"", int(found[3] or 0)
