"""Which duty of the teams somebody speaks of, guessed by plain words. A guess: whoever accepts can put it right.

Words are without diacritics and stand whole: "lua dao" is not found in "lua dao on" written as "luadaoon". The first
group that fits decides, so what cannot wait stands first.
"""

from collections.abc import Mapping

from shared.vietnam.names import search_key

OTHER, URGENT = "other", "scam_safety"

_WORDS: Mapping[str, str] = {
    URGENT: """lua dao|bi lua|lua mat|lua tien|lua lay|lua toi|mat tien|mat het tien|bi hack|hack|hacked|chiem tai khoan
        |mat tai khoan|chiem doat|mao danh|gia danh|gia mao|xung cong an|cong an gia|link la|duong dan la|ma otp|doc otp
        |chuyen nham|chuyen khoan nham|trung thuong|tong tien|doa|scam|fraud|stolen|stole""",
    "digital_signature": "chu ky so|ky so|digital signature",
    "identity_account": "vneid|vne id|dinh danh|can cuoc|cccd|mat khau|dang nhap|password|log in|login",
    "public_services": """dich vu cong|khai sinh|ho so|giay to|thu tuc|ket hon|ho khau|tam tru|tam vang|bao hiem|bhyt
        |luong huu|dat dai|so do|public service|birth certificate""",
    "payments": """qr|quet ma|vi dien tu|momo|mobile money|viettel money|chuyen tien|chuyen khoan|thanh toan|ngan hang
        |tra tien|bank|payment|pay""",
    "ecommerce": "ban hang|shopee|lazada|tiktok shop|san thuong mai|gian hang|dat hang|mua hang|don hang|dang ban|sell",
    "connectivity": """mat mang|mang yeu|mang cham|khong co mang|ko co mang|vao mang|mang internet|wifi|internet|3g|4g
        |5g|cap quang|mat song|yeu song|song yeu|khong co song|sim""",
    "device": "dien thoai|may tinh|man hinh|bo nho|cai dat|cai lai|treo may|may treo|may hong|phone|computer|laptop",
    "training": "hoc|huong dan|day cho|tap huan|lop|learn|training|teach",
}
_PHRASES = {category: tuple(f" {phrase.strip()} " for phrase in words.split("|")) for category, words in _WORDS.items()}


def category_of(text: str) -> str:
    """A category's code; `other` where no word fits."""
    plain = f" {search_key(text)} "
    return next((code for code, phrases in _PHRASES.items() if any(phrase in plain for phrase in phrases)), OTHER)
