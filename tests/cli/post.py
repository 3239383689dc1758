"""A callback posted to the program, as plainly as the standard library can."""

from http.client import HTTPConnection

from tests.cli.program import BOUND
from tests.factories import JSON_TYPE


def post(port: int, *bodies: bytes, path: str = "/", headers: dict[str, str] | None = None) -> list[int]:
    """Post bodies one after the other over one connection; returns the statuses of the replies."""
    statuses = []
    connection = HTTPConnection("127.0.0.1", port, timeout=BOUND)
    try:
        for body in bodies:
            connection.request("POST", path, body, {"Content-Type": JSON_TYPE, **(headers or {})})
            with connection.getresponse() as response:
                response.read()
                statuses.append(response.status)
    finally:
        connection.close()
    return statuses
