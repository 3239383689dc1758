"""Holds the session against the message log, page by page, until it is done or cancelled."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.capture.rest_api import ApiError
from inspector.capturing import now
from inspector.session.errors import SessionError
from inspector.session.patience import once_unlocked
from inspector.session.session import Session
from inspector.ui.session_panel import MESSAGES
from inspector.ui.texts import count_text
from inspector.ui.workbench.checklist import Step, StepState
from inspector.ui.workbench.log_section import LogSection
from inspector.workbench.log_check import Span, export_csv, report, span_of, summary
from inspector.workbench.trial import refusal

if TYPE_CHECKING:
    from inspector.workbench.signalwire import SignalWireTool


class LogChecking:
    """One check at a time."""

    def __init__(self, tool: "SignalWireTool", section: LogSection) -> None:
        self._tool = tool
        self._section = section
        self._running: asyncio.Task[object] | None = None
        self._path: Path | None = None
        section.check_wished.connect(self._on_check)
        section.cancel_wished.connect(self._on_cancel)
        section.export_wished.connect(lambda: tool.spawn(self._export(), "export the comparison"))
        section.message_wished.connect(self._on_message)

    def session_shown(self) -> None:
        """What was found is of another session."""
        if self._path is not None and self._tool.bench.path != self._path:
            self.session_cleared()

    def session_cleared(self) -> None:
        """There is nothing any more that could be held against the log."""
        self._cancel()
        self._path = None
        self._section.show_result([], [], exportable=False)

    def _on_check(self) -> None:
        bench = self._tool.bench
        if bench.session is None or bench.reader is None:
            self._tell("This session is only shown. Start listening (F5) to go on with it, then check it.")
            return
        self._cancel()
        self._path = bench.path
        asked = now()
        # Read at once: when the task begins, the session may have been let go.
        work = self._check(bench.session, bench.reader.path, span_of(bench.reader, asked), asked)
        self._running = self._tool.spawn(work, "check against the message log")

    def _on_cancel(self) -> None:
        self._cancel()
        self._tell("Cancelled. What was read so far is kept; a new check reads it again.")

    async def _check(self, session: Session, path: Path, span: Span, asked: int) -> None:
        pages, records = 0, 0
        self._section.show_progress("Asking for the message log")
        try:
            api = await self._tool.log_in()
            async with api:
                async for page in api.logs(*span.days):
                    if self._tool.bench.session is not session:
                        return
                    pages, records = pages + 1, records + len(page.records)
                    records_in_span = [one for one in page.records if span.holds(one)]
                    await once_unlocked(partial(session.record_logged, records_in_span, asked))
                    read = f"{count_text(pages, 'page', 'pages')}, {count_text(records, 'message', 'messages')}"
                    self._section.show_progress(f"Reading the message log: {read} so far")
            await self._tool.accepted(api)
        except ApiError as error:
            self._section.show_result([refusal(error, self._tool.catalogue)], [], exportable=False)
            return
        except SessionError as error:
            self._tell(str(error))
            return
        found = await asyncio.to_thread(report, path, self._tool.public_url)
        self._section.show_result(summary(found, asked), found.lines, exportable=found.counts["outbound"] > 0)
        self._tool.refresh_details()

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _tell(self, text: str) -> None:
        self._section.show_result([Step(StepState.WARNING, text)], [], exportable=False)

    async def _export(self) -> None:
        from inspector.runtime.dialogs import choose_save_file

        path = self._path
        if path is None:
            return
        suggested = path.with_name(f"{path.stem} message log.csv")
        target = await choose_save_file(
            self._tool.bench.dialog_parent, "Export the comparison", suggested, ["CSV for spreadsheets (*.csv)"]
        )
        if target is None:
            return
        try:
            written = await asyncio.to_thread(export_csv, path, target, self._tool.public_url)
        except (OSError, SessionError) as error:
            self._tool.bench.window.tell("The comparison was not exported", str(error))
            return
        self._tool.bench.note(f"{count_text(written, 'message', 'messages')} exported to {target.name}.")

    def _on_message(self, message_id: str) -> None:
        reader, panel = self._tool.bench.reader, self._tool.bench.window.panel
        message = None if reader is None else reader.message_by_id(message_id)
        if message is None:
            self._tool.bench.note("No callback of this message came, so there is nothing to show of it.")
            return
        panel.show_view(MESSAGES)
        panel.filter.set_filter(f'id:"{message_id}"' if '"' not in message_id else "")
        panel.messages.select_id(message.row)
