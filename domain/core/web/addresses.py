"""Which IP addresses belong to the public internet, and which a fetch must not reach.

``ipaddress.is_global`` alone is not enough: it follows the Python release, passes multicast and cloud
metadata on public addresses, and does not look inside addresses that carry an IPv4 one. So the ranges are
written out, after the IANA special-purpose registries (RFC 6890 and its updates).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["refusal"]

_V4 = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's private network"),  # also Alibaba's metadata service, 100.100.100.200
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's metadata service"),  # Azure: a public address, answered by the host
        ("169.254.0.0/16", "a link-local network or a cloud's metadata service"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved network"),  # also Oracle's metadata service, 192.0.0.192
        ("192.0.2.0/24", "a network reserved for examples"),
        ("192.31.196.0/24", "a reserved network"),
        ("192.52.193.0/24", "a reserved network"),
        ("192.88.99.0/24", "a relay between IPv4 and IPv6"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "a reserved network"),
        ("198.18.0.0/15", "a network reserved for benchmarks"),
        ("198.51.100.0/24", "a network reserved for examples"),
        ("203.0.113.0/24", "a network reserved for examples"),
        ("224.0.0.0/4", "a multicast group"),
        ("240.0.0.0/4", "a reserved network"),
    )
)

_V6 = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::1/128", "this machine"),
        ("::/96", "this machine or an IPv4 address in disguise"),  # unspecified, and IPv4-compatible
        ("fc00::/7", "a private network"),  # also AWS's metadata service, fd00:ec2::254
        ("fe80::/10", "a link-local network"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "a multicast group"),
        ("2001::/32", "a tunnel that hides an IPv4 address"),  # Teredo
        ("2001::/23", "a reserved network"),  # benchmarks, ORCHID and the other protocol assignments
        ("2001:db8::/32", "a network reserved for examples"),
        ("2002::/16", "a tunnel that hides an IPv4 address"),  # 6to4
        ("2620:4f:8000::/48", "a reserved network"),
        ("3ffe::/16", "a reserved network"),
        ("3fff::/20", "a network reserved for examples"),
    )
)

_PUBLIC_V6 = IPv6Network("2000::/3")
"""The only part of IPv6 handed out for public unicast so far (RFC 4291, RFC 3513)."""

_CARRIES_V4 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4-mapped, and the well-known NAT64 prefix (RFC 6052), which networks without IPv4 really use."""


def refusal(address: str) -> str | None:
    """What lies behind an address that must not be fetched, in words; None for a public one.

    Raises:
        ValueError: the text is no IP address.
    """
    parsed = ip_address(address)
    return _refusal_v4(parsed) if isinstance(parsed, IPv4Address) else _refusal_v6(parsed)


def _refusal_v4(address: IPv4Address) -> str | None:
    return next((reason for network, reason in _V4 if address in network), None)


def _refusal_v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "a link-local network"
    if any(address in network for network in _CARRIES_V4):
        return _refusal_v4(IPv4Address(address.packed[-4:]))
    for network, reason in _V6:
        if address in network:
            return reason
    if address not in _PUBLIC_V6:
        return "a reserved network"
    if address.packed[8:12] in (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe"):
        return "a tunnel that hides an IPv4 address"  # ISATAP, RFC 5214
    return None
