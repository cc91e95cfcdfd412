"""The network backend under every fetch: it opens connections to addresses the guard has passed, and no others."""

from collections.abc import Iterable

from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from domain.core.web.guard import Guard

__all__ = ["GuardedBackend"]

_ADDRESSES_TRIED = 3


class GuardedBackend(AsyncNetworkBackend):
    """Judges each connection where it is opened, so that no redirect, retry or second look-up gets around it.

    The name never goes further than this: the connection is made to a judged address, while the Host header
    and the TLS server name keep what the URL said.
    """

    def __init__(self, guard: Guard, inner: AsyncNetworkBackend | None = None) -> None:
        self._guard = guard
        self._inner = inner or AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        *others, last = (await self._guard.addresses(host, port))[:_ADDRESSES_TRIED]
        for address in others:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (ConnectError, ConnectTimeout):
                continue
        return await self._inner.connect_tcp(last, port, timeout, local_address, socket_options)
