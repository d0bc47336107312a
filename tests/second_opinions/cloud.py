"""The stack at work: what a cart, a customer, an operator and a test can see of it and do to it."""

import http.client
import json
from datetime import datetime, timezone
from urllib.parse import urlsplit

from report import Differs


class Cloud:
    """The services that the functions use, with the names of this stack."""

    def __init__(self, aws, deployment, shop):
        self._aws = aws
        self._deployment = deployment
        self._shop = shop
        self._diary = aws.client("dynamodb")
        self._table = deployment.the("AWS::DynamoDB::Table")
        self._group = deployment.the("AWS::Scheduler::ScheduleGroup")

    # ---- The diary ----

    def items(self, *entities):
        """All items of these kinds in the diary, in the order of their keys."""
        pages = self._diary.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"] if item["entity"]["S"] in entities]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def follow_up(self, step, state=None):
        """The only follow-up of a step, where it is in this state; nothing where there is none."""
        found = [item for item in self.items("follow_up") if item["step"]["S"] == step]
        found = [item for item in found if state in (None, item["state"]["S"])]
        return found[0] if len(found) == 1 else None

    def move(self, item, slot):
        """Moves a follow-up to another slot by hand."""
        place = f"{slot}#F#{item['id']['S']}"
        self._diary.update_item(
            TableName=self._table,
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET #slot = :slot, due_sk = :place",
            ExpressionAttributeNames={"#slot": "slot"},
            ExpressionAttributeValues={":slot": {"S": slot}, ":place": {"S": place}},
        )

    def state(self):
        """How follow-ups and tasks stand, for whoever has to find out what happened. Ids and words, no more."""
        told = ("step", "slot", "state", "reason", "kind", "why")
        return [{name: item[name].get("S") for name in told if name in item} for item in self.items("follow_up", "task")]

    # ---- Alarms ----

    def alarm(self, slot):
        """The schedule of a slot's first alarm; nothing where there is none."""
        scheduler = self._aws.client("scheduler")
        name = f"{self._shop}_{slot.replace('-', '').replace(':', '').rstrip('Z')}_0_0"
        try:
            return scheduler.get_schedule(GroupName=self._group, Name=name)
        except scheduler.exceptions.ResourceNotFoundException:
            return None

    def ring_now(self, schedule):
        """Makes a schedule due, leaving the rest of it as it is."""
        kept = ("Name", "GroupName", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target", "ActionAfterCompletion")
        now = datetime.now(timezone.utc).strftime("at(%Y-%m-%dT%H:%M:%S)")
        schedule = {member: schedule[member] for member in kept}
        self._aws.client("scheduler").update_schedule(ScheduleExpression=now, **schedule)

    # ---- Functions ----

    def url(self, function):
        """The function URL of a function, without a slash at the end."""
        name = self._deployment.function(function)
        return self._aws.client("lambda").get_function_url_config(FunctionName=name)["FunctionUrl"].rstrip("/")

    def request(self, url, method, body=b"", headers=None):
        """Asks a function URL. Its host name leads nowhere here, so ministack is asked in its name."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(urlsplit(self._aws.url).netloc, timeout=30)
        try:
            connection.request(method, parts.path, body, {"host": parts.netloc, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def invoke(self, function, event):
        """Invokes a function; ends the script where it fails."""
        name = self._deployment.function(function)
        answer = self._aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            raise Differs(f"{function} fails: {answer['Payload'].read().decode()}")

    def lines(self):
        """All lines that functions wrote, of which Lambda's own are left out."""
        logs = self._aws.client("logs")
        texts = []
        for group in self._deployment.names("AWS::Logs::LogGroup"):
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            texts += [event["message"] for page in pages for event in page["events"]]
        return [text for text in texts if not text.startswith(("START ", "END ", "REPORT "))]

    # ---- Mail and its events ----

    def mails(self):
        """All mails that SES took."""
        return [mail for mails in self._aws.inspect("ses/messages")["messages"].values() for mail in mails]

    def matches_a_rule(self, event):
        """Whether a rule of the stack lets this event through to record-delivery."""
        events = self._aws.client("events")
        target = f":function:{self._deployment.function('record-delivery')}"

        def lets_through(rule):
            targets = events.list_targets_by_rule(Rule=rule)["Targets"]
            pattern = events.describe_rule(Name=rule).get("EventPattern")
            if not pattern or not any(row["Arn"].endswith(target) for row in targets):
                return False
            return events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]

        return any(lets_through(name.rsplit("/", 1)[-1]) for name in self._deployment.names("AWS::Events::Rule"))

    def publish(self, topic, message):
        """Publishes to the topic whose name holds this word, as SES does."""
        found = [name for name in self._deployment.names("AWS::SNS::Topic") if topic in name]
        if len(found) != 1:
            raise Differs(f"the stack has no single topic with {topic} in its name: {found}")
        self._aws.client("sns").publish(TopicArn=found[0], Message=json.dumps(message))

    def failures(self):
        """The queues in which messages wait, and how many: each is something that failed for good."""
        sqs = self._aws.client("sqs")
        count = "ApproximateNumberOfMessages"

        def waiting(url):
            return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[count])["Attributes"][count])

        seen = {url.rsplit("/", 1)[-1]: waiting(url) for url in self._deployment.names("AWS::SQS::Queue")}
        return {queue: messages for queue, messages in seen.items() if messages}
