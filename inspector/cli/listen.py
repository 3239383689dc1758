"""`inspector listen`: the same capture without a window."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspector.cli.options import (
    TUNNELS,
    Parser,
    WrongUse,
    add_address,
    positive_integer,
    positive_number,
    reply_status,
    secret,
    url,
    writable_target,
)


def run(arguments: Sequence[str]) -> int:
    """Exit code 0 when done (an interrupt is a normal end), 1 when --timeout passed first."""
    parser = Parser("inspector listen", "Capture callbacks without a window, until interrupted.")
    add_address(parser)
    parser.add_argument("--session", type=Path, metavar="FILE", help="the session file to make or to go on with")
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="write the session there at the end (.json, .csv …)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    parser.add_argument("--count", type=positive_integer, metavar="N", help="end after N callbacks")
    parser.add_argument(
        "--until", metavar="FILTER", help="end when a message or callback fits, such as 'status:delivered'"
    )
    parser.add_argument("--timeout", type=positive_number, metavar="SECONDS", help="end after this time")
    parser.add_argument(
        "--reply-status", type=reply_status, default=200, metavar="N", help="what to answer (default 200)"
    )
    parser.add_argument("--forward", type=url, metavar="URL", help="send every callback on to this address")
    parser.add_argument("--signing-key-env", metavar="NAME", help="the variable that holds the project's signing key")
    parser.add_argument("--public-url", type=url, metavar="URL", help="the address that SignalWire calls (signatures)")
    parser.add_argument(
        "--tunnel", choices=TUNNELS, metavar="NAME", help=f"make the address public: {', '.join(TUNNELS)}"
    )
    parser.add_argument("--secret-path-env", metavar="NAME", help="the variable that holds the beginning of every path")
    parser.add_argument("--require-signature", action="store_true", help="answer 403 without a valid signature")
    parser.add_argument(
        "--durable", action="store_true", help="answer only when the disk has it: survives power loss, and is slower"
    )
    options = parser.parse_args(arguments)
    if options.require_signature and options.signing_key_env is None:
        raise WrongUse("--require-signature needs the key to check with: name its variable with --signing-key-env")
    started = datetime.now(UTC).astimezone()
    until = None
    if options.until is not None:
        from inspector.cli.until import Until

        until = Until(options.until, started)
    if options.export is not None:
        from inspector.session.exchange.export import format_of

        format_of(options.export)
        writable_target(options.export, options.session)
        if options.session is not None and options.export.absolute() == options.session.absolute():
            raise WrongUse("--session and --export name the same file")
    tunnel = None
    if options.tunnel is not None:
        from inspector.cli.tunnelling import chosen

        tunnel = chosen(options.tunnel)
    from inspector.cli.listening import Listen, Plan

    plan = Plan(
        host=options.host,
        port=options.port,
        session=options.session,
        export=options.export,
        as_json=options.json,
        count=options.count,
        until=until,
        timeout=options.timeout,
        reply_status=options.reply_status,
        forward=options.forward,
        signing_key=secret(options.signing_key_env),
        public_url=options.public_url,
        started=started,
        tunnel=tunnel,
        secret_path=_secret_path(options.secret_path_env),
        require_signature=options.require_signature,
        durable=options.durable,
    )
    return run_loop(Listen(plan).run)


def _secret_path(variable: str | None) -> str:
    if variable is None:
        return ""
    from inspector.capture.secret_path import secret_path

    try:
        return secret_path(secret(variable, "secret path") or "")
    except ValueError as error:
        raise WrongUse(f"{variable}: {error}") from None


def run_loop(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run a command's coroutine on uvloop where it is installed, else on asyncio's own loop."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    else:
        factory = new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main())
