"""What the documents say of events is what the classes say."""

from tests.contract.events_page import PAGE, page


def test_the_page_of_events_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.contract.events_page"
