"""Layouts, components, static files, headers."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request

from shared.web import static
from shared.web.static import static_url
from shared.web.templates import Templates
from tests.unit.web.app import HOME, PAGE, client, small_app


def request_for(path: str = "/") -> Request:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"host", b"x")]}
    return Request(scope | {"app": small_app(), "scheme": "http", "server": ("x", 80)})


def room(folder: Path, template: str) -> Templates:
    (folder / "templates").mkdir()
    (folder / "templates" / "page.html").write_text(template, encoding="utf-8")
    return Templates(folder)


def test_a_room_finds_its_own_templates_and_the_shared_parts(tmp_path: Path):
    templates = room(tmp_path, '{{ ui.code("482915307") }} {{ distance(1234) }} {{ phone("+84905123456") }}')
    text = templates.text(request_for(), "page.html")
    assert "482\u00a0915\u00a0307" in text
    assert "1,2 km" in text
    assert "0905 123 456" in text


def test_what_people_typed_is_never_markup(tmp_path: Path):
    templates = room(tmp_path, '{{ ui.field("name", "Tên", said) }}{{ ui.area("text", "Gì", said) }}')
    text = templates.text(request_for(), "page.html", said='"><script>alert(1)</script>')
    assert "<script>" not in text


def test_a_name_nobody_gave_is_an_error_and_not_a_blank(tmp_path: Path):
    with pytest.raises(UndefinedError):
        room(tmp_path, "{{ forgotten }}").text(request_for(), "page.html")


def test_an_error_stands_beside_its_field_and_in_the_summary_that_links_to_it(tmp_path: Path):
    templates = room(
        tmp_path, '{{ ui.error_summary(errors) }}{{ ui.phone_field("phone", "Số", "0905", errors=errors) }}'
    )
    text = templates.text(request_for(), "page.html", errors={"phone": "Cần 10 chữ số."})
    assert 'href="#f-phone"' in text
    assert "autofocus" in text
    assert re.search(
        r'<input id="f-phone"[^>]*value="0905"[^>]*aria-describedby="e-phone"[^>]*aria-invalid="true"', text
    )


def test_two_forms_of_one_page_have_ids_of_their_own(tmp_path: Path):
    templates = room(tmp_path, '{{ ui.field("note", "A") }}{{ ui.field("note", "B", prefix="b-") }}')
    text = templates.text(request_for(), "page.html")
    assert 'id="f-note" name="note"' in text
    assert 'for="f-b-note"' in text
    assert 'id="f-b-note" name="note"' in text


async def test_a_language_chosen_is_remembered():
    async with client() as browser:
        chosen = await browser.get("/components", params={"lang": "en"}, headers=PAGE)
        later = await browser.get("/components", headers=PAGE)
    assert "lang=en" in chosen.headers["set-cookie"]
    assert '<html lang="en">' in later.text


@pytest.mark.parametrize("address", ["/components", "/components?for=resident", "/nothing"])
async def test_a_page_runs_nothing_inline_and_loads_nothing_from_elsewhere(address: str):
    async with client() as browser:
        page = await browser.get(address, headers=PAGE)
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"<script(?![^>]* src=)", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_every_page_says_never_to_give_anyone_a_password_or_otp():
    async with client() as browser:
        for address in ("/components", "/components?for=resident", "/nothing"):
            assert "Không đưa mật khẩu, mã OTP" in (await browser.get(address, headers=PAGE)).text


async def test_the_components_are_shown_only_where_phones_are_simulated():
    async with client(small_app(simulator=False)) as browser:
        assert (await browser.get("/components")).status_code == 404


async def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content():
    address = static_url("resident.css")
    assert re.fullmatch(r"/static/resident\.[0-9a-f]{10}\.css", address)
    async with client() as browser:
        file = await browser.get(address)
        old = await browser.get("/static/resident.0123456789.css")
    assert file.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in file.headers["cache-control"]
    assert old.status_code == 200
    assert "immutable" not in old.headers["cache-control"]


@pytest.mark.parametrize("name", ["../static.py", "..%2Fstatic.py", "package.json", "htmx.org", ".npmrc", ""])
async def test_no_other_file_is_served(name: str):
    async with client() as browser:
        assert (await browser.get(f"{HOME}/static/{name}")).status_code == 404


async def test_static_files_cannot_be_posted_to():
    async with client() as browser:
        assert (await browser.post("/static/resident.css")).status_code == 405


def test_a_resident_s_page_with_every_part_weighs_under_60_000_bytes():
    text = Templates().text(
        request_for("/components"), "problem.html", problem={"status": 404, "title": "x", "detail": "y"}
    )
    assets = sum((static._OWN / name).stat().st_size for name in ("resident.css", "mark.svg"))
    assert len(text.encode()) + assets < 30_000, "the rest of 60,000 belongs to the form and its communes"
