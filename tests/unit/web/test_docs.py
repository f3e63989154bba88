"""The page of events, drawn from AsyncAPI."""

from shared.web.docs import events_in, shapes_in

DOCUMENT = {
    "channels": {
        "tickets.offered.published": {
            "address": "tickets.offered.{province}",
            "description": "First offers of a ticket.",
            "messages": {"Message": {"$ref": "#/components/messages/tickets.offered.published:Message"}},
        },
        "requests.submitted.taken": {
            "address": "requests.submitted.{province}",
            "messages": {"SubscribeMessage": {"payload": {"$ref": "#/components/schemas/Submitted"}}},
        },
    },
    "operations": {
        "requests.submitted.taken": {"action": "receive", "channel": {"$ref": "#/channels/requests.submitted.taken"}},
        "tickets.offered.published": {"action": "send", "channel": {"$ref": "#/channels/tickets.offered.published"}},
    },
    "components": {
        "messages": {"tickets.offered.published:Message": {"payload": {"$ref": "#/components/schemas/Offered"}}},
        "schemas": {
            "Submitted": {"description": "A request was accepted.", "properties": {"code": {"type": "string"}}},
            "Offered": {
                "properties": {
                    "teams": {"type": "array", "items": {"$ref": "#/components/schemas/Team"}},
                    "at": {"type": "string", "format": "date-time"},
                    "why": {"anyOf": [{"enum": ["far", "full"]}, {"type": "null"}]},
                },
                "required": ["teams"],
            },
            "Team": {"properties": {}},
        },
    },
}


def test_what_is_published_comes_before_what_is_taken():
    assert [(event.subject, event.is_sent, event.text) for event in events_in(DOCUMENT)] == [
        ("tickets.offered.{province}", True, "First offers of a ticket."),
        ("requests.submitted.{province}", False, "A request was accepted."),
    ]


def test_a_shape_tells_each_member_s_type_and_whether_it_must_be_there():
    offered = next(shape for shape in shapes_in(DOCUMENT) if shape.name == "Offered")
    assert [(field.name, list(field.types), field.is_required) for field in offered.fields] == [
        ("teams", ["list of", "Team"], True),
        ("at", ["date-time"], False),
        ("why", ['"far"', '"full"', "null"], False),
    ]
