"""The public address: a tunnel program at work, or an address of the user's own."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from inspector.runtime.dialogs import confirm
from inspector.ui.menus import Entry
from inspector.workbench.bench import Bench, Tool

if TYPE_CHECKING:
    from inspector.capture.server import CaptureSettings
    from inspector.capture.tunnel.health import Health
    from inspector.capture.tunnel.provider import Provider
    from inspector.ui.workbench.address_page import AddressPage
    from inspector.ui.workbench.tunnel_views import ProgramView, PublicView

_ANOTHER = (
    "Senders that have the present address are answered 404 from then on, until they are given the new one. "
    "What is captured stays."
)
_ENTRY = Entry("show_address", "&Public address", "Ctrl+Alt+A")


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which tunnel is to run, and to where. `run` counts, so that another run of the same differs."""

    provider: "Provider"
    url: str
    run: int


class Address(Tool):
    """Starts, follows and ends the one tunnel there may be; its address becomes `bench.public_url`."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._turn = asyncio.Lock()
        self._chosen: Provider | None = None
        self._run = 0
        self._present: _Wish | None = None
        self._task: asyncio.Task[None] | None = None
        self._health: Health | None = None
        self._page: AddressPage | None = None
        self._scannable = False

    def prepare(self) -> None:
        self.bench.capturing.adjust.append(self._adjusted)
        self.bench.public_url = self.bench.settings.public_url or None

    def set_up(self) -> None:
        bench = self.bench
        bench.window.add_page("Address", self._make_page, _ENTRY)
        bench.window.panel.empty.public_wished.connect(bench.window.menus.actions[_ENTRY.name].trigger)
        bench.window.show_public(bench.public_url)

    def listening_changed(self) -> None:
        self._reconsider()
        self._show_programs()

    def public_url_changed(self) -> None:
        self.bench.window.show_public(self.bench.public_address)
        if self._page is not None:
            self._page.secret.show_set(set_already=bool(self.bench.settings.secret_path))
            self._show_view()

    async def close(self) -> None:
        self._chosen = None
        await self._settle()

    def _adjusted(self, settings: "CaptureSettings") -> "CaptureSettings":
        return settings if self.bench.public_url is None else replace(settings, public_url=self.bench.public_url)

    # -- what the user wishes -----------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start the tunnel program of this name; another one that runs ends first."""
        from inspector.capture.tunnel.providers import by_name

        self._chosen = by_name(name)
        self.restart()

    def restart(self) -> None:
        """Start the tunnel that was chosen last again."""
        self._run += 1
        self._reconsider()

    def stop(self) -> None:
        """End the tunnel."""
        self._chosen = None
        self._reconsider()

    def use_own(self, typed: str) -> None:
        """Have what the user typed as the public address; "" for none."""
        from inspector.capture.tunnel.origin import public_address

        try:
            url = public_address(typed) if typed else ""
        except ValueError as error:
            if self._page is not None:
                self._page.show_own_problem(str(error))
            return
        self.bench.settings.public_url = url
        self.bench.save_settings()
        if self._page is not None:
            self._page.show_own(url)
        self._publish()

    def make_secret_path(self) -> None:
        """Have a secret path; the one before, if any, no longer leads in."""
        self.bench.spawn(self._make_secret_path(), "make a secret path")

    async def _make_secret_path(self) -> None:
        from inspector.capture.secret_path import new_secret_path

        if self.bench.settings.secret_path and not await confirm(
            self.bench.window, "Another secret path", _ANOTHER, "Make another"
        ):
            return
        self.bench.use_secret_path(new_secret_path())
        self.bench.note("There is a secret path now. Give SignalWire the new address.")

    def remove_secret_path(self) -> None:
        """Let every path lead in, also those that begin with the secret one."""
        self.bench.use_secret_path("")
        self.bench.note("Every path leads in now.")

    # -- the tunnel ---------------------------------------------------------------------------

    def _wish(self) -> _Wish | None:
        if self._chosen is None or self.bench.url is None:
            return None
        return _Wish(self._chosen, self.bench.url, self._run)

    def _reconsider(self) -> None:
        if self._wish() != self._present:
            self.bench.spawn(self._settle(), "settle the tunnel")

    async def _settle(self) -> None:
        """Make it as it is wished: end what runs, start what is to run."""
        from inspector.capture.tunnel.health import State

        async with self._turn:
            wish = self._wish()
            if wish == self._present:
                return
            await self._end()
            await asyncio.to_thread(import_module, "inspector.capture.tunnel.tunnel")
            if self._health is not None and self._health.at_work:  # it never came to run
                self._health = replace(self._health, state=State.STOPPED, url=None)
            self._present = wish
            if wish is not None:
                self._begin(wish)
            elif self._chosen is None:
                self._health = None
            self._publish()

    def _begin(self, wish: _Wish) -> None:
        from inspector.capture.tunnel.providers import find, start_at
        from inspector.capture.tunnel.tunnel import Tunnel

        program = find(wish.provider)
        if program is None:
            self._chosen = self._present = self._health = None
            self._show_programs()
            self.bench.note(f"{wish.provider.program} is not installed any more.")
            return
        start = start_at(program, wish.url, self.bench.folders.sessions)
        self._task = self.bench.spawn(Tunnel(wish.provider, start, self._on_health).run(), f"tunnel {program}")

    async def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _on_health(self, health: "Health") -> None:
        before, self._health = self._health, health
        had = None if before is None else before.url
        self._publish()
        if health.text and had is not None and health.url not in (None, had):
            self.bench.note("The public address changed. Give the new one to SignalWire.")
        elif before is not None and before.state != health.state and health.state == "failed":
            self.bench.note("The tunnel failed. The Address page says why.")

    # -- what is shown ------------------------------------------------------------------------

    def _publish(self) -> None:
        view = self._view()
        self.bench.public_url = view.url if view.reachable else self.bench.settings.public_url or None
        self._show_view()

    def _show_view(self) -> None:
        if self._page is not None:
            view = replace(self._view(), scannable=self._scannable)
            self._page.show_public(replace(view, url=self.bench.given(view.url)) if view.url else view)

    def _view(self) -> "PublicView":
        from inspector.ui.workbench.tunnel_views import PublicView

        health, own = self._health, self.bench.settings.public_url
        if health is None or self._chosen is None:
            return PublicView("own", url=own) if own else PublicView()
        text = health.text
        if health.state == "stopped" and self.bench.url is None:
            text = "It was ended because listening stopped. It starts again with it, perhaps with another address."
        return PublicView(
            state=health.state.value,
            title=self._chosen.title,
            since=_clock(health.since),
            url=health.url or "",
            text=text,
            lines=health.lines,
            program=self._chosen.name,
        )

    async def _read_in_codes(self) -> None:
        """Read in, beside the loop, what QR codes are made with."""
        await asyncio.to_thread(import_module, "segno")
        self._scannable = True
        self._publish()

    def _make_page(self) -> "AddressPage":
        from inspector.capture.tunnel.providers import this_system
        from inspector.ui.workbench.address_page import AddressPage

        own = self.bench.settings.public_url
        page = AddressPage(self.bench.window.appearance, self._programs(), this_system().value, own)
        page.start_wished.connect(self.start)
        page.stop_wished.connect(self.stop)
        page.restart_wished.connect(self.restart)
        page.own_address_wished.connect(self.use_own)
        page.look_again_wished.connect(self._show_programs)
        page.secret.make_wished.connect(self.make_secret_path)
        page.secret.remove_wished.connect(self.remove_secret_path)
        page.secret.show_set(set_already=bool(self.bench.settings.secret_path))
        page.copied.connect(lambda what: self.bench.note(f"{what} copied."))
        self._page = page
        self.bench.spawn(self._read_in_codes(), "read in QR codes")
        self._show_programs()
        self._publish()
        return page

    def _show_programs(self) -> None:
        if self._page is not None:
            self._page.show_programs(self._programs(), listening=self.bench.url is not None)

    def _programs(self) -> "list[ProgramView]":
        from inspector.capture.tunnel.provider import System
        from inspector.capture.tunnel.providers import PROVIDERS, find, this_machine
        from inspector.ui.workbench.tunnel_views import ProgramView

        machine = this_machine()
        return [
            ProgramView(
                provider.name,
                provider.title,
                provider.note,
                find(provider) is not None,
                {
                    system.value: tuple((step.text, step.command) for step in provider.steps(system, machine))
                    for system in System
                },
            )
            for provider in PROVIDERS
        ]


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%H:%M}"
