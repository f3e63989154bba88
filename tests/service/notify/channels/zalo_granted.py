"""A Zalo that has granted us its rights."""

from datetime import timedelta

from services.notify.channels import zalo_store
from services.notify.channels.tables import ZaloGrant
from shared.clock import Clock
from shared.store import Store
from tests.support.stand_ins.zalo import APP_ID, APP_SECRET, OA_ID, OA_SECRET, ZaloStandIn


def zalo_settings(zalo: ZaloStandIn) -> dict[str, str]:
    """What an administrator sets, without `ZALO_` and in small letters."""
    return {
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "oa_id": OA_ID,
        "oa_name": "Cầu Nối Đắk Lắk",
        "webhook_secret": OA_SECRET,
        "oauth_url": zalo.url,
        "chat_url": zalo.url,
        "template_url": zalo.url,
    }


async def granted(store: Store, zalo: ZaloStandIn, age: timedelta = timedelta()) -> None:
    """There is a pair that is so old."""
    pair = zalo.grant()
    taken = Clock.wall() - age
    grant = ZaloGrant(
        app_id=APP_ID,
        access_token=pair["access_token"],
        refresh_token=pair["refresh_token"],
        taken_at=taken,
        ends_at=taken + timedelta(seconds=90000),
    )
    async with store.begin() as unit:
        await zalo_store.save_grant(unit, grant)
