"""The ten duties of a community digital technology team, and what is promised for each, as an installation begins.

Data, not code, from then on: an administrator's changes are kept in the store and never overwritten from here.
"""

from dataclasses import dataclass

from services.assign.places.tables import Category, Policy

MINUTE = 60.0
HOUR = 60 * MINUTE
WORKING_DAY = 8 * HOUR


@dataclass(frozen=True)
class Duty:
    """A category with its targets, in working seconds; an urgent one counts round the clock."""

    code: str
    name_vi: str
    name_en: str
    response_s: float = 2 * HOUR
    resolution_s: float = 3 * WORKING_DAY
    urgent: bool = False
    first_teams: int = 1
    widen_s: float = 20 * MINUTE


DUTIES = (
    Duty("public_services", "Dịch vụ công trực tuyến", "Online public services"),
    Duty("identity_account", "VNeID, tài khoản", "VNeID, accounts"),
    Duty("payments", "Thanh toán, chuyển tiền", "Payments, transfers"),
    Duty("ecommerce", "Mua bán trên mạng", "Buying and selling online"),
    Duty("digital_signature", "Chữ ký số", "Digital signature"),
    Duty("scam_safety", "Nghi bị lừa đảo", "I fear a scam", 30 * MINUTE, 4 * HOUR, True, 3, 5 * MINUTE),
    Duty("connectivity", "Mạng, sóng yếu", "Internet, weak signal", 4 * HOUR, 2 * WORKING_DAY),
    Duty("device", "Điện thoại, máy", "Phone, device"),
    Duty("training", "Học dùng công nghệ", "Learn to use technology"),
    Duty("other", "Việc khác", "Something else"),
)


def categories() -> list[Category]:
    """The duties as rows, in the order in which people see them."""
    return [
        Category(code=duty.code, name_vi=duty.name_vi, name_en=duty.name_en, position=position, urgent=duty.urgent)
        for position, duty in enumerate(DUTIES, start=1)
    ]


def policies() -> list[Policy]:
    """What is promised for each duty everywhere."""
    return [
        Policy(
            category=duty.code,
            response_s=duty.response_s,
            resolution_s=duty.resolution_s,
            urgent=duty.urgent,
            widen_s=duty.widen_s,
            first_teams=duty.first_teams,
        )
        for duty in DUTIES
    ]
