"""Why an event died, told without what a person wrote; and which errors only say that the store is away."""

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.store.dead import reason
from shared.store.outage import is_outage


class Person(BaseModel):
    phone: int


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_reason_names_the_error_and_its_place() -> None:
    assert reason(raised(KeyError("team"))).startswith("KeyError: 'team' at test_bus_reasons.py:")


def test_a_reason_has_no_phone_number() -> None:
    for number in ("+84905123456", "0905 123 456", "0905.123.456"):
        assert "123" not in reason(raised(ValueError(f"who is {number}?")))


def test_a_reason_has_no_value_that_failed_validation() -> None:
    with pytest.raises(ValidationError) as error:
        Person.model_validate({"phone": "Nguyễn Văn A"})
    assert reason(error.value).startswith("ValidationError: 1 fields of Person")


def test_a_reason_has_no_row_of_the_database() -> None:
    origin = asyncpg.UniqueViolationError("Key (phone)=(+84905123456) already exists")
    told = reason(IntegrityError("insert into person values ('Nguyễn Văn A')", {}, origin))
    assert "UniqueViolationError" in told
    assert "Nguyễn" not in told


def disconnected() -> DBAPIError:
    return OperationalError("select 1", {}, asyncpg.ConnectionDoesNotExistError("gone"), connection_invalidated=True)


@pytest.mark.parametrize(
    "error",
    [
        disconnected(),
        ConnectionRefusedError(),
        PoolTimeoutError("QueuePool limit"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.InternalClientError("cannot switch to state 12"),
    ],
)
def test_a_store_that_is_away_is_no_fault_of_the_event(error: Exception) -> None:
    assert is_outage(error)


TAKEN = IntegrityError("insert", {}, asyncpg.UniqueViolationError())


@pytest.mark.parametrize("error", [ValueError(), KeyError(), TAKEN])
def test_what_the_event_does_wrong_is_its_fault(error: Exception) -> None:
    assert not is_outage(error)
