"""`/components`: every part on one page, for whoever draws or builds a page. Only where the simulator is on."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared.web.icons import icon_names
from shared.web.languages import Translator, page_language
from shared.web.templates import Templates

components_router = APIRouter(include_in_schema=False)
_templates = Templates()
_STATES = (
    "new",
    "offered",
    "accepted",
    "in_progress",
    "waiting",
    "handed_over",
    "resolved",
    "closed",
    "reopened",
    "cancelled",
    "unrouted",
)
_CATEGORIES = (
    "public_services",
    "identity_account",
    "payments",
    "ecommerce",
    "digital_signature",
    "scam_safety",
    "connectivity",
    "device",
    "training",
    "other",
)


@components_router.get("/components", response_class=HTMLResponse)
async def components(request: Request) -> HTMLResponse:
    """The parts for staff, or with `?for=resident` those of a resident's page."""
    t = Translator(page_language(request))
    name = "components_resident.html" if request.query_params.get("for") == "resident" else "components_staff.html"
    now: datetime = request.app.state.clock.now()
    return _templates.render(
        request,
        name,
        states=_STATES,
        categories=[(code, t(f"category.{code}")) for code in _CATEGORIES],
        icons=icon_names(),
        soon=now + timedelta(minutes=80),
        close=now + timedelta(minutes=9),
        late=now - timedelta(minutes=26),
        monday=now + timedelta(days=5),
        story=[
            SimpleNamespace(at=now - timedelta(minutes=50), text="Bà con gửi yêu cầu trên mạng."),
            SimpleNamespace(at=now - timedelta(minutes=49), text="Hỏi tổ Buôn Akŏ Dhông, cách 850 m."),
            SimpleNamespace(at=now - timedelta(minutes=31), text="Chị H'Hen Niê nhận việc."),
        ],
        errors={
            "phone": "Số điện thoại cần 10 chữ số, ví dụ 0905 123 456.",
            "description": "Viết vài chữ để tổ biết cần mang theo gì.",
        },
    )
