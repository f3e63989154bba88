"""Which ways out a person has once a chat is linked or not linked any more: pure rules."""

from collections.abc import Sequence


def with_chat(channels: Sequence[str] | None, chat: str, sms: Sequence[str]) -> list[str]:
    """The chat first, what the person had before behind it, and SMS in any case: a chat is no network to rely on."""
    rest = [name for name in channels or sms if name != chat]
    behind = [] if any(name in sms for name in rest) else list(sms)
    return [chat, *rest, *behind]


def without_chat(channels: Sequence[str] | None, chat: str, sms: Sequence[str]) -> list[str] | None:
    """The ways that are left; None, the installation's own, where nothing is left that the person chose."""
    rest = [name for name in channels or () if name != chat]
    return None if not rest or rest == list(sms) else rest
