"""`inspector [SESSION]`: the window."""

from collections.abc import Sequence
from pathlib import Path

from inspector.cli.options import WrongUse, port, readable_file


def run(arguments: Sequence[str]) -> int:
    """Show the window until the user quits."""
    from inspector.cli.main import window_parser

    parser = window_parser()
    parser.add_argument("session", nargs="?", type=Path, metavar="SESSION", help="a session file or an exported JSON")
    parser.add_argument("--host", help="the address to listen at (default: 127.0.0.1, or as set)")
    parser.add_argument("--port", type=port, help="the port; 0 takes any free one (default: 9797, or as set)")
    parser.add_argument("--no-listen", action="store_true", help="only show")
    parser.add_argument("--demo", action="store_true", help="play simulated messages into the window")
    options = parser.parse_args(arguments)
    session: Path | None = options.session
    if session is not None and session.suffix.lower() != ".inspector":
        readable_file(session)
    if session is not None and session.is_dir():
        readable_file(session)
    if options.demo and options.no_listen:
        raise WrongUse("--demo sends to the window itself, so it cannot go with --no-listen")
    from inspector.runtime.memory import hasten

    hasten()
    import inspector.before_qt  # noqa: F401 - before the next line, which brings Qt
    from inspector.runtime.display import display_problem

    if (problem := display_problem()) is not None:
        raise WrongUse(problem)
    from inspector.app import Start
    from inspector.app import run as run_window

    listen = not options.no_listen
    return run_window(Start(session, options.host, options.port, listen=listen, demo=options.demo))
