"""`inspector export SESSION OUT`: a session, or a part of it, in another form."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from inspector.cli.options import Parser, WrongUse, readable_file, writable_target
from inspector.cli.terminal import printable
from inspector.session.conditions import Moment
from inspector.session.exchange.export import Format, export, format_of
from inspector.session.exchange.json_import import import_json, looks_like_export
from inspector.session.exchange.redaction import Redaction
from inspector.session.exchange.selection import Selection
from inspector.session.query import FilterError, Query, parse
from inspector.session.reader import SessionReader


def run(arguments: Sequence[str]) -> int:
    parser = Parser("inspector export", "Write a session as JSON, JSON lines, CSV or HAR.")
    parser.add_argument("session", type=Path, metavar="SESSION", help="a session file, or an exported JSON")
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; its suffix says the format")
    parser.add_argument("--format", choices=[one.value for one in Format], help="the format, whatever the suffix")
    parser.add_argument("--filter", default="", metavar="FILTER", help="only what fits, such as 'status:failed'")
    parser.add_argument("--redact", action="store_true", help="numbers, texts, ids and signatures become pseudonyms")
    parser.add_argument("--with-notes", action="store_true", help="with --redact: notes on messages leave too")
    options = parser.parse_args(arguments)
    redaction = Redaction(notes=options.with_notes) if options.redact else False
    form = Format(options.format) if options.format else format_of(options.out)
    writable_target(options.out, options.session)
    with opened_session(readable_file(options.session)) as reader:
        selection = Selection.matching(reader, understood(options.filter, reader))
        summary = export(reader, options.out, form, selection, redact=redaction)
    print(f"{printable(str(options.out))}: {summary.messages:,} messages, {summary.callbacks:,} callbacks")
    return 0


@contextmanager
def opened_session(path: Path) -> Iterator[SessionReader]:
    """A reader of a session file, or of an exported JSON by way of a session file that is thrown away."""
    if not looks_like_export(path):
        with SessionReader(path) as reader:
            yield reader
        return
    with tempfile.TemporaryDirectory(prefix="callback-inspector-") as folder:
        session = Path(folder) / "imported.inspector"
        import_json(path, session)
        with SessionReader(session) as reader:
            yield reader


def understood(text: str, reader: SessionReader) -> Query:
    """A filter of the command line; times without a day are of the day on which the session started."""
    started = datetime.fromtimestamp(reader.info().started_at // 1_000_000, UTC).astimezone()
    return parsed(text, started)


def parsed(text: str, started: datetime) -> Query:
    """Raises WrongUse for a filter that cannot be understood."""
    try:
        return parse(text, Moment(started.date(), started.tzinfo or UTC))
    except FilterError as error:
        raise WrongUse(f"the filter is not understood: {error}") from None
