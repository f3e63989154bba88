"""Whom this machine trusts, once for all clients of a process: to read it takes 20 ms and a megabyte each time."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """For `verify=` of any client; `SSL_CERT_FILE` is heeded."""
    return httpx.create_ssl_context()
