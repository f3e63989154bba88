"""Promise 1.21: a reply acts on the ticket it means, or asks."""

from dataclasses import replace

import pytest

from services.notify.replies.choosing import Act, Answer, Asks, Help, Job, Own, Sender, Silence, Stop, choose
from services.notify.replies.words import read
from shared.codes import new_code

A, B, C = new_code(), new_code(), new_code()


def asked(code: str, number: int) -> Job:
    return Job("m", code, number, "offered", asked=True)


def mine(code: str, number: int, status: str = "in_progress") -> Job:
    return Job("m", code, number, status, mine=True)


def over(code: str, number: int) -> Job:
    return Job("m", code, number, "closed")


def member(*jobs: Job, own: tuple[Own, ...] = ()) -> Sender:
    return Sender(jobs, own, on_duty=True)


def resident(*own: Own) -> Sender:
    return Sender(own=own)


def test_a_number_names_the_ticket() -> None:
    both = member(asked(A, 1), asked(B, 2))
    assert choose(read("NHAN 2"), both) == Act("accept", B, "m", 2)
    assert choose(read("từ chối 1 bận"), both) == Act("decline", A, "m", 1, "bận")


def test_without_a_number_the_only_open_one_is_meant() -> None:
    assert choose(read("nhan"), member(asked(A, 1), mine(B, 2), over(C, 3))) == Act("accept", A, "m", 1)
    assert choose(read("xong"), member(asked(A, 1), mine(B, 2), over(C, 3))) == Act("resolve", B, "m", 2, "")


def test_without_a_number_and_with_several_we_ask() -> None:
    answer = choose(read("NHAN"), member(asked(A, 1), asked(B, 2)))
    assert isinstance(answer, Answer)
    assert (answer.text, [job.code for job in answer.about]) == ("answer_which_job", [A, B])
    assert isinstance(choose(read("XONG"), member(mine(A, 1), mine(B, 2))), Answer)


def test_done_without_having_accepted_means_the_one_that_was_offered() -> None:
    assert choose(read("XONG"), member(asked(A, 4))) == Act("resolve", A, "m", 4)


def test_nothing_open_is_said() -> None:
    answer = choose(read("NHAN"), member(over(A, 1)))
    assert isinstance(answer, Answer)
    assert answer.text == "answer_no_job"


def test_a_number_used_again_means_the_open_ticket() -> None:
    assert choose(read("NHAN 1"), member(over(A, 1), asked(B, 1))) == Act("accept", B, "m", 1)


def test_a_number_of_a_ticket_that_is_over_is_left_to_assign_to_refuse() -> None:
    assert choose(read("NHAN 1"), member(over(A, 1))) == Act("accept", A, "m", 1)


def test_an_unknown_number_or_a_stranger_s_code_does_nothing() -> None:
    for text, key in (("NHAN 9", "answer_unknown_number"), (f"NHAN {B}", "answer_unknown_code")):
        answer = choose(read(text), member(asked(A, 1)))
        assert isinstance(answer, Answer)
        assert answer.text == key


@pytest.mark.parametrize("text", ["1", "1.", "(1)"])
def test_a_bare_number_asks_what_is_meant(text: str) -> None:
    answer = choose(read(text), member(asked(A, 1)))
    assert isinstance(answer, Answer)
    assert answer.text == "answer_bare_number"


def test_a_resident_s_bare_number_gets_the_helpful_answer() -> None:
    assert choose(read("1"), resident(Own(A, "offered"))) == Help()


def test_an_objection_reopens_the_ticket_that_was_reported_done() -> None:
    sender = resident(Own(A, "in_progress"), Own(B, "resolved"))
    assert choose(read("chưa được, máy vẫn treo"), sender) == Act("reopen", B, None, text="được, máy vẫn treo")
    assert choose(read(f"CHUA {B} vẫn hỏng"), sender) == Act("reopen", B, None, text="vẫn hỏng")


def test_an_objection_to_several_asks_for_the_code() -> None:
    answer = choose(read("CHUA"), resident(Own(A, "resolved"), Own(B, "resolved")))
    assert isinstance(answer, Answer)
    assert answer.text == "answer_which_request"


def test_an_objection_to_what_is_under_way_is_told_how_it_stands() -> None:
    answer = choose(read("CHUA"), resident(Own(A, "offered")))
    assert isinstance(answer, Answer)
    assert (answer.text, [one.code for one in answer.about]) == ("answer_not_done_yet", [A])


def test_a_number_in_an_objection_belongs_to_the_reason() -> None:
    assert choose(read("CHUA 2 ngay roi"), resident(Own(A, "resolved"))) == Act("reopen", A, None, text="2 ngay roi")


def test_a_rating_goes_to_what_was_done_last() -> None:
    assert choose(read("DANHGIA 5"), resident(Own(A, "resolved"), Own(B, "closed"))) == Act("rate", A, None, stars=5)
    assert choose(read("DANHGIA 4"), resident(Own(B, "closed"), Own(C, "closed"))) == Act("rate", B, None, stars=4)


def test_a_rating_without_stars_is_asked_for_them() -> None:
    answer = choose(read("danh gia"), resident(Own(A, "resolved")))
    assert isinstance(answer, Answer)
    assert answer.text == "answer_how_many_stars"


def test_a_member_who_asked_for_help_himself_is_a_resident_where_the_word_is_a_resident_s() -> None:
    both = member(asked(A, 1), own=(Own(B, "resolved"),))
    assert choose(read("CHUA"), both) == Act("reopen", B, None)
    assert choose(read("DANHGIA 5"), both) == Act("rate", B, None, stars=5)
    assert choose(read("NHAN"), both) == Act("accept", A, "m", 1)


@pytest.mark.parametrize("text", ["NHAN 1", "TUCHOI", "XONG"])
def test_a_resident_cannot_do_a_member_s_work(text: str) -> None:
    assert choose(read(text), resident(Own(A, "offered"))) == Help()


def test_how_it_stands_is_shown_for_one_or_listed_for_several() -> None:
    one = choose(read("XEM"), member(asked(A, 1)))
    several = choose(read("XEM"), member(asked(A, 1), mine(B, 2), over(C, 3)))
    named = choose(read("XEM 2"), member(asked(A, 1), mine(B, 2)))
    assert isinstance(one, Answer)
    assert isinstance(several, Answer)
    assert isinstance(named, Answer)
    assert (one.text, several.text, named.text) == ("answer_job", "answer_list", "answer_job")
    assert [job.code for job in several.about] == [A, B]
    assert [job.code for job in named.about] == [B]


def test_nobody_sees_another_s_ticket() -> None:
    answer = choose(read(f"XEM {B}"), resident(Own(A, "offered")))
    assert isinstance(answer, Answer)
    assert answer.text == "answer_unknown_code"


def test_thanks_get_no_answer_and_anything_else_the_helpful_one() -> None:
    assert choose(read("cảm ơn"), resident()) == Silence()
    assert choose(read("mất mạng rồi"), resident()) == Help()
    assert choose(read("NGUNG"), member(asked(A, 1))) == Stop()


def test_who_asks_for_help_is_heard_out_resident_or_member() -> None:
    assert choose(read("HOTRO mất mạng"), resident()) == Asks("mất mạng")
    assert choose(read("HOTRO mất mạng"), member(asked(A, 1))) == Asks("mất mạng")


@pytest.mark.parametrize("text", ["xa Ea Kao", "1", "0", "chua biet", "Nhan Co", "xong chua vay"])
def test_while_we_wait_for_a_resident_s_answer_his_texts_are_the_answer(text: str) -> None:
    assert choose(read(text), replace(resident(), is_asked=True)) == Asks(None)


@pytest.mark.parametrize("text", ["XEM", "CHUA", "NGUNG", "cảm ơn", "DANHGIA 5"])
def test_commands_and_thanks_are_no_answer(text: str) -> None:
    assert not isinstance(choose(read(text), replace(resident(), is_asked=True)), Asks)


def test_a_member_who_asks_for_himself_still_commands_and_a_bare_number_is_the_answer() -> None:
    """A bare number does nothing for a member, so nothing is lost; what was asked last comes first."""
    both = replace(member(asked(A, 1)), is_asked=True)
    assert choose(read("NHAN 1"), both) == Act("accept", A, "m", 1)
    assert choose(read("1"), both) == Asks(None)
