"""Loopback ports: free ones to take, and whether one is taken."""

import random
import socket

LOOPBACK = "127.0.0.1"
CHOICE = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could sit on a child's port while the
child is being restarted."""


def free_port(*taken: int) -> int:
    """A TCP port nobody listens on now, other than `taken`."""
    while True:
        port = random.choice(CHOICE)
        if port not in taken and is_free(port):
            return port


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Could a server listen there now? Connections that still linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def answers(port: int, host: str = LOOPBACK, patience_s: float = 0.5) -> bool:
    """Does somebody accept connections there?"""
    try:
        with socket.create_connection((host, port), timeout=patience_s):
            return True
    except OSError:
        return False
