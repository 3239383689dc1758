"""Signing keys and tokens: in the system's keyring, never in a file of this program's."""

import asyncio
import logging
import os
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, NamedTuple

_log = logging.getLogger(__name__)
_SERVICE: Final = "callback-inspector"

SIGNING_KEY: Final = "signing-key"
"""The project's signing key among the secrets."""

SIGNING_KEY_VARIABLE: Final = "INSPECTOR_SIGNING_KEY"
"""The environment variable that comes before what is kept."""


class Kept(Enum):
    """Where a secret went."""

    KEYRING = "keyring"
    MEMORY = "memory"
    """This system has no keyring that can be used: the secret is gone when the program ends."""


class Origin(Enum):
    """Where a secret was found; the value goes on from “it comes from”."""

    ENVIRONMENT = f"the environment ({SIGNING_KEY_VARIABLE})"
    KEYRING = "the keyring"
    MEMORY = "what was entered since the program started"


class SigningKey(NamedTuple):
    """The signing key in force."""

    key: str
    origin: Origin


class Secrets:
    """The secrets of the user, by name. The keyring may ask the user something, so it is asked in a thread."""

    def __init__(self, load: Callable[[], Any] | None = None) -> None:
        """`load` returns what has keyring's get_password, set_password and delete_password."""
        self._load = load or _keyring
        self._memory: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """A secret, or None where there is none or the keyring cannot be read."""
        if name in self._memory:
            return self._memory[name]
        return await asyncio.to_thread(self._read, name)

    async def signing_key(self) -> SigningKey | None:
        """The signing key that counts, for checking as for signing; None without one."""
        if key := signing_key_of_environment():
            return SigningKey(key, Origin.ENVIRONMENT)
        origin = Origin.MEMORY if SIGNING_KEY in self._memory else Origin.KEYRING
        key = await self.get(SIGNING_KEY)
        return SigningKey(key, origin) if key else None

    async def keep(self, name: str, value: str | None) -> Kept:
        """Keep a secret; None forgets it."""
        self._memory.pop(name, None)
        kept = await asyncio.to_thread(self._write, name, value)
        if kept is Kept.MEMORY and value is not None:
            self._memory[name] = value
        return kept

    async def place(self) -> Kept:
        """Where a secret would go now, as far as that can be known without keeping one."""
        return await asyncio.to_thread(self._place)

    def _place(self) -> Kept:
        try:
            self._load().get_password(_SERVICE, "place")
        except Exception:  # noqa: BLE001 - each of keyring's backends raises what it likes
            return Kept.MEMORY
        return Kept.KEYRING

    def _read(self, name: str) -> str | None:
        try:
            value = self._load().get_password(_SERVICE, name)
        except Exception as error:  # noqa: BLE001 - each of keyring's backends raises what it likes
            _log.warning("The keyring cannot be read: %s", type(error).__name__)
            return None
        return None if value is None else str(value)

    def _write(self, name: str, value: str | None) -> Kept:
        try:
            ring = self._load()
            if value is not None:
                ring.set_password(_SERVICE, name, value)
                if ring.get_password(_SERVICE, name) != value:  # keyring's null backend takes everything
                    return Kept.MEMORY
            elif ring.get_password(_SERVICE, name) is not None:
                ring.delete_password(_SERVICE, name)
        except Exception as error:  # noqa: BLE001 - as above
            _log.warning("The keyring cannot be written: %s", type(error).__name__)
            return Kept.MEMORY
        return Kept.KEYRING


def signing_key_of_environment() -> str | None:
    """What the environment variable says; white space around it is none of the key's."""
    return os.environ.get(SIGNING_KEY_VARIABLE, "").strip() or None


def _keyring() -> Any:
    import keyring  # not before it is needed: it looks through every installed package

    return keyring
