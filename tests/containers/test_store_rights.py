"""2.6: three databases, three roles, and a role reaches only its own."""

import asyncpg
import pytest

from tests.support.stack import Stack

pytestmark = [pytest.mark.containers, pytest.mark.slow]
SERVICES = ("intake", "assign", "notify")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_reaches_its_own_database(stack: Stack, service: str) -> None:
    connection = await asyncpg.connect(_address(stack, service, service))
    assert await connection.fetchval("select current_user") == service
    more = "select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls from pg_roles where rolname = current_user"
    assert not await connection.fetchval(more)
    await connection.close()


@pytest.mark.parametrize(
    ("service", "database"),
    [(one, other) for one in SERVICES for other in (*SERVICES, "postgres", "template1") if one != other],
)
async def test_a_role_cannot_connect_to_anothers_database(stack: Stack, service: str, database: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(_address(stack, service, database))


async def test_a_wrong_password_is_refused(stack: Stack) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(_address(stack, "assign", "assign"), password="guessed")


def _address(stack: Stack, service: str, database: str) -> str:
    told = stack.secret(f"{service}_database_url").replace("+asyncpg", "")
    return told.replace("@postgres:", f"@{stack.address_of('postgres', 'store')}:").removesuffix(service) + database
