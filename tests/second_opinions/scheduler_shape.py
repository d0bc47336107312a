"""moto's opinion of our alarms: the release binary of set-alarms speaks to its EventBridge Scheduler and DynamoDB.

Our own emulation of Scheduler is written by the same hands as the code that calls it, so it shares their errors. moto is
written by others; and each request is also held against AWS's own description of CreateSchedule.

Where moto is thinner than AWS:
- It takes any text as an `at()` expression, any name and any ARN. That is why AWS's description is asked too.
- It answers a conflict with 400, AWS with 409. The SDK goes by the error's name, as it should.
- A group that does not exist is a KeyError inside moto (500); AWS answers ResourceNotFoundException.
- It keeps a retry policy as it came; AWS fills in the 185 attempts that we leave out.
- No schedule of moto's ever rings.
"""

import io
import json
import threading
from datetime import datetime, timedelta, timezone

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from aws_model import Operation
from report import check, run
from runtime_api import Function

REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
TABLE = "diary"
GROUP = "wasurena-alarms"
SHOP = "sakura"
CUSTOMER = "abcdefghijklmnopqrstuvwxyz"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "EXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": REGION}
SETTINGS = {
    "TABLE": TABLE,
    "ALARM_GROUP": GROUP,
    "ALARM_FUNCTION_ARN": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:wasurena-send-follow-ups",
    "ALARM_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/wasurena-alarms",
    "ALARM_DEAD_LETTER_ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:wasurena-alarm-failures",
}


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log(self, *_):
        """Says nothing."""


class Moto:
    """moto's server in this process, on a free port, which remembers the CreateSchedule requests it got."""

    def __init__(self):
        self._application = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._remember, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.asked = []

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def client(self, service):
        """boto3's client for a service of this server."""
        keys = {"aws_access_key_id": "EXAMPLE", "aws_secret_access_key": "example"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def _remember(self, environ, start_response):
        folder, _, name = environ["PATH_INFO"].rpartition("/")
        if environ["REQUEST_METHOD"] != "POST" or folder != "/schedules":
            return self._application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)

        def answer(status, headers, *rest):
            self.asked.append((status, {"Name": name, **json.loads(body)}))
            return start_response(status, headers, *rest)

        return self._application(environ, answer)


def slot_name(slot):
    """A slot as the diary writes it."""
    return slot.strftime("%Y-%m-%dT%H:%MZ")


def records(*rows):
    """A batch of the table's stream about follow-ups: state and slot of each."""

    def record(number, state, slot):
        keys = {"pk": {"S": f"{SHOP}#C#{CUSTOMER}"}, "sk": {"S": f"F#{CUSTOMER}_{'abcdefgh'[number] * 16}"}}
        image = {**keys, "state": {"S": state}, "slot": {"S": slot_name(slot)}, "shard": {"N": "0"}}
        return {
            "eventID": str(number),
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}/stream/2026-12-01T00:00:00.000",
            "dynamodb": {
                "ApproximateCreationDateTime": 1796083200,
                "Keys": keys,
                "NewImage": image,
                "SequenceNumber": str(100000000000000000000 + number),
                "SizeBytes": 200,
                "StreamViewType": "NEW_IMAGE",
            },
        }

    return {"Records": [record(number, *row) for number, row in enumerate(rows)]}


def expected(slot, count, at):
    """The schedule that must stand for a slot's alarm."""
    return {
        "Name": f"{SHOP}_{slot.strftime('%Y%m%dT%H%M')}_0_{count}",
        "GroupName": GROUP,
        "ScheduleExpression": f"at({at.strftime('%Y-%m-%dT%H:%M:%S')})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": SETTINGS["ALARM_FUNCTION_ARN"],
            "RoleArn": SETTINGS["ALARM_ROLE_ARN"],
            "Input": json.dumps({"shop": SHOP, "shard": 0, "slot": slot_name(slot), "n": count}, separators=(",", ":")),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600},
            "DeadLetterConfig": {"Arn": SETTINGS["ALARM_DEAD_LETTER_ARN"]},
        },
    }


def prepare(moto):
    """The table and the schedule group, as the template makes them."""
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    names = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    moto.client("dynamodb").create_table(
        TableName=TABLE, KeySchema=keys, AttributeDefinitions=names, BillingMode="PAY_PER_REQUEST"
    )
    moto.client("scheduler").create_schedule_group(Name=GROUP)


def marker_key(slot):
    """The key of a slot's marker."""
    return {"pk": {"S": f"{SHOP}#S#0#{slot_name(slot)}"}, "sk": {"S": "S"}}


def stands(moto, want):
    """Whether exactly this schedule stands under its name."""
    found = moto.client("scheduler").get_schedule(GroupName=GROUP, Name=want["Name"])
    found = {member: found.get(member) for member in want}
    check(found == want, f"the schedule {want['Name']} stands as it must, {want['ScheduleExpression']}", found)


def a_slot_ahead(moto, set_alarms, slot):
    """One alarm for all that is due in a slot, however often the stream says so."""
    event = records(("planned", slot), ("planned", slot), ("sent", slot + timedelta(days=1)))
    answer = set_alarms.invoke(event)
    check(answer == {"batchItemFailures": []}, "set-alarms reports no record of the batch as failed", answer)
    check(len(moto.asked) == 1, "two follow-ups of one slot make one request", moto.asked)
    stands(moto, expected(slot, 0, slot))
    set_alarms.invoke(event)
    check(len(moto.asked) == 1, "the same batch again makes none: the slot's marker stands", moto.asked)


def a_marker_lost(moto, set_alarms, slot):
    """What stands already is the same alarm, so the conflict is success."""
    diary = moto.client("dynamodb")
    diary.delete_item(TableName=TABLE, Key=marker_key(slot))
    answer = set_alarms.invoke(records(("planned", slot)))
    status = moto.asked[-1][0]
    check(len(moto.asked) == 2 and not status.startswith("2"), "without the marker it asks again, and is refused", status)
    check(answer == {"batchItemFailures": []}, "a ConflictException counts as success", answer)
    marker = diary.get_item(TableName=TABLE, Key=marker_key(slot)).get("Item", {})
    check(marker.get("n") == {"N": "0"}, "the marker stands again", marker)


def a_slot_behind(moto, set_alarms, slot):
    """An `at()` in the past is undocumented: the alarm of a slot that has begun is two minutes ahead."""
    earliest = datetime.now(timezone.utc) + timedelta(minutes=2)
    set_alarms.invoke(records(("planned", slot)))
    latest = datetime.now(timezone.utc) + timedelta(minutes=2)
    asked = moto.asked[-1][1]
    at = datetime.strptime(asked["ScheduleExpression"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=timezone.utc)
    in_two_minutes = earliest.replace(microsecond=0) <= at <= latest
    check(in_two_minutes, "a slot that has begun gets its alarm in two minutes", asked["ScheduleExpression"])
    stands(moto, expected(slot, 0, at))


def opinion(programs):
    """The whole of it."""
    today = datetime.now(timezone.utc).replace(hour=1, minute=15, second=0, microsecond=0)
    with Moto() as moto:
        prepare(moto)
        environment = {**SETTINGS, **CREDENTIALS, "AWS_ENDPOINT_URL": moto.url}
        with Function(programs.function("set-alarms"), environment) as set_alarms:
            a_slot_ahead(moto, set_alarms, today + timedelta(days=2))
            a_marker_lost(moto, set_alarms, today + timedelta(days=2))
            a_slot_behind(moto, set_alarms, today - timedelta(days=2))
        operation = Operation("scheduler", "CreateSchedule")
        faults = [fault for _, request in moto.asked for fault in operation.faults(request)]
        check(not faults, f"AWS's description of CreateSchedule fits all {len(moto.asked)} requests", faults)


if __name__ == "__main__":
    run(opinion, "moto's opinion of the alarms that set-alarms creates")
