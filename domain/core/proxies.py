"""The proxies of this machine's environment: HTTP_PROXY and the like, and NO_PROXY."""

from urllib.request import getproxies, proxy_bypass


def behind_proxy(scheme: str, host: str) -> bool:
    """Whether what goes to the host by that scheme is to pass a proxy."""
    proxies = getproxies()
    return not (proxies.keys().isdisjoint((scheme, "all")) or proxy_bypass(host))
