"""What people wrote and who they are stands in the store and in `requests.*`, and nowhere else."""

import json

from structlog.testing import capture_logs

from shared.events import tickets
from tests.service.intake.neighbours import Neighbour
from tests.service.intake.world import World, life, member, told

SECRETS = ("905123456", "0905 123 456", "905000001", "H'Bia", "H'Hen", "quét mã", "203.0.113.7")


async def test_no_log_holds_a_number_a_name_a_word_or_an_address(beside: World, assign: Neighbour) -> None:
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    with capture_logs() as logs:
        answer = await beside.post(
            {
                "category": "payments",
                "description": "Không biết quét mã QR",
                "phone": "0905 123 456",
                "requester_name": "H'Bia",
                "commune_code": "24133",
                "channel": "web",
            },
            **elsewhere,
        )
        code = answer.json()["code"]
        await beside.tell(member(), *life(code).values())
        await beside.look_up(code, **elsewhere)
        await beside.look_up(code, "0000", **elsewhere)
        await beside.http.post(f"/t/{code}/rating", data={"phone_last4": "3456", "stars": "5"}, headers=elsewhere)
        assign.status = 503
        await beside.http.post(f"/t/{code}/closure", data={"phone_last4": "3456"}, headers=elsewhere)
        await beside.post({"phone": "0905 123 456", "requester_name": "H'Bia"}, **elsewhere)
    assert {entry["event"] for entry in logs} >= {"request.filed", "assign.asked"}
    text = json.dumps(logs, ensure_ascii=False, default=str)
    assert not [secret for secret in SECRETS if secret in text]


async def test_the_copy_of_a_ticket_holds_no_note_and_no_reason_a_person_wrote(intake: World) -> None:
    code = (await intake.file())["code"]
    await intake.tell(told(tickets.Declined, code, 2, status="offered", declined_by="T-1", reason="bận gặt lúa"))
    await intake.tell(*life(code).values())
    rows = [
        str(row)
        for table in ("ticketstatus", "timelineentry", "declined")
        for row in await intake.rows(f"select * from {table}")
    ]
    assert "bận gặt lúa" not in " ".join(rows)
