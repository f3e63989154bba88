"""assign's own app over a store with the real communes of Đắk Lắk, spoken to as its callers do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from services.assign.app import build
from services.assign.places import store as places
from services.assign.places.national import province_with_communes
from services.assign.places.start import begin_catalogue
from services.assign.teams import store as teams
from services.assign.teams.tables import Supervisor
from shared.clock import Clock
from shared.identity import Principal, Role
from shared.settings import Settings

TEAMS = "team_code,team_name,village,commune_code,lat,lon"
MEMBERS = "team_code,full_name,role,phone,skills,languages"
PATHS = {"66": ["66"], "24121": ["66", "24121"], "24133": ["66", "24133"]}


class House:
    """assign, without its bus: what it tells stands in the outbox."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.settings = Settings(
            database_url=dsn,
            secret_key="a key for tests only",
            simulator=True,
            caunoi_home=home,
            public_url="http://house",
        )
        self.service = build(self.settings)
        self.store = self.service.store
        self._clients: list[httpx.AsyncClient] = []

    async def begin(self) -> "House":
        """The duties, the province with its communes, and three supervisors; no team yet."""
        at = Clock.wall()
        async with self.store.begin() as unit:
            await begin_catalogue(unit, at)
            await places.add_units(unit, province_with_communes("66"), at)
            watching = [
                Supervisor(
                    id=f"S{code}", unit=f"{code}@2025-07-01", unit_code=code, full_name=f"Phụ trách {code}", phone=phone
                )
                for code, phone in (("66", "+84810000066"), ("24121", "+84810024121"), ("24133", "+84810024133"))
            ]
            await teams.add_supervisors(unit, watching, PATHS, at)
            unit._owed.clear()  # (a test reads only what it caused itself)
        return self

    def token(self, role: Role, **who: Any) -> str:
        return self.service.tokens.issue(Principal(**({"role": role, "id": role.value} | who)))

    def caller(self, role: Role | None = None, *, host: str = "127.0.0.1", **who: Any) -> httpx.AsyncClient:
        """Somebody who calls from `host`, with a token where a role is named."""
        headers = {"Authorization": f"Bearer {self.token(role, **who)}"} if role else {}
        transport = httpx.ASGITransport(self.service.app, client=(host, 40000))
        client = httpx.AsyncClient(transport=transport, base_url="http://house", headers=headers)
        self._clients.append(client)
        return client

    async def roster(
        self, teams: str | None = None, members: str | None = None, *, role: Role = Role.ADMINISTRATOR, **query: Any
    ) -> httpx.Response:
        """An administrator sends a roster."""
        tables = {"teams": teams, "members": members}
        files = {name: (f"{name}.csv", table.encode()) for name, table in tables.items() if table is not None}
        return await self.caller(role).post("/api/v1/roster", files=files, params=query)

    async def all(self, query: str, **values: Any) -> list[Mapping[str, Any]]:
        """Rows of the store."""
        async with self.store.read() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    async def told(self) -> list[str]:
        """Types of all events told, in order."""
        return [
            row["type"] for row in await self.all("select headers->>'ce-type' as type from outbox order by position")
        ]

    async def change(self, statement: str, **values: Any) -> None:
        async with self.store.begin() as unit:
            await unit.execute(text(statement), values)

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()
        await self.store.close()
