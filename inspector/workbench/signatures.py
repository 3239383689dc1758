"""Signatures: the project's signing key, what it says of the callback that is looked at, and of a whole session."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from inspector.callbacks.diagnosis import Means
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.signed_urls import parse_url, shown_url
from inspector.runtime.secrets import SIGNING_KEY, Kept, signing_key_of_environment
from inspector.session.errors import SessionError
from inspector.ui.menus import Entry
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.capture.key_to_come import KeyToCome
    from inspector.capture.server import CaptureSettings
    from inspector.session.records import Appended, CallbackRow, Received
    from inspector.ui.detail.signature import SignatureTab
    from inspector.ui.workbench.signing_key_dialog import KeySource

_KEY: Final = Entry("signing_key", "Signing &key…")
_CHECK: Final = Entry("check_signatures", "Check the si&gnatures…")
_TITLE: Final = "Signatures of this session"


class Signatures(Tool):
    """Keeps the signing key, and has it count for what arrives.

    The key is in the system's keyring, or in the environment variable INSPECTOR_SIGNING_KEY, which comes
    first. It is handed to nothing but the check itself.
    """

    def __init__(self, bench: Bench) -> None:
        from inspector.ui.workbench.signing_key_dialog import KeySource

        super().__init__(bench)
        self._key = signing_key_of_environment()
        self._source = KeySource.NONE if self._key is None else KeySource.ENVIRONMENT
        self._proven = False
        self._asked = 0
        self._to_come: KeyToCome | None = None
        self._complete = False
        """Whether the window is: the tab is not to be made for us before."""

    @property
    def source(self) -> "KeySource":
        """Where the key in force comes from."""
        return self._source

    def prepare(self) -> None:
        self.bench.capturing.adjust.append(self._adjust)
        if self._key is None:
            from inspector.capture.key_to_come import KeyToCome

            self._to_come = to_come = KeyToCome()
            self.bench.spawn(self._load_key(to_come), "load the signing key")

    def set_up(self) -> None:
        self._complete = True
        tab = self._tab
        tab.examination_wished.connect(self._on_examination_wished)
        tab.address_chosen.connect(self.use_address)
        tab.key_wished.connect(lambda: self.bench.spawn(self._enter_key(), "signing key"))
        self.bench.window.add_tool(_KEY, lambda: self.bench.spawn(self._enter_key(), "signing key"))
        self.bench.window.add_tool(_CHECK, lambda: self.bench.spawn(self._check_session(), "check signatures"))
        self._renew()

    def listening_changed(self) -> None:
        self._renew()

    def public_url_changed(self) -> None:
        self._renew()

    def session_shown(self) -> None:
        self._proven = False

    def appended(self, received: "Sequence[Received]", appended: "Sequence[Appended]") -> None:  # noqa: ARG002 - the Tool's
        if not self._proven:
            self._proven = any(one.signature is SignatureState.VALID for one in received)

    def use_address(self, url: str) -> None:
        """Take this as the public address, from the next callback on."""
        bench = self.bench
        # What holds for the bench may be the address that was set before, rather than a tunnel's.
        is_tunnel = bench.public_url not in (None, bench.settings.public_url.strip())
        bench.settings.public_url = url
        bench.save_settings()
        if is_tunnel:
            bench.capturing.apply()
            self._tab.renew()
        else:
            bench.public_url = url  # which applies it, and tells every tool
        if self._public_url != url:
            self.bench.note("The public address is set. While the tunnel is open, its own address comes first.")
        else:
            self.bench.note(f"The public address is now {shown_url(url)}.")

    # -- what counts --------------------------------------------------------------------------

    @property
    def _tab(self) -> "SignatureTab":
        return self.bench.window.detail.view.callback_panel.signature

    @property
    def _public_url(self) -> str | None:
        """Of the tunnel first, then the one that is set: which can also say more of the tunnel's than its origin."""
        tunnel, chosen = self.bench.public_url, self.bench.settings.public_url.strip()
        if tunnel is None:
            return chosen or None
        one, other = parse_url(tunnel), parse_url(chosen)
        return chosen if one is not None and other is not None and one.origin == other.origin else tunnel

    def _adjust(self, settings: "CaptureSettings") -> "CaptureSettings":
        to_come = self._to_come if self._key is None else None
        return replace(settings, signing_key=self._key, public_url=self._public_url, key_to_come=to_come)

    def _means(self) -> Means:
        return Means(self._key, self._public_url, self.bench.url or "", self._proven)

    def _key_changed(self) -> None:
        self._proven = False
        self.bench.capturing.apply()
        self._renew()

    def _renew(self) -> None:
        if self._complete:
            self._tab.renew()

    # -- the callback that is looked at -------------------------------------------------------

    def _on_examination_wished(self, callback: "CallbackRow") -> None:
        self._asked += 1
        self.bench.spawn(self._examine(callback, self._asked), "examine a signature")

    async def _examine(self, callback: "CallbackRow", number: int) -> None:
        from inspector.callbacks.signature_doctor import diagnose
        from inspector.ui.detail.signature import Examination
        from inspector.workbench.signature_check import as_signed

        means = self._means()
        diagnosis = await asyncio.to_thread(diagnose, as_signed(callback), means)
        if diagnosis.state is SignatureState.VALID and means.key == self._key:
            self._proven = True
        if number == self._asked:
            shown = Examination(diagnosis, self._source.value, bool(means.key), means.public_url)
            self._tab.show_examination(callback, shown)

    # -- the key ------------------------------------------------------------------------------

    async def _load_key(self, to_come: "KeyToCome") -> None:
        from inspector.ui.workbench.signing_key_dialog import KeySource

        try:
            key = await self.bench.secrets.get(SIGNING_KEY)
            if key and self._source is KeySource.NONE:
                self._key, self._source = key, KeySource.KEYRING
        finally:
            self._to_come = None
            self._key_changed()
            to_come.end()

    async def _enter_key(self) -> None:
        from inspector.runtime.dialogs import ask
        from inspector.ui.workbench.signing_key_dialog import KeySource, KeyState, SigningKeyDialog

        place = await self.bench.secrets.place()
        kept = await self.bench.secrets.get(SIGNING_KEY) is not None
        state = KeyState(self._source, place is Kept.KEYRING, kept)
        in_memory = self._source is KeySource.MEMORY
        dialog = SigningKeyDialog(state, self.bench.dialog_parent)
        if not await ask(dialog):
            return
        key = dialog.key
        where = await self.bench.secrets.keep(SIGNING_KEY, key)
        if key is None and in_memory:
            where = Kept.KEYRING  # which cannot be changed, but nothing of it is in there
        if self._source is not KeySource.ENVIRONMENT:
            self._key = key
            self._source = KeySource.NONE if key is None else _kept_as(where)
            self._key_changed()
        self.bench.note(_told(where, is_set=key is not None))
        if key is not None:
            await self._offer_check()

    # -- a whole session ----------------------------------------------------------------------

    async def _offer_check(self) -> None:
        from inspector.runtime.dialogs import confirm
        from inspector.workbench.signature_check import count_signed

        path = self.bench.path
        if path is None:
            return
        try:
            signed = await asyncio.to_thread(count_signed, path)
        except SessionError:
            return
        if not signed:
            return
        many = "One callback of this session is" if signed == 1 else f"{signed:,} callbacks of this session are"
        question = (
            f"{many} signed. Check with the new key now?\n\nThe file keeps what was judged on arrival; "
            "the check changes nothing in it."
        )
        if await confirm(self.bench.dialog_parent, _TITLE, question, "Check"):
            await self._check_session()

    async def _check_session(self) -> None:
        from inspector.runtime.dialogs import confirm, tell
        from inspector.session.exchange.selection import Cancelled
        from inspector.ui.progress import with_progress
        from inspector.workbench.signature_check import check_session

        parent, path, means = self.bench.dialog_parent, self.bench.path, self._means()
        if path is None:
            self.bench.note("There is no session to check. Open one, or start listening.")
            return
        if not means.key:
            await tell(parent, _TITLE, "No signing key is set. Set it with Tools, Signing key…, then check again.")
            return
        try:
            checked = await with_progress(
                parent, "Checking signatures", lambda progress: check_session(path, means, progress)
            )
        except Cancelled:
            self.bench.note("The check was cancelled.")
            return
        except SessionError as error:
            await tell(parent, _TITLE, str(error))
            return
        if checked.valid and means.key == self._key and path == self.bench.path:
            self._proven = True
            self._tab.renew()
        commonest = checked.commonest
        if commonest is None or commonest.remedy is None:
            await tell(parent, _TITLE, checked.text())
        elif await confirm(parent, _TITLE, checked.text(), "Use this address"):
            self.use_address(commonest.remedy)


def _kept_as(where: Kept) -> "KeySource":
    from inspector.ui.workbench.signing_key_dialog import KeySource

    return KeySource.KEYRING if where is Kept.KEYRING else KeySource.MEMORY


def _told(where: Kept, *, is_set: bool) -> str:
    """What became of the key."""
    if is_set and where is Kept.KEYRING:
        return "The signing key is kept in the keyring. Signatures are checked from now on."
    if is_set:
        return "The signing key is kept until the program ends. Signatures are checked from now on."
    if where is Kept.MEMORY:
        return "The signing key is forgotten by this program, but the keyring could not be changed."
    return "The signing key is forgotten."
