"""`inspector check FILE...`: judge payload files against the contract."""

import sys
from collections.abc import Sequence
from pathlib import Path

from inspector.callbacks.dialect import Dialect
from inspector.callbacks.judgement import Judgement, judge, kind_of_body
from inspector.cli.options import Parser, WrongUse
from inspector.cli.terminal import printable


def run(arguments: Sequence[str]) -> int:
    """Exit code 0 when every payload is valid, 1 when one is not."""
    parser = Parser("inspector check", "Judge payload files against the contract of the message status callback.")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file with one payload, or - for standard input")
    names: list[str] = parser.parse_args(arguments).files
    payloads = [(name, _read(name)) for name in names]
    all_valid = True
    for name, body in payloads:
        judgement = _judged(body)
        all_valid = all_valid and judgement.valid
        _print_verdict("standard input" if name == "-" else name, judgement, body)
    return 0 if all_valid else 1


def _judged(body: bytes) -> Judgement:
    # A file says nothing of its type: what reads as a form is one, anything else is meant to be JSON.
    as_form = judge(method="POST", target="/", content_type="application/x-www-form-urlencoded", body=body)
    if as_form.dialect is Dialect.FORM:
        return as_form
    return judge(method="POST", target="/", content_type="application/json", body=body)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise WrongUse(f"{printable(name)} cannot be read: {error.strerror}") from None


def _print_verdict(name: str, judgement: Judgement, body: bytes) -> None:
    verdict = "valid" if judgement.valid else "not valid"
    print(f"{printable(name)}: {verdict} ({judgement.dialect.value})")
    for problem in judgement.problems:
        print(
            f"  {problem.severity.value:<7} {printable(problem.path)}  {problem.code.value}  {printable(problem.text)}"
        )
    for field in judgement.unknown_fields:
        print(f"  info    unknown field “{printable(field)}”: the contract does not name it; it does no harm")
    if not judgement.valid and (kind := kind_of_body(body)) is not None:
        print(f"  info    this looks like a {kind}, which is another callback than the message's")
