"""Promise 2.9: what somebody without data writes is understood: what is wrong, which commune, which village."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.alerts.texts import Manner
from services.notify.asking.conversation import (
    MOST_QUESTIONS,
    Ask,
    File,
    GiveUp,
    Heard,
    Option,
    act_at,
    communes_meant,
    decide,
    give_up,
    number_in,
)
from services.notify.asking.guessing import category_of
from services.notify.asking.places import Gazetteer, Meant, villages_in
from services.notify.asking.wording import worded
from shared.vietnam.communes import communes
from shared.vietnam.sms import parts

EA_KAO, TAN_LAP, PONG_DRANG = "24169@2025-07-01", "24121@2025-07-01", "24305@2025-07-01"
DAK_LAK = Gazetteer(communes("66"))


@dataclass
class Village:
    village_id: str
    name: str
    commune: str = EA_KAO
    former_commune: str | None = None


KAO, TONG, TEN, TEN_TOO = (
    Village("kao", "Buôn Kao"),
    Village("tong", "Buôn Tơng Jú"),
    Village("ten", "Thôn 10", former_commune="Xã Hòa Thắng"),
    Village("ten-too", "Thôn 10", former_commune="Xã Hòa Khánh"),
)
FIVE = Village("five", "Tổ dân phố 5")
HERE = Meant(EA_KAO, "Phường Ea Kao")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("lua dao mat tien", "scam_safety"),
        ("Tôi bị lừa đảo, chuyển tiền rồi", "scam_safety"),
        ("có người xưng công an bắt chuyển khoản", "scam_safety"),
        ("mất mạng 3 hôm nay", "connectivity"),
        ("khong dang nhap duoc VNeID", "identity_account"),
        ("lam khai sinh cho chau", "public_services"),
        ("khong biet quet ma QR", "payments"),
        ("cần chữ ký số", "digital_signature"),
        ("muon ban hang tren Shopee", "ecommerce"),
        ("điện thoại đầy bộ nhớ", "device"),
        ("I was hacked", "scam_safety"),
        ("no internet", "connectivity"),
        ("thu hoạch lúa", "other"),
        ("", "other"),
    ],
)
def test_the_duty_is_guessed_by_plain_words(text: str, category: str) -> None:
    assert category_of(text) == category


def meant(text: str) -> set[str]:
    return {one.full_name for one in DAK_LAK.in_text(text)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lua dao mat tien xa Ea Kao buon Kao", {"Phường Ea Kao"}),
        ("mất mạng ở phường Tân Lập", {"Phường Tân Lập"}),
        ("P.Tân Lập", {"Phường Tân Lập"}),
        ("eakao mat mang", {"Phường Ea Kao"}),
        ("EA KAO", {"Phường Ea Kao"}),
        ("thôn Tân Lập xã Ea Kao", {"Phường Ea Kao"}),
        ("toi o Buon Ma Thuot", {"Phường Buôn Ma Thuột"}),
        ("may hong roi", set()),
        ("buon Ea Kao", set()),
        ("", set()),
    ],
)
def test_a_commune_is_found_in_what_is_written(text: str, names: set[str]) -> None:
    assert meant(text) == names


def test_a_former_name_leads_to_the_commune_of_today() -> None:
    [found] = DAK_LAK.in_text("xa Hoa Khanh, mat mang")
    assert (found.full_name, found.former) == ("Xã Hoà Phú", "Xã Hòa Khánh (thành phố Buôn Ma Thuột)")


def test_a_former_name_that_two_communes_had_is_asked_about_with_its_district() -> None:
    assert step("xa Hoa Thang, mat mang", villages=[]) == Ask(
        "which_commune",
        (
            Option("22319@2025-07-01", "Xã Phú Hoà 1 (Phú Hòa)"),
            Option(TAN_LAP, "Phường Tân Lập (Buôn Ma Thuột)"),
        ),
    )
    assert meant("xa Hoa Thang TP Buon Ma Thuot") == {"Phường Tân Lập"}


def test_the_type_and_the_district_tell_alike_names_apart() -> None:
    assert meant("phuong Tan Lap") == {"Phường Tân Lập"}
    assert "Phường Tân Lập" in meant("Tan Lap") and len(meant("Tan Lap")) > 1
    assert "Phường Tân Lập" not in meant("xa Tan Lap huyen Krong Buk")


def test_every_commune_of_the_country_is_found_by_its_whole_name() -> None:
    everywhere = Gazetteer(communes())
    lost = [c for c in communes() if c.key not in {m.commune for m in everywhere.in_text(f"mat mang {c.full_name}")}]
    assert lost == []


@given(st.text(max_size=120))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    DAK_LAK.in_text(text)
    villages_in(text, [KAO, TEN, FIVE], HERE, answering=True)


@pytest.mark.parametrize(
    ("text", "answering", "found"),
    [
        ("mat mang buon Kao", False, ["kao"]),
        ("mat mang Tong Ju", False, ["tong"]),
        ("Kao", False, []),
        ("Kao", True, ["kao"]),
        ("thon10", True, ["ten", "ten-too"]),
        ("10", True, ["ten", "ten-too"]),
        ("thon 10 Hoa Thang", True, ["ten"]),
        ("tdp 5", True, ["five"]),
        ("to 5", True, ["five"]),
        ("Tổ dân phố 5", False, ["five"]),
        ("thon 1", True, []),
        ("xa xoi lam", True, []),
    ],
)
def test_a_village_is_found_in_what_is_written(text: str, answering: bool, found: list[str]) -> None:
    all_of_them = [KAO, TONG, TEN, TEN_TOO, FIVE]
    assert [v.village_id for v in villages_in(text, all_of_them, HERE, answering=answering)] == found


def test_the_commune_s_own_name_is_no_village() -> None:
    called = Meant(EA_KAO, "Phường Ea Kao", words="ea kao")
    assert villages_in("mat mang ea kao", [Village("ea-kao", "Buôn Ea Kao")], called, answering=False) == []


def test_the_former_commune_by_which_one_says_it_tells_its_villages_apart() -> None:
    called = Meant(TAN_LAP, "Phường Tân Lập", "Xã Hòa Thắng (thành phố Buôn Ma Thuột)")
    assert villages_in("thon 10", [TEN, TEN_TOO], called, answering=True) == [TEN]


def step(text: str, heard: Heard | None = None, villages: list[Village] | None = None, **more: object) -> object:
    """What follows a text in a conversation that already heard it."""
    heard = heard or Heard(said=text, urgent=category_of(text) == "scam_safety")
    found = communes_meant(heard, text, DAK_LAK)
    return decide(heard, text, found, [KAO, TONG, TEN, TEN_TOO] if villages is None else villages)


def asked(question: str, said: str = "mat mang", questions: int = 1, **more: object) -> Heard:
    return Heard(said=said, question=question, questions=questions, **more)  # pyright: ignore[reportArgumentType]


def test_all_at_once_is_filed_without_a_question() -> None:
    assert step("mat mang xa Ea Kao buon Kao") == File(EA_KAO, "kao")


def test_what_is_missing_is_asked_for() -> None:
    assert step("") == Ask("what")
    assert step("mat mang") == Ask("where")
    assert step("mat mang ea kao") == Ask(
        "village",
        (
            Option("kao", "Buôn Kao"),
            Option("tong", "Buôn Tơng Jú"),
            Option("ten", "Thôn 10 (Xã Hòa Thắng)"),
            Option("ten-too", "Thôn 10 (Xã Hòa Khánh)"),
        ),
        Meant(EA_KAO, "Phường Ea Kao", None, "ea kao"),
    )


def test_a_commune_of_one_village_asks_no_more_and_one_of_none_either() -> None:
    assert step("mat mang ea kao", villages=[KAO]) == File(EA_KAO, "kao")
    assert step("mat mang ea kao", villages=[]) == File(EA_KAO)


def test_what_cannot_wait_is_filed_as_soon_as_the_commune_is_known() -> None:
    assert step("bi lua dao, ea kao") == File(EA_KAO)
    assert step("bi lua dao, ea kao buon kao") == File(EA_KAO, "kao")


def test_a_number_chooses_and_a_name_does_as_well() -> None:
    choices = (Option(EA_KAO, "Phường Ea Kao"), Option(TAN_LAP, "Phường Tân Lập"))
    assert step("2", asked("which_commune", options=choices), []) == File(TAN_LAP)
    assert step("ea kao", asked("which_commune", options=choices), []) == File(EA_KAO)
    villages = (Option("kao", "Buôn Kao"), Option("tong", "Buôn Tơng Jú"))
    assert step("so 2.", asked("which_village", options=villages, commune=HERE)) == File(EA_KAO, "tong")
    assert step("tong ju", asked("village", commune=HERE)) == File(EA_KAO, "tong")


@pytest.mark.parametrize("text", ["0", "khong biet", "Không rõ ạ", "chưa biết thôn nào", "I don't know"])
def test_who_does_not_know_the_village_is_helped_all_the_same(text: str) -> None:
    assert step(text, asked("village", commune=HERE)) == File(EA_KAO)


def test_an_answer_that_says_nothing_is_asked_again_until_three_questions_were() -> None:
    assert step("nha toi gan cho", asked("where")) == Ask("where")
    assert step("nha toi gan cho", asked("where", questions=MOST_QUESTIONS)) == GiveUp()
    assert step("gan cho", asked("village", commune=HERE, questions=MOST_QUESTIONS)) == File(EA_KAO)


def test_a_name_that_is_only_begun_is_understood_as_an_answer() -> None:
    found = communes_meant(asked("where"), "pong dr", DAK_LAK)
    assert [one.full_name for one in found] == ["Xã Pơng Drang"]
    assert communes_meant(Heard(said="pong dr"), "pong dr", DAK_LAK) == []


def test_the_village_tells_communes_of_one_name_apart() -> None:
    both = [Meant(EA_KAO, "Phường Ea Kao"), Meant(TAN_LAP, "Phường Tân Lập")]
    heard = Heard(said="mat mang buon Kao")
    assert decide(heard, heard.said, both, [KAO, Village("other", "Thôn 1", TAN_LAP)]) == File(EA_KAO, "kao")


def test_without_an_answer_what_is_known_is_filed() -> None:
    assert give_up(asked("village", commune=HERE)) == File(EA_KAO)
    assert give_up(asked("where")) == GiveUp()


def test_nobody_is_told_at_night_that_we_gave_up() -> None:
    noon = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert act_at(Ask("where"), noon) == noon + timedelta(hours=4)
    assert act_at(Ask("village"), noon) == noon + timedelta(minutes=30)
    evening = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    assert act_at(Ask("where"), evening) == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "number"), [("1", 1), (" 2. ", 2), ("so 3", 3), ("thon 3", None), ("1 2", None)])
def test_a_number_is_a_number_only_alone(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("how", ["sms", "vi", "en"])
@pytest.mark.parametrize("question", ["which_commune", "which_village", "village"])
def test_as_many_choices_are_offered_as_fit_into_one_text(how: Manner, question: str) -> None:
    long = tuple(Option(str(n), f"Thôn Quyết Thắng {n} (Xã Quảng Hiệp)") for n in range(1, 7))
    said = worded(Ask(question, long, HERE), how, urgent=False)  # pyright: ignore[reportArgumentType]
    if question == "village":
        assert (said.answer.text, said.options) == ("answer_ask_village", ()), "all or none"
    else:
        assert 2 <= len(said.options) < 6
        assert parts(said.answer.values["list"]).parts <= 2
        assert said.answer.values["list"].count(",") == len(said.options) - 1


def test_urgent_advice_goes_with_the_first_question() -> None:
    assert worded(Ask("where"), "sms", urgent=True).answer.text == "answer_ask_where_urgent"
