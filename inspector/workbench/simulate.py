"""Simulated callbacks, sent to this window or to the user's own app."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from inspector.ui.menus import Entry
from inspector.ui.workbench.simulate_page import SimulatePage
from inspector.ui.workbench.simulation import Choice, Order, Wire
from inspector.workbench.bench import Tool
from inspector.workbench.simulation_tally import Tally

_ENTRY: Final = Entry("show_simulate", "&Simulate callbacks", "Ctrl+Shift+T")
_TICK: Final = 0.1
"""Seconds between two looks at how a run goes."""


class Simulate(Tool):
    """The page “Simulate”, and at most one run."""

    _page: SimulatePage | None = None
    _run: "asyncio.Task[None] | None" = None

    def set_up(self) -> None:
        window = self.bench.window
        window.add_page("Simulate", self._make_page, _ENTRY)
        window.panel.empty.scenarios_wished.connect(window.menus.actions[_ENTRY.name].trigger)
        window.side.page_shown.connect(lambda _: self._look_for_key())

    def listening_changed(self) -> None:
        if self._page is not None:
            self._page.show_listening(self.bench.address)

    async def close(self) -> None:
        if self._page is not None and self._page.filled:
            self._remember(self._page.order)
        if self._run is not None:
            self._run.cancel()
            await asyncio.wait([self._run])

    # -- the page -----------------------------------------------------------------------------

    def _make_page(self) -> SimulatePage:
        self._page = page = SimulatePage(self.bench.window.appearance, self.bench.window)
        page.start_wished.connect(self._start)
        page.stop_wished.connect(self._stop)
        page.copied.connect(lambda what: self.bench.note(f"{what} copied."))
        self.bench.spawn(self._fill(page), "fill the page of simulations")
        return page

    async def _fill(self, page: SimulatePage) -> None:
        settings = self.bench.settings
        for _ in page.fill(_choices(), Order.from_remembered(settings.simulate, settings.simulate_url)):
            await asyncio.sleep(0)
        page.show_listening(self.bench.address)
        await self._show_key(page)

    def _look_for_key(self) -> None:
        if self._page is not None and self._page.filled and self._page.isVisible():
            self.bench.spawn(self._show_key(self._page), "look for the signing key")

    async def _show_key(self, page: SimulatePage) -> None:
        found = await self.bench.secrets.signing_key()
        page.show_key(None if found is None else found.origin.value)

    def _remember(self, order: Order) -> None:
        self.bench.settings.simulate = order.remembered()
        self.bench.settings.simulate_url = order.url

    # -- a run --------------------------------------------------------------------------------

    def _start(self, order: Order, target: str) -> None:
        if self._run is None or self._run.done():
            self._remember(order)
            self.bench.save_settings()
            self._run = self.bench.spawn(self._play(order, target), "simulate")

    def _stop(self) -> None:
        if self._run is not None:
            self._run.cancel()

    async def _play(self, order: Order, target: str) -> None:
        seed = random.randrange(1_000_000) if order.seed is None else order.seed  # noqa: S311 - sample data
        tally = Tally(order.messages, seed)
        state = "Stopped."
        try:
            async with self._shown(tally):
                await self._send(order, target, seed, tally)
            state = "Done."
        except ValueError as error:
            state = f"Not sent: {error}"
        finally:
            if self._page is not None:
                self._page.show_figures(tally.figures(state, running=False))

    @asynccontextmanager
    async def _shown(self, tally: Tally) -> "AsyncIterator[None]":
        """Meanwhile, show how it goes."""

        async def tell() -> None:
            while self._page is not None:
                self._page.show_figures(tally.figures("Sending…", running=True))
                await asyncio.sleep(_TICK)

        telling = self.bench.spawn(tell(), "show the simulation")
        try:
            yield
        finally:
            telling.cancel()

    async def _send(self, order: Order, target: str, seed: int, tally: Tally) -> None:
        from inspector.capture.own_data import OwnData
        from inspector.capture.plan import plan
        from inspector.capture.simulator import LIKE_SIGNALWIRE, ONCE, simulate

        found = await self.bench.secrets.signing_key()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        planned = plan(
            order.scenarios,
            messages=order.messages,
            rate=order.rate,
            seed=seed,
            started_at=datetime.now(UTC),
            elapsed=lambda: loop.time() - begun,
            own=OwnData(order.to or None, order.from_ or None, order.body or None, dict(order.variables) or None),
            form=order.wire is Wire.FORM,
            salt=random.getrandbits(128),  # the same again tells of new messages, not of those that are there
        )
        await simulate(
            target,
            planned,
            signing_key=found.key if order.sign and found is not None else None,
            digest_in_url=order.wire is Wire.JSON_DIGEST,
            delivery=LIKE_SIGNALWIRE if order.retry else ONCE,
            on_result=tally.add,
        )


def _choices() -> list[Choice]:
    """The scenarios, with the one first that has something of most."""
    from inspector.capture.scenarios import SCENARIOS

    return [
        Choice(one.name, one.title, f"{one.summary[0].upper()}{one.summary[1:]}.", one.advice)
        for one in sorted(SCENARIOS.values(), key=lambda one: one.name != Order().scenarios[0])
    ]
