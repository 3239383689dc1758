"""Answers other than the usual one: late, never, by a rule, or what the developer's own application says."""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

from aiohttp import web
from multidict import CIMultiDict

from inspector.capture.outgoing import NOT_PASSED_ON
from inspector.capture.recorder import Recorder
from inspector.capture.redirects import Hop
from inspector.capture.reply import OK, Reply
from inspector.capture.rules import Action, Rule, Rules
from inspector.session.errors import SessionError
from inspector.session.records import ForwardRow, Received

NO_ANSWER: Final = 444
"""Stands for the status where nothing was answered, as some web servers log it; no sender ever sees it."""

# SO_LINGER with a time of 0: closing discards what is unsent and resets. Windows has two shorts here.
_LINGER_0: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_LONGEST_KEPT: Final = 64 * 1024


class Ending(StrEnum):
    """How a connection ends without an answer."""

    CLOSED = "closed"
    RESET = "reset"


class Answer(Protocol):
    """What can be written to a sender, and kept."""

    def response(self, request: web.BaseRequest, /) -> web.StreamResponse: ...
    @property
    def as_json(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Planned:
    """What a callback is to be answered. `as_json` is kept with it before it is.

    The answer is `reply`, `seconds` after the callback was committed; with an `ending`, none. With `later`, what
    that comes to within `seconds` is answered and kept instead.
    """

    reply: Reply
    as_json: Mapping[str, Any]
    seconds: float = 0.0
    ending: Ending | None = None
    later: "Callable[[int, Received], asyncio.Future[ForwardRow] | None] | None" = None


Plan = Callable[[Received], Planned | None]


def planned(rule: Rule, target: str) -> Planned:
    """What a rule comes to for a request to `target`."""
    if rule.action is Action.REDIRECT:
        return _plan(rule, _redirect(rule.code, rule.location or _first_hop(rule).location(target)))
    if rule.action is Action.ANSWER:
        text = rule.body + "." * (rule.filler - len(rule.body.encode()))
        return _plan(rule, Reply(rule.code, dict(rule.headers), text))
    return _plan(rule, Reply(NO_ANSWER))


def plan_of_application(
    forward: "Callable[[int, Received], asyncio.Future[ForwardRow] | None]", seconds: float
) -> Planned:
    """Answer what the developer's own application answers within `seconds`, else as without it.

    Every plan has an `as_json` of its own, by which it is known again.
    """
    return Planned(OK, dict(OK.as_json), seconds, later=forward)


class RulePlan:
    """Plans by rules; None where none fits."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        # The same object again for the same answer: the session then knows its text already.
        self._known: dict[Rule, Planned] = {}

    def __call__(self, received: Received) -> Planned | None:
        hop = Hop.of(received.target)
        if hop is not None:
            return _plan_hop(hop, received.target)
        rule = self._rules.first(received)
        if rule is None:
            return None
        if rule.action is Action.REDIRECT and not rule.location:
            return planned(rule, received.target)
        if rule not in self._known:
            self._known[rule] = planned(rule, received.target)
        return self._known[rule]


class Answering:
    """Carries plans out. Waiting senders hold up neither others nor the end: `hurry` answers them all at once."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._hurried = False
        self._waits: set[asyncio.Future[None]] = set()

    def hurry(self) -> None:
        """Let nobody wait any more."""
        self._hurried = True
        for wait in self._waits:
            if not wait.done():
                wait.set_result(None)

    async def answer(self, plan: Planned, request: web.BaseRequest, received: Received, seq: int) -> web.StreamResponse:
        """The answer to a callback that was committed as `seq`, when it is time."""
        answer: Answer = plan.reply
        kept = plan.as_json
        if plan.later is not None:
            begun = asyncio.get_running_loop().time()
            told = await self._told_in_time(plan.later(seq, received), plan.seconds)
            milliseconds = round((asyncio.get_running_loop().time() - begun) * 1000)
            answer = plan.reply if told is None else Told(told)
            kept = {
                **answer.as_json,
                "from": "default" if told is None else "forward",
                "delay_ms": milliseconds,
            }
            await self._amend(seq, kept)
        elif plan.seconds:
            await self.wait(None, plan.seconds)
        if request.transport is None or request.transport.is_closing():
            await self._amend(seq, {**kept, "gave_up": True})
            return _NoAnswer(Ending.CLOSED)
        if plan.ending is not None:
            return _NoAnswer(plan.ending)
        return answer.response(request)

    async def _told_in_time(self, under_way: "asyncio.Future[ForwardRow] | None", seconds: float) -> ForwardRow | None:
        if under_way is None:
            return None
        await self.wait(under_way, seconds)
        if not under_way.done() or under_way.cancelled() or under_way.exception() is not None:
            return None
        row = under_way.result()
        return row if row.status is not None and row.status >= 200 and row.error is None else None

    async def wait(self, under_way: "asyncio.Future[Any] | None", seconds: float) -> None:
        """Wait so long, or until `under_way` is done, but no longer than until `hurry`."""
        if self._hurried:
            return
        wait: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits.add(wait)
        try:
            both = [wait] if under_way is None else [wait, under_way]
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waits.discard(wait)

    async def _amend(self, seq: int, reply: Mapping[str, Any]) -> None:
        try:
            await self._recorder.amend(seq, reply)
        except SessionError:
            return  # its listener was told; the callback itself is kept, so the sender is answered all the same


@dataclass(frozen=True)
class Told:
    """An answer of the developer's own application, to be passed on as it came."""

    row: ForwardRow

    def response(self, _request: web.BaseRequest, /) -> web.StreamResponse:
        """The answer as the application gave it."""
        headers = CIMultiDict(self._passed_on)
        return web.Response(status=self.row.status or 200, headers=headers, body=self.row.body)

    @cached_property
    def as_json(self) -> Mapping[str, Any]:
        """The answer as the session keeps it. The whole body is kept with the forward."""
        result: dict[str, Any] = {"status": self.row.status}
        if self._passed_on:
            result["headers"] = [list(pair) for pair in self._passed_on]
        if self.row.body:
            result["body"] = self.row.body[:_LONGEST_KEPT].decode("utf-8", "replace")
        return result

    @property
    def _passed_on(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.row.headers if name.lower() not in NOT_PASSED_ON]


class _NoAnswer(web.StreamResponse):
    """Ends the connection instead of writing anything."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self._ending = ending

    async def prepare(self, request: web.BaseRequest) -> None:
        transport = request.transport
        if transport is not None:
            if self._ending is Ending.RESET:
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
                transport.abort()
            else:
                transport.close()
        raise ConnectionResetError  # what aiohttp takes for a sender that has gone


def _first_hop(rule: Rule) -> Hop:
    return Hop(rule.code, rule.redirects - 1, 1)


def _redirect(code: int, location: str) -> Reply:
    return Reply(code, {"Location": location})


def _plan_hop(hop: Hop, target: str) -> Planned:
    if not hop.left:
        return Planned(OK, {**OK.as_json, "hop": hop.number})
    reply = _redirect(hop.code, Hop(hop.code, hop.left - 1, hop.number + 1).location(target))
    return Planned(reply, {**reply.as_json, "hop": hop.number})


def _plan(rule: Rule, reply: Reply) -> Planned:
    kept = dict(reply.as_json)
    if rule.action is Action.ANSWER and rule.filler:
        kept.pop("body", None)
        kept["body_bytes"] = len(reply.body.encode())
    if rule.name:
        kept["rule"] = rule.name
    if rule.delay:
        kept["delay_ms"] = round(rule.delay * 1000)
    ending = {Action.DROP: Ending.CLOSED, Action.RESET: Ending.RESET}.get(rule.action)
    if ending is not None:
        kept["dropped"] = ending.value
    return Planned(reply, kept, rule.delay, ending)
