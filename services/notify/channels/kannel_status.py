"""Whether Kannel works, by what bearerbox says of itself: `status.xml`."""

from dataclasses import dataclass
from xml.etree import ElementTree

import httpx

from services.notify.channels.fitting import Health
from shared.web.trust import trusted

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """`url` of bearerbox's admin port; the password only reads."""

    url: str | None
    password: str | None

    async def check(self) -> Health:
        """Sends nothing to anybody. Kannel takes the password in the address only: httpx logs none of it."""
        if not self.url or not self.password:
            return Health("unknown", "KANNEL_STATUS_URL and KANNEL_STATUS_PASSWORD are not set")
        asking = httpx.AsyncClient(verify=trusted(), timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)
        async with asking as client:
            try:
                answer = await client.get(f"{self.url.rstrip('/')}/status.xml", params={"password": self.password})
            except httpx.HTTPError as error:
                return Health("down", f"bearerbox: {type(error).__name__}")
        return read_status(answer.text)


def read_status(page: str) -> Health:
    """Well: it runs, an smsbox is there, and every network is online."""
    if page.strip() == "Denied":
        return Health("unknown", "KANNEL_STATUS_PASSWORD is wrong")
    try:
        gateway = ElementTree.fromstring(page)  # noqa: S314  (our own Kannel's, and expat bounds what entities grow to)
    except ElementTree.ParseError:
        return Health("unknown", "status.xml is not understood")
    running = gateway.findtext("status", "")
    boxes = [box.findtext("type") for box in gateway.iterfind("boxes/box")]
    networks = [network.findtext("status", "").split(" ")[0] for network in gateway.iterfind("smscs/smsc")]
    queued = gateway.findtext("sms/sent/queued", "?")
    details = f"{running.split(',')[0]}; smsbox: {boxes.count('smsbox')}; networks: {', '.join(networks) or 'none'}"
    details += f"; queued: {queued}"
    if not running.startswith("running") or "smsbox" not in boxes or "online" not in networks:
        return Health("down", details)
    return Health("well" if set(networks) == {"online"} else "ailing", details)
