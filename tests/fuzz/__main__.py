"""`python -m tests.fuzz [TARGET...] [--seconds N]`: coverage-guided fuzzing (atheris), each target in a process.

The target `contract` is of another kind: payloads made from the contract (schemathesis), posted to a running server.
An input that breaks a target is written to `tests/fuzz/found/TARGET/`, where the tests pick it up from then on.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.fuzz.targets import SEEDS, TARGETS

_FOUND: Final = Path(__file__).with_name("found")
_ONE: Final = "--one"
_CONTRACT: Final = "contract"
_A_ROUND: Final = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join((*TARGETS, _CONTRACT)))
    parser.add_argument("--seconds", type=int, default=60, help="how long each target is tried (60)")
    options = parser.parse_args()
    names = (*TARGETS, _CONTRACT)
    unknown = [name for name in options.targets if name not in names]
    if unknown:
        parser.error(f"there is no target “{unknown[0]}”; there are {', '.join(names)}")
    broken = []
    for name in options.targets or names:
        if name == _CONTRACT:
            contract(options.seconds)
            continue
        found = _FOUND / name
        found.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as corpus:
            for number, seed in enumerate(SEEDS[name]):
                Path(corpus, f"seed{number}").write_bytes(seed)
            command = [sys.executable, "-m", "tests.fuzz", _ONE, name, corpus, f"-artifact_prefix={found}/"]
            limits = [f"-max_total_time={options.seconds}", "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0"]
            ended = subprocess.run([*command, *limits, "-print_final_stats=1"], check=False, text=True, stderr=-1)
        stats = [line for line in ended.stderr.splitlines() if "number_of_executed_units" in line]
        tried = stats[0].split()[-1] if stats else "?"
        print(f"{name}: {tried} inputs, {'nothing found' if ended.returncode == 0 else 'BROKEN'}", flush=True)  # noqa: T201
        if ended.returncode:
            broken.append(name)
            print(ended.stderr[-3000:], flush=True)  # noqa: T201
        elif not any(found.iterdir()):
            found.rmdir()
    return 1 if broken else 0


def contract(seconds: int) -> None:
    """Try the contract for so long. Raises AssertionError with what breaks it."""
    from tests.fuzz.contract import try_contract

    for kind, count in try_contract(_A_ROUND, seconds=seconds).items():
        print(f"{_CONTRACT}: {count} payloads ({kind}), nothing found", flush=True)  # noqa: T201


def one(name: str, options: list[str]) -> None:
    """Fuzz one target in this process; atheris ends it."""
    import atheris

    with atheris.instrument_imports(include=["inspector"]):
        from tests.fuzz import targets
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == [_ONE]:
        one(sys.argv[2], sys.argv[3:])
    sys.exit(main())
