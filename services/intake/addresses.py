"""What counts as one caller where tries are counted."""

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

from shared.web.addresses import client_address


def household(connection: HTTPConnection) -> str:
    """The caller's address; of an IPv6 one the /64, which one subscriber has all to himself."""
    address = client_address(connection)
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else address
