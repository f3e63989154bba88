"""A village's id comes from its place and name alone, so that the same roster makes the same villages anywhere."""

from uuid import UUID, uuid5

from shared.vietnam.names import nfc

_NAMESPACE = UUID("5f0c1d4e-7b1a-5c3e-9a51-2f6f3d8f1c66")


def village_id(commune: str, former_commune: str | None, name: str) -> str:
    """Sixteen hex digits. Since the mergers of 2025 a commune can have villages of one name: see `former_commune`."""
    return uuid5(_NAMESPACE, "\n".join((commune, _same(former_commune or ""), _same(name)))).hex[:16]


def _same(name: str) -> str:
    """Names that differ in case or composition alone are one."""
    return nfc(name).casefold()
