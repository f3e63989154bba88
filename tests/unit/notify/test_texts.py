"""Promise 1.19: every text fits, whatever the names, and says what it must."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

import pytest

from deploy.sample.roster import make_roster
from services.notify.alerts import slots, texts
from services.notify.alerts.alert import About, Alert, Audience, Territory
from services.notify.alerts.policy import LINES
from services.notify.alerts.slots import NAME, PLACE, Known
from services.notify.alerts.texts import Manner
from services.notify.alerts.wording import worded
from services.notify.messages.ways import Way
from services.notify.replies.answers import ROOM, Context, written
from services.notify.replies.choosing import Job, Own
from services.notify.tickets.tables import Ticket
from shared.vietnam.names import fold
from shared.vietnam.sms import gsm_length, parts

MANNERS: tuple[Manner, ...] = ("sms", "vi", "en")
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
"""The longest way of saying when."""

OF_WAYS = [key for key in texts.every_key() if key.endswith(("_one_way", "_by_link")) and "several" not in key]
ALERTS = [
    key
    for key in texts.every_key()
    if not key.startswith("answer_") and key not in OF_WAYS and not key.startswith("offered_several")
]
ANSWERS = [key for key in texts.every_key() if key.startswith("answer_")]
TO_RESIDENTS = [
    *(key for key in ALERTS if key.startswith(("submitted", "unrouted_nobody", "resolved", "closed", "cancelled"))),
    *("accepted_resident", "reopened_resident", "answer_rated", "answer_which_request", "answer_not_done_yet"),
    *("answer_request", "answer_stopped", "answer_help", "answer_resident_not_possible", "answer_how_many_stars"),
    *("answer_unknown_code", "answer_wrong_code"),
    *(key for key in ANSWERS if key.startswith("answer_ask_")),
]


def alert(text: str, **about: object) -> Alert:
    """An alert as full as can be."""
    said = About(
        category="device",
        village="Buôn " + "M'Hăng " * 6,
        former_commune="Xã Hòa Khánh",
        commune="Phường Buôn Ma Thuột",
        due=NEXT_YEAR,
        team="T-1",
        team_name="Tổ CNSCĐ " + "Quyết " * 6,
        member="m",
        word="47",
        metres=14_940,
        why="resolution" if text == "escalated" else "no_one_reachable",
    )
    return Alert(
        kind="offered",
        text=text,
        to=Audience(kind="person", key="m"),
        code="482915307",
        version=1,
        at=NOW,
        about=said.model_copy(update=about),
        territory=Territory(),
        correlation="",
    )


def fullest(text: str, how: Manner) -> Known:
    """Every name longer than there is room for."""
    return Known(
        alert=alert(text),
        how=how,
        at=NOW,
        hotline="1900 1022",
        number=100,
        resident_name="Nguyễn Trần " * 4,
        resident_phone="+84905123456",
        member_name="H Bluôl Adrơng Kbuôr " * 2,
        team_phone="+84905123456",
        category=("Dịch vụ công trực tuyến mức 4", "Online public services of the state"),
    )


def write(known: Known) -> str:
    """On a way out where one can answer."""
    return worded(known.alert.text, known.how, slots.values(known), Way("kannel", "phone", two_way=True), "8077", None)


def write_one_way(known: Known, page: str | None = None) -> str:
    """On one that only sends."""
    values = slots.values(known)
    return worded(known.alert.text, known.how, values, Way("esms", "phone", two_way=False), "8077", page)


@pytest.mark.parametrize("text", ALERTS)
@pytest.mark.parametrize("how", MANNERS)
def test_every_alert_fits_with_the_longest_values(text: str, how: Manner) -> None:
    written_out = write(fullest(text, how))
    if how == "vi":
        assert parts(written_out).parts <= 2, f"{len(written_out)}: {written_out}"
    else:
        assert (gsm_length(written_out) or 999) <= 160, f"{len(written_out)}: {written_out}"
        assert written_out.isascii()


LINK = "https://caunoi.daklak.gov.vn/hooks/a/zzzzAbCdEfGhIj"


@pytest.mark.parametrize("text", OF_WAYS)
@pytest.mark.parametrize("how", MANNERS)
def test_every_alert_fits_on_ways_that_only_send(text: str, how: Manner) -> None:
    base = text.removesuffix("_one_way").removesuffix("_by_link")
    written_out = write_one_way(fullest(base, how), LINK if text.endswith("_by_link") else None)
    assert parts(written_out).parts <= (2 if how == "vi" else 1), f"{len(written_out)}: {written_out}"
    assert ("8077" in written_out) is text.endswith("_one_way")
    assert (LINK in written_out) is text.endswith("_by_link")


def test_every_text_that_asks_for_an_answer_says_where_on_a_way_that_only_sends() -> None:
    for text in ALERTS:
        asks = any(f" {word}" in texts.sentence(text, "sms") for word in ("NHAN ", "XONG {n}", "CHUA trong", "XEM"))
        assert asks == (f"{text}_one_way" in OF_WAYS), text


def test_every_alert_fits_with_the_sample_s_own_names() -> None:
    teams, members = make_roster()
    villages = sorted({(t.village, t.commune_2022) for t in teams}, key=lambda v: -len(" ".join(v)))[:40]
    names = sorted({m.full_name for m in members}, key=len, reverse=True)[:20]
    team_names = sorted({t.team_name for t in teams}, key=len, reverse=True)[:20]
    for text in ALERTS:
        for index, (village, former) in enumerate(villages):
            known = fullest(text, "sms")
            full = replace(
                known,
                alert=alert(
                    text, village=village, former_commune=former, team_name=team_names[index % len(team_names)]
                ),
                resident_name=names[index % len(names)],
                member_name=names[index % len(names)],
            )
            assert len(write(full)) <= 160, write(full)


def test_a_number_a_code_and_the_word_are_never_cut() -> None:
    text = write(fullest("accepted_member", "sms"))
    assert "0905 123 456" in text
    assert "So gap mat 47" in text
    assert text.endswith("XONG 100")
    assert "482 915 307" in write(fullest("escalated", "sms"))


def test_a_long_name_is_cut_to_24_and_a_village_with_its_former_commune_to_32() -> None:
    assert len(slots.short_team("Tổ CNSCĐ " + "Quyết " * 9)) <= NAME
    assert len(slots.place("Buôn M'Hăng 12", "Xã Quảng Hiệp Tân Tiến", "")) <= PLACE
    known = fullest("accepted_member", "vi")
    assert "Nguyễn Trần Nguyễn Trần 0905" in write(known)


def test_no_time_says_a_year() -> None:
    assert "17:00 ngay 04/01." in write(fullest("offered", "sms"))


def test_a_team_of_a_ward_s_neighbourhood_is_not_called_a_team_twice() -> None:
    assert slots.team_said("Tổ CNSCĐ Tổ dân phố 1", "vi") == "Tổ dân phố 1"
    assert slots.team_said("Tổ CNSCĐ Buôn Kbu", "vi") == "tổ Buôn Kbu"
    assert slots.team_said("Tổ công nghệ số cộng đồng Thôn 3", "en") == "team Thôn 3"


def test_a_village_is_told_apart_by_its_former_commune() -> None:
    assert slots.place("Thôn 3", "Xã Hòa Khánh", "Ea Kao") == "Thôn 3 (Xã Hòa Khánh)"
    assert slots.place(None, None, "Phường Ea Kao") == "Phường Ea Kao"
    cut_within = write(replace(fullest("offered", "vi"), alert=alert("offered", village="Buôn Ea Bông 15")))
    assert "Buôn Ea Bông 15 (Xã Hòa Khánh)" in cut_within


@pytest.mark.parametrize("text", TO_RESIDENTS)
def test_every_text_to_a_resident_warns_and_carries_no_link(text: str) -> None:
    for how in MANNERS:
        said = fold(texts.sentence(text, how)).lower()
        assert "otp" in said
        assert "khong dua" in said or "never give" in said
        assert "http" not in said
        assert "www" not in said


def test_every_line_of_the_policy_has_its_text() -> None:
    known = set(texts.every_key())
    for key in _texts_of_policy():
        assert key in known, key


def _texts_of_policy() -> Iterator[str]:
    """Where a line chooses, all that it may choose."""
    chosen = (
        ("submitted", "submitted_urgent", "submitted_joined", "submitted_corrected"),
        ("offered", "offered_urgent", "taken_taken", "taken_cancelled", "taken_reassigned"),
        ("unrouted_nobody_near", "unrouted_nobody_free", "warned_response", "warned_resolution"),
        ("accepted_member", "accepted_resident", "resolved", "closed", "cancelled", "reopened_member"),
        ("reopened_resident", "unrouted_staff", "escalated"),
    )
    yield from chain.from_iterable(chosen)


def test_the_policy_knows_every_kind_of_alert_that_the_api_names() -> None:
    kinds = {line.alert for line in LINES} | {"answer"}
    assert kinds == {
        *("submitted", "offered", "accepted", "taken", "resolved", "closed"),
        *("reopened", "unrouted", "warned", "escalated", "answer"),
    }


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("how", MANNERS)
def test_every_answer_fits_however_many_tickets_it_lists(text: str, how: Manner) -> None:
    jobs = [Job("m", f"48291530{n}", 90 + n, "in_progress") for n in range(9)]
    own = [Own(f"48291530{n}", "handed_over") for n in range(9)]
    context = Context(how, NOW, "1900 1022", {one.code: ticket(one.code) for one in own}, {"device": LONG_CATEGORY})
    given = {
        "word": "DANHGIA 5" if "request" in text else "TUCHOI",
        "n": "99",
        "stars": "5",
        "typed": "482 915 308",
        **LINKING,
    }
    about = own if "request" in text or text in ("answer_rated", "answer_not_done_yet") else jobs
    said = written(text, about, {**given, "code": "482915307"}, context)
    assert len(said) <= ROOM[how], f"{len(said)}: {said}"


LINKING = {
    "link": "K7MP2QX9",
    "chat": "Telegram",
    "bot": "Cầu Nối tỉnh Đắk Lắk, chuyển số",
    "phone": "•••456",
    "number": "8077",
}
LONG_CATEGORY = ("Dịch vụ công trực tuyến", "Online public services")


def ticket(code: str) -> Ticket:
    return Ticket(
        code=code,
        version=1,
        at=NOW,
        status="offered",
        category="device",
        urgent=False,
        province="66",
        village_name="Buôn M'Hăng 15",
        former_commune="Xã Quảng Hiệp",
        commune_name="Ea Kao",
        unit_path=["66", "24121"],
        response_due=NEXT_YEAR,
        resolution_due=NEXT_YEAR,
    )
