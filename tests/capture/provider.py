"""A sender that keeps the provider's delivery contract, with its own limits."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.factories import JSON_TYPE

_MOST_BYTES = 64_000
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass
class Provider:
    """Makes three attempts at most and follows three redirects at most. `seconds` is how long an answer may take."""

    client: ClientSession
    seconds: float = 10.0
    outcomes: list[str] = field(default_factory=list)

    async def deliver(self, url: str, body: bytes) -> list[str]:
        """What each attempt came to."""
        self.outcomes = []
        for _ in range(3):
            self.outcomes.append(await self._attempt(url, body))
            if self.outcomes[-1] == "delivered":
                break
        return self.outcomes

    async def _attempt(self, url: str, body: bytes) -> str:
        try:
            for _ in range(4):
                async with self.client.post(
                    url,
                    data=body,
                    headers={"Content-Type": JSON_TYPE},
                    allow_redirects=False,
                    timeout=ClientTimeout(total=self.seconds),
                ) as response:
                    if response.status in _REDIRECTS:
                        url = urljoin(url, response.headers["Location"])
                        continue
                    if len(await response.read()) > _MOST_BYTES:
                        return "too large"
                    return "delivered" if response.status < 400 else str(response.status)
        except TimeoutError:
            return "too slow"
        except (ClientError, ConnectionError) as error:
            return "reset" if "reset" in str(error) else "no answer"
        return "too many redirects"
