"""Faults are logged without what people wrote, to machines and on a terminal, and say still what is to be mended."""

import json
import logging
from collections.abc import Callable

import asyncpg
import pytest
import structlog
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import IntegrityError

from shared import logs

NUMBER, NAME, WORDS = "+84905123456", "H’Bia", "không quét được mã"
DETAIL = f"duplicate key\nDETAIL:  Key (full_name, phone)=({NAME}, {NUMBER}) already exists."


class _Member(BaseModel):
    full_name: str = Field(max_length=3)


def by_the_store() -> None:
    """As SQLAlchemy raises it: its own error of the driver's likeness of the driver's."""
    driver = asyncpg.UniqueViolationError(DETAIL)
    vars(driver)["constraint_name"] = "member_code"
    try:
        raise driver
    except asyncpg.UniqueViolationError as error:
        likeness = AsyncAdapt_asyncpg_dbapi.IntegrityError(DETAIL, error)
        likeness.__cause__ = error
        raise IntegrityError("insert into member …", [{"phone": NUMBER, "full_name": NAME}], likeness) from likeness


def by_validation() -> None:
    _Member(full_name=f"{NAME} {NUMBER}")


def by_a_number_that_is_none() -> None:
    float(f"{WORDS} {NUMBER}")


def in_the_midst_of_another() -> None:
    try:
        by_the_store()
    except IntegrityError:
        by_a_number_that_is_none()


def in_a_group() -> None:
    raise ExceptionGroup("both", [ValueError(f"who is '{NAME}'?"), KeyError("team")])


def with_a_note() -> None:
    error = RuntimeError("gone")
    error.add_note(f"while {NAME} wrote")
    raise error


FAULTS: list[tuple[Callable[[], None], list[str]]] = [
    (by_the_store, ["IntegrityError", "UniqueViolationError", "23505", "member_code", "by_the_store"]),
    (by_validation, ["ValidationError", "1 fields of _Member", "string_too_long"]),
    (by_a_number_that_is_none, ["ValueError", "could not convert string to float"]),
    (in_the_midst_of_another, ["ValueError", "IntegrityError", "23505", "member_code"]),
    (in_a_group, ["ExceptionGroup", "both", "who is", "KeyError", "team"]),
    (with_a_note, ["RuntimeError", "gone"]),
]


@pytest.fixture(params=[False, True], ids=["for machines", "on a terminal"])
def formatter(request: pytest.FixtureRequest) -> logging.Formatter:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(processors=[remove, *logs.rendering(pretty=request.param)])


def logged(formatter: logging.Formatter, error: BaseException, message: str = "web.fault") -> str:
    record = logging.LogRecord("a", logging.ERROR, "a.py", 1, message, None, (type(error), error, error.__traceback__))
    return formatter.format(record)


def fault(raising: Callable[[], None]) -> Exception:
    with pytest.raises(Exception) as caught:
        raising()
    return caught.value


@pytest.mark.parametrize(("raising", "told"), FAULTS)
def test_a_fault_is_logged_with_its_kind_and_place_and_without_what_a_person_wrote(
    formatter: logging.Formatter, raising: Callable[[], None], told: list[str]
) -> None:
    line = logged(formatter, fault(raising))
    for secret in (NUMBER, NUMBER[1:], NAME, WORDS):
        assert secret not in line and json.dumps(secret)[1:-1] not in line
    assert all(word in line for word in [*told, "test_logs.py"])


def test_what_a_library_says_after_its_first_line_is_left_out(formatter: logging.Formatter) -> None:
    error = fault(by_validation)
    line = logged(formatter, error, f"Task exception was never retrieved\nfuture: <Task exception={error!r}>")
    assert "never retrieved" in line and NUMBER not in line


def test_an_error_that_is_its_own_context_is_logged(formatter: logging.Formatter) -> None:
    first, second = fault(by_validation), fault(by_a_number_that_is_none)
    first.__context__, second.__context__ = second, first
    assert "ValidationError" in logged(formatter, first)


def test_the_error_itself_stays_as_it_was(formatter: logging.Formatter) -> None:
    error = fault(by_the_store)
    before = str(error), error.__cause__, error.__context__, error.__traceback__
    logged(formatter, error)
    assert (str(error), error.__cause__, error.__context__, error.__traceback__) == before


def test_a_line_without_an_error_is_whole(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "first\nsecond", None, None)
    assert "second" in formatter.format(record)


def test_what_was_typed_is_in_no_validation_error_of_a_model() -> None:
    with pytest.raises(ValidationError) as caught:
        by_validation()
    assert NAME in str(caught.value), "or else these tests prove nothing"
