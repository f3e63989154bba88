"""Every error code that Zalo documents, and what it means for a message.

The code stands in an answer of HTTP 200. "Ours to fix" is final on this way, so that an SMS carries the message now,
and is logged as an error for whoever can mend it.
"""

from collections.abc import Iterable, Mapping

from services.notify.channels.channel import Outcome

_LATER = Outcome("temporary", "busy_carrier")
_TOO_FAST = Outcome("temporary", "too_fast")
_CLOSED = Outcome("permanent", "chat_closed", address_is_bad=True)
_NO_WINDOW = Outcome("permanent", "no_window")
_NO_ZALO = Outcome("permanent", "no_zalo")
_REFUSED = Outcome("permanent", "refused_by_person")
_DATA = Outcome("permanent", "template_data")
_LIMIT = Outcome("permanent", "over_limit")
OURS = Outcome("permanent", "ours_to_fix")


def _all(outcome: Outcome, codes: Iterable[int]) -> dict[int, Outcome]:
    return dict.fromkeys(codes, outcome)


CHAT_REFRESH = frozenset({-216, -220})
"""The access token is no longer good: renew it once."""

CHAT: Mapping[int, Outcome] = {
    -32: _TOO_FAST,
    **_all(_LATER, (-200, -218)),
    # -213 no follower, -217 -227 banned or idle for 45 days, -244 muted us; until he writes again
    **_all(_CLOSED, (-213, -217, -227, -244)),
    **_all(_NO_WINDOW, (-230, -232)),
    # -209 app not active, -211 quota, -224 tier, -234 promotion at night, -240 old version, -242 proof, -248 content,
    # -320 -321 money
    **_all(
        OURS, (-201, -204, -205, -209, -211, -212, -219, -221, -223, -224, -233, -234, -240, -242, -248, -320, -321)
    ),
}
"""Of messages to a chat (`openapi.zalo.me/v3.0/oa`)."""

TEMPLATE_REFRESH = frozenset({-124})

TEMPLATE: Mapping[int, Outcome] = {
    -32: _TOO_FAST,
    -100: _LATER,
    -108: Outcome("permanent", "unknown_number"),
    # -110 his app is too old, -114 inactive, -118 no account, -119 cannot receive
    **_all(_NO_ZALO, (-110, -114, -118, -119)),
    **_all(_REFUSED, (-139, -140, -141)),
    **_all(_DATA, (-111, -112, -1121, -1122, -1124)),
    -133: Outcome("permanent", "at_night"),
    # -144 of the day, -147 of the template
    **_all(_LIMIT, (-144, -147)),
    # -101 to -105 app, -106 method, -107 message id, -109 template id, -115 -137 money, -117 -131 -146 template,
    # -135 -1351 the account may not send, -1241 proof
    **_all(OURS, (-101, -102, -103, -104, -105, -106, -107, -109, -115, -137, -117, -131, -146, -135, -1351, -1241)),
}
"""Of template messages (`business.openapi.zalo.me`)."""


def read_code(code: int, known: Mapping[int, Outcome]) -> Outcome:
    """One that nobody knows is final: an SMS carries the message."""
    return known.get(code) or Outcome("permanent", f"zalo_{abs(code)}")
