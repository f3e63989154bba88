"""What a person sees while the house starts, and when it is ready. Plain lines: a file reads as well as a terminal."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.home import Home
from deploy.local.http import Answer, Client
from deploy.local.installation import Installation
from deploy.local.postgres import SERVICES
from deploy.local.supervisor import Supervisor

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

ROLES = {
    "operator": "Tổng đài viên · operator",
    "member": "Thành viên tổ · team member",
    "commune_supervisor": "Phụ trách xã · commune supervisor",
    "province_supervisor": "Phụ trách tỉnh · province supervisor",
}


class Progress:
    """Says once what became ready, and what a service says it is busy with."""

    def __init__(self, say: Callable[[str], None], began: float) -> None:
        self._say = say
        self._began = began
        self._said: dict[str, str] = {}
        self.missing = "the servers"

    def children(self, supervisor: Supervisor) -> None:
        for name, watched in supervisor.watched.items():
            if watched.was_ready and name not in SERVICES:
                self._tell(name, "ok")

    def front_door(self, answer: Answer) -> bool:
        """Is everything ready? What is not is remembered in `missing`."""
        parts: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
        for name in (*SERVICES, "bus"):
            if name in parts:
                self._tell(name, str(parts[name]))
        missing = [f"{name}: {parts[name]}" for name in (*SERVICES, "bus") if parts.get(name, "ok") != "ok"]
        self.missing = "; ".join(missing) or "the front door"
        return answer.status == 200

    def _tell(self, name: str, state: str) -> None:
        if self._said.get(name) != state:
            self._said[name] = state
            words = "sẵn sàng · ready" if state == "ok" else state
            self._say(f"  {time.monotonic() - self._began:5.1f} s  {name:<9} {words}")


def welcome(installation: Installation, seconds: float) -> str:
    """The address, a way in for each role, and where the data lies."""
    address = installation.gateway.url
    lines = [
        "",
        f"Cầu Nối sẵn sàng sau {seconds:.1f} s · ready. Dừng · stop: Ctrl-C",
        "",
        f"  Địa chỉ · address:  {address}/",
        f"  Điện thoại · phones:  {address}/phones",
        "",
        "  Liên kết đăng nhập, dùng một lần · one-time sign-in links:",
        *_links(installation),
        "",
        f"  Dữ liệu · data:  {_shown(installation.home)}",
        f"  Nhật ký · logs:  {installation.home.logs}",
    ]
    return "\n".join(lines)


def local_time(moment: datetime) -> str:
    """As people in Vietnam read it, with its zone."""
    return moment.astimezone(VIETNAM).isoformat(sep=" ", timespec="seconds")


def _links(installation: Installation) -> list[str]:
    port = installation.surroundings.ports["assign"]
    answer = Client(f"http://127.0.0.1:{port}").post("/simulator/sign-in-links")
    if answer.status not in {200, 201} or not isinstance(answer.body, list):
        return ["    (assign gave none; see: caunoi doctor)"]
    return [line for link in answer.body for line in _link(link, installation.gateway.url)]


def _link(link: dict[str, Any], address: str) -> list[str]:
    url = str(link["url"])
    who = ROLES.get(str(link["role"]), str(link["role"]))
    name = f" ({link['name']})" if link.get("name") else ""
    return [f"    {who}{name}", f"      {address if url.startswith('/') else ''}{url}"]


def _shown(home: Home) -> str:
    """Relative to where the person stands, when it lies there."""
    here = os.path.relpath(home.folder)
    return str(home.folder) if here.startswith("..") else here
