"""What has to be closed, and closes itself at the end of `async with`."""

from types import TracebackType
from typing import Self


class ClosedAfterUse:
    """For classes with `close`."""

    async def close(self) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
