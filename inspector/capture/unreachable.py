"""Why a request got no answer, in words that say where to look."""

import errno
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponseError,
    ClientSSLError,
    ConnectionTimeoutError,
    ServerDisconnectedError,
)

CONNECT_SECONDS: Final = 10.0
"""How long a connection may take to be made."""


def explained(error: Exception, url: str, seconds: float) -> str:
    """What kept an answer from `url` away. `seconds` is how long it might have taken."""
    if isinstance(error, TimeoutError) and not isinstance(error, ConnectionTimeoutError):
        return f"No answer came within {seconds:g} seconds."
    return f"The request failed: {_reason(error, url, seconds)}"


def _reason(error: Exception, url: str, seconds: float) -> str:
    where = _place(url)
    match error:
        case ConnectionTimeoutError():
            return (
                f"no connection to {where} within {min(seconds, CONNECT_SECONDS):g} seconds. The machine may be off, "
                "or a firewall in between."
            )
        case ClientConnectorDNSError() | socket.gaierror():
            return f"the name {urlsplit(url).hostname} cannot be found (DNS). Correct it, or look at the network."
        case ClientConnectorCertificateError():
            return f"the TLS certificate of {where} is not trusted ({_short(error.certificate_error)})."
        case ClientSSLError():
            return f"no TLS connection with {where} ({_short(error)}). Does it speak plain http?"
        case ClientConnectorError() if _refused(error.os_error):
            return f"nothing listens at {where} (connection refused). Start the application there."
        case ClientConnectorError():
            return f"no connection to {where} ({error.os_error.strerror or error.os_error})."
        case ServerDisconnectedError():
            return f"{where} hung up without an answer."
        case ClientPayloadError():
            return f"{where} broke off in the middle of its answer."
        case ClientResponseError():
            return f"what {where} answered is no HTTP ({_short(error)})."
        case ConnectionResetError():
            return f"{where} reset the connection."
    return str(error) or type(error).__name__


def _refused(error: OSError) -> bool:
    # A name with several addresses has an error for each, told in one text.
    return error.errno == errno.ECONNREFUSED or f"[Errno {errno.ECONNREFUSED}]" in str(error)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2]


def _short(error: object) -> str:
    return " ".join(str(error).split())[:200]
