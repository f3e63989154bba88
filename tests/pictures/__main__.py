"""`make pictures`: the README's pictures, made from the running program in the course of one story."""

import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page

from deploy.sample.requests import make_requests
from tests.pictures.month import picture_the_month
from tests.support.chromium import open_chromium
from tests.support.house import House, own_house

FOLDER = Path("docs/pictures")
PHONE, DESK = (360, 740), (1280, 860)
OPERATOR, MEMBER, SUPERVISOR, PROVINCE = range(4)
TEAM, COMMUNE = "24118-01", "24121"
RESIDENT = "0905813579"


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="caunoi-pictures-"))
    folder.chmod(0o711)
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with own_house(folder) as house, open_chromium() as chromium:
            Story(house, chromium).tell()
        with own_house(folder) as house, open_chromium() as chromium:
            picture_the_month(house, chromium, FOLDER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Story:
    """A morning in the sample province."""

    def __init__(self, house: House, chromium: Browser) -> None:
        self._house, self._chromium = house, chromium
        self._links = house.sign_in_links()

    def tell(self) -> None:
        self._fill_the_morning()
        resident = self._page(PHONE)
        resident.goto(f"{self._house.address}/")
        self._shoot(resident, "form")
        code = self._ask(resident)
        self._shoot(resident, "sent")
        self._accept(code)
        self._track(code)
        self._staff(code)

    def _fill_the_morning(self) -> None:
        """Some requests of others, of which a few are taken and one is left unanswered for long."""
        with self._house.caller() as anybody:
            for request in make_requests(30, seed=7):
                wanted = ("category", "description", "phone", "requester_name", "commune_code", "lat", "lon")
                body = {name: request[name] for name in wanted if request[name] is not None}
                assert anybody.post("/api/v1/requests", json=body | {"channel": "api"}).status_code == 201
        time.sleep(2)
        self._house.clock("+2h40m")

    def _ask(self, page: Page) -> str:
        page.get_by_label("Thanh toán, chuyển tiền").check()
        page.get_by_label("Bà con gặp khó gì?").fill("Tôi không biết quét mã QR để trả tiền điện")
        page.get_by_role("combobox", name="Xã, phường").fill("tan lap")
        page.keyboard.press("Enter")
        page.get_by_label("Thôn, buôn, tổ dân phố").select_option(self._village())
        page.get_by_label("Số điện thoại").fill(RESIDENT)
        page.get_by_role("button", name="Gửi yêu cầu").click()
        page.wait_for_url(re.compile(r"/t/\d{9}\?sent="))
        found = re.search(r"/t/(\d{9})", page.url)
        assert found
        return found[1]

    def _accept(self, code: str) -> None:
        member = self._enter(MEMBER, PHONE)
        button = f'form[action="/team/{code}/acceptance"]'
        for _ in range(50):
            member.goto(f"{self._house.address}/team")
            if member.locator(button).count():
                break
            time.sleep(0.2)
        self._shoot(member, "team-asked")
        member.locator(f"{button} button").click()
        member.locator(f"#t-{code}").wait_for()
        self._shoot(member, "team")

    def _track(self, code: str) -> None:
        page = self._page(PHONE)
        page.goto(f"{self._house.address}/t/{code}")
        page.get_by_label("Bốn số cuối của số điện thoại").fill(RESIDENT[-4:])
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        self._shoot(page, "tracking")

    def _staff(self, code: str) -> None:
        operator = self._enter(OPERATOR, DESK)
        operator.goto(f"{self._house.address}/operator")
        operator.keyboard.type(RESIDENT)
        operator.wait_for_timeout(1500)
        self._shoot(operator, "operator")
        province = self._enter(PROVINCE, DESK)
        for name, path in (
            ("story", f"/supervisor/tickets/{code}"),
            ("phones", "/phones"),
            ("messages", f"/messages?code={code}"),
        ):
            province.goto(f"{self._house.address}{path}")
            province.wait_for_timeout(500)
            self._shoot(province, name)

    def _village(self) -> str:
        with self._house.caller() as anybody:
            found = anybody.get("/api/v1/catalogue/villages", params={"commune_code": COMMUNE}).json()
        return next(village["id"] for village in found if village["team_code"] == TEAM)

    def _enter(self, place: int, size: tuple[int, int]) -> Page:
        page = self._page(size)
        page.goto(self._links[place])
        page.locator("main form button").click()
        page.wait_for_url(re.compile("/(operator|team|supervisor)$"))
        return page

    def _page(self, size: tuple[int, int]) -> Page:
        viewport: Mapping[str, int] = {"width": size[0], "height": size[1]}
        context = self._chromium.new_context(viewport=viewport, device_scale_factor=1)  # pyright: ignore[reportArgumentType]
        return context.new_page()

    def _shoot(self, page: Page, name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}.png", full_page=False)


if __name__ == "__main__":
    main()
