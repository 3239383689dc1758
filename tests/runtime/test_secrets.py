"""Secrets: in the keyring where there is one, in memory where not, and never in a log."""

import logging

import pytest

from inspector.runtime.secrets import SIGNING_KEY, SIGNING_KEY_VARIABLE, Kept, Origin, Secrets


class Ring:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class Locked(Ring):
    """A keyring that refuses, and repeats what it was given while it does."""

    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError(name)

    def set_password(self, service: str, name: str, value: str) -> None:
        raise RuntimeError(value)


async def test_a_secret_is_kept_in_the_keyring_and_forgotten() -> None:
    ring = Ring()
    secrets = Secrets(lambda: ring)
    assert await secrets.get("signing-key") is None
    assert await secrets.keep("signing-key", "PSKone") is Kept.KEYRING
    assert ring.kept == {("callback-inspector", "signing-key"): "PSKone"}
    assert await Secrets(lambda: ring).get("signing-key") == "PSKone"
    assert await secrets.keep("signing-key", None) is Kept.KEYRING
    assert await secrets.keep("signing-key", None) is Kept.KEYRING
    assert ring.kept == {}


class Null(Ring):
    """A keyring that takes a secret and keeps nothing."""

    def set_password(self, service: str, name: str, value: str) -> None:
        pass


async def test_a_keyring_that_keeps_nothing_is_none() -> None:
    secrets = Secrets(Null)
    assert await secrets.keep("signing-key", "PSKone") is Kept.MEMORY
    assert await secrets.get("signing-key") == "PSKone"


async def test_without_a_keyring_a_secret_lasts_as_long_as_the_program(caplog: pytest.LogCaptureFixture) -> None:
    secrets = Secrets(Locked)
    with caplog.at_level(logging.DEBUG):
        assert await secrets.keep("signing-key", "PSKone") is Kept.MEMORY
        assert await secrets.get("signing-key") == "PSKone"
        assert await Secrets(Locked).get("signing-key") is None
        await secrets.keep("signing-key", None)
        assert await secrets.get("signing-key") is None
    assert "cannot be written" in caplog.text
    assert "PSKone" not in caplog.text


async def test_it_is_known_beforehand_where_a_secret_would_go() -> None:
    ring = Ring()
    assert await Secrets(lambda: ring).place() is Kept.KEYRING
    assert ring.kept == {}
    assert await Secrets(Locked).place() is Kept.MEMORY


async def test_the_signing_key_of_the_environment_comes_before_the_one_that_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For checking and for signing alike: what is signed with one key is not checked with another."""
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, " \n")
    ring = Ring()
    secrets = Secrets(lambda: ring)
    assert await secrets.signing_key() is None
    await secrets.keep(SIGNING_KEY, "PSKkept")
    assert await secrets.signing_key() == ("PSKkept", Origin.KEYRING)
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, "PSKset\n")
    assert await secrets.signing_key() == ("PSKset", Origin.ENVIRONMENT)
    monkeypatch.delenv(SIGNING_KEY_VARIABLE)
    locked = Secrets(Locked)
    await locked.keep(SIGNING_KEY, "PSKtyped")
    assert await locked.signing_key() == ("PSKtyped", Origin.MEMORY)
