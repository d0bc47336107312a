"""ministack's opinion of the whole: it creates the template's stack and runs the release binaries in it.

A shop is put in place with `wasurena shop apply`. A signed webhook comes in at the function URL, and what follows comes by
itself: stream, plan, alarm, mail. Nobody of us wrote any of the services in between. Each call of a function is judged by
its role's policies.

Where ministack is thinner than AWS:
- Its Scheduler looks for due schedules every ten seconds and reads `at()` as UTC whatever the time zone says. Ours say UTC.
- Its stream mappings know no batch windows, and take a batch for done even where the function reports failed records.
- Its SES keeps subject and bodies of a mail and drops our own headers, reply-to, tags and configuration set, so it publishes
  no events. The script says them in its place, through the topic and by invoking record-delivery.
- Its EventBridge takes events of `aws.ses` from nobody, as AWS does; whether the rule lets one through, it can be asked.
- A function's last line before it waits again may be missing from its log.
- It asks nobody for iam:PassRole, and knows only some of IAM's resources; see `ASKED_TOO_MUCH`.
"""

import json
import re
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import shop
from cloud import Cloud
from deployment import STACK, Deployment
from local_aws import LocalAws, until
from report import REPOSITORY, Differs, check, note, run

TEMPLATE = REPOSITORY / "infra" / "aws" / "template.yaml"
DOMAIN = "sakura.example.jp"
PARAMETERS = {"OwnerMail": "sato@sakura.example.jp", "SenderDomain": DOMAIN}
THANKS = "thanks-first"
# What is counted on the way, by functions that are invoked again after it.
COUNTED = {"WebhooksAccepted", "WebhooksUnsigned", "Delivered"}
# What follows by itself, through streams that are looked at every second and schedules every ten.
FOLLOWS_WITHIN_S = 60

# Under AUTH=true ministack asks for these on a resource that AWS does not ask for, so that a policy scoped as AWS wants it
# refuses. A role that has one of them in the template gets it on everything; all else stands as the template has it.
ASKED_TOO_MUCH = {
    "ssm:GetParametersByPath": "ministack asks for it on *, AWS on the path",
    "scheduler:CreateSchedule": "ministack asks for it in the group `default`, whatever group is named",
    "ses:SendEmail": "ministack asks for it on *, AWS on the identity and the configuration set",
}


def grant_what_is_asked_too_much(aws, deployment):
    """See `ASKED_TOO_MUCH`."""
    for action, why in ASKED_TOO_MUCH.items():
        note(f"whether {action} is scoped rightly: {why}")
    iam, functions = aws.client("iam"), aws.client("lambda")
    for name in deployment.names("AWS::Lambda::Function"):
        role = functions.get_function_configuration(FunctionName=name)["Role"].rsplit("/", 1)[-1]
        policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
        text = json.dumps([iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"] for policy in policies])
        actions = [action for action in ASKED_TOO_MUCH if f'"{action}"' in text]
        if actions:
            statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_role_policy(RoleName=role, PolicyName="asked-too-much", PolicyDocument=policy)


def command(aws, deployment, programs, *words):
    """Gives one of the operator's or the owner's commands. Returns what it says."""
    environment = deployment.environment("receive-purchase")
    where = ["--table", environment["TABLE"], "--secrets-path", environment["SECRETS_PATH"]]
    done = subprocess.run(
        [programs.command(), *words, *where],
        env={**aws.environment, "SHOPIFY_SECRET": shop.SECRET},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise Differs(f"`wasurena {words[0]} …` fails: {done.stdout}{done.stderr}")
    return done.stdout


def a_shop_is_put_in_place(aws, deployment, programs, file):
    """Secrets into Parameter Store, all else into the diary."""
    said = command(aws, deployment, programs, "shop", "apply", file)
    check("version 1 is published" in said, "`wasurena shop apply` puts the shop in place", said)
    path = deployment.environment("receive-purchase")["SECRETS_PATH"]
    pages = aws.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    kinds = {row["Name"].removeprefix(path): row["Type"] for page in pages for row in page["Parameters"]}
    sealed = {name for name, kind in kinds.items() if kind == "SecureString"}
    secret = {f"/shops/{shop.SHOP}/carts/shopify", "/keys/identity", "/keys/links"}
    check(secret == sealed, "its secrets stand in Parameter Store as SecureStrings", kinds)
    said = command(aws, deployment, programs, "shop", "apply", file)
    check("nothing changed" in said, "applied again, the same file changes nothing", said)


def a_webhook_comes_in(cloud, now):
    """At the function URL, where whoever does not know the secret changes nothing."""
    url = f"{cloud.url('receive-purchase')}/hooks/{shop.SHOP}/shopify"
    body = shop.order(now)
    status, answer = cloud.request(url, "POST", body, shop.signed(body, "another secret"))
    check(status == 401 and "signature_rejected" in answer, "a webhook that is signed wrongly is refused", (status, answer))
    check(not cloud.items("purchase", "customer"), "and changes nothing")
    status, answer = cloud.request(url, "POST", body, shop.signed(body))
    check(status == 200, "a signed webhook is accepted", (status, answer))
    check(len(cloud.items("purchase")) == 1, "its purchase stands in the diary")


def it_is_planned_for(cloud, now):
    """By the stream: first the plan, then the alarm."""
    item = until(lambda: cloud.follow_up(THANKS, "planned"), FOLLOWS_WITHIN_S, "the planning of a thank-you")
    check(True, "plan-follow-ups planned the thank-you, invoked by the stream")
    slot = item["slot"]["S"]
    schedule = until(lambda: cloud.alarm(slot), FOLLOWS_WITHIN_S, "the alarm of the thank-you's slot")
    at = f"at({slot.removesuffix('Z')}:00)"
    found = schedule["ScheduleExpression"]
    check(found == at, "set-alarms set its alarm, invoked by the stream", found)
    before = cloud.items("purchase", "customer")
    body = shop.order(now)
    url = f"{cloud.url('receive-purchase')}/hooks/{shop.SHOP}/shopify"
    status, _ = cloud.request(url, "POST", body, shop.signed(body))
    check(status == 200 and cloud.items("purchase", "customer") == before, "the same webhook again changes nothing")
    return item


def the_owner_approves(cloud, aws, deployment, programs, item):
    """A new shop's first mails wait for its owner: one transaction approves the mail and counts its step."""
    said = command(aws, deployment, programs, "today", shop.SHOP)
    check("approve_mails" in said and THANKS in said, "`wasurena today` says that the thank-you waits for its owner", said)
    said = command(aws, deployment, programs, "approve", shop.SHOP, item["id"]["S"], "--days", "7")
    check("approved_at" in cloud.follow_up(THANKS), "`wasurena approve` approves it", said)


def the_alarm_rings(cloud, item, now):
    """The thank-you is due tomorrow, and the functions use the wall clock. So its slot is moved to the past by hand, and
    the alarm that set-alarms then sets in two minutes is made to ring now."""
    slot = now.replace(minute=now.minute // 15 * 15).strftime("%Y-%m-%dT%H:%MZ")
    cloud.move(item, slot)
    schedule = until(lambda: cloud.alarm(slot), FOLLOWS_WITHIN_S, "the alarm of the slot it was moved to")
    cloud.ring_now(schedule)
    mails = until(cloud.mails, FOLLOWS_WITHIN_S, "the sending of the thank-you")
    check(mails[0]["To"] == [shop.CUSTOMER], "the alarm rang, and a mail went out", mails)
    check(f"<otayori@{DOMAIN}>" in mails[0]["Source"], "it comes from the shop's address", mails[0]["Source"])
    sent = until(lambda: cloud.follow_up(THANKS, "sent"), FOLLOWS_WITHIN_S, "the recording of the mail")
    found = sent["message"]["S"]
    check(found == mails[0]["MessageId"], "the diary knows it as sent, by SES's message id", found)
    until(lambda: cloud.alarm(slot) is None, FOLLOWS_WITHIN_S, "the deletion of the schedule that rang")
    check(True, "the schedule that rang is gone")
    return mails[0], sent


def two_witnesses_tell_of_it(cloud, sent, configuration_set):
    """SES's event, by SNS and by EventBridge; the second is no news."""
    event = shop.delivered(sent, DOMAIN, configuration_set)
    cloud.publish("MailWitness", event["detail"])
    item = until(lambda: cloud.follow_up(THANKS, "delivered"), FOLLOWS_WITHIN_S, "the recording of SES's event")
    check(True, "record-delivery recorded SES's event, brought by the topic")
    check(cloud.matches_a_rule(event), "the rule lets SES's event through to record-delivery")
    strange = {**event, "detail": {**event["detail"], "mail": {**event["detail"]["mail"], "tags": {}}}}
    check(not cloud.matches_a_rule(strange), "and not one about a mail that is not ours")
    cloud.invoke("record-delivery", event)
    check(cloud.follow_up(THANKS) == item, "the same event again, as the rule brings it, changes nothing")


def the_customer_says_stop(cloud, mail):
    """By the link in the mail; what was planned ends by the stream."""
    link = re.search(r"https://\S+/stop/[\w.-]+", mail["BodyText"])
    check(link and link[0].startswith(cloud.url("customer-pages") + "/c/"), "the mail leads to customer-pages", link)
    status, page = cloud.request(link[0], "GET")
    check(status == 200 and "<form" in page, "the page behind its link opens", (status, page))
    status, page = cloud.request(link[0], "POST", b"List-Unsubscribe=One-Click")
    check(status == 200, "one click stops the mails", (status, page))

    def is_quiet():
        return not [item for item in cloud.items("follow_up") if item["state"]["S"] in ("planned", "claimed")]

    until(is_quiet, FOLLOWS_WITHIN_S, "the cancelling of what was planned for somebody who said stop")
    check(True, "nothing is planned any more for somebody who said stop")


def nothing_is_left(cloud):
    """The keeper finds nothing to do; nothing failed, and no log tells of the customer."""
    cloud.invoke("keep-promises", {})
    check(True, "keep-promises makes its round")
    check(len(cloud.mails()) == 1, "one mail went out, and no other", cloud.mails())
    check(not cloud.failures(), "nothing waits in the failure queues", cloud.failures())
    lines = cloud.lines()
    strange = [line for line in lines if not line.startswith("{")]
    check(lines and not strange, f"the {len(lines)} lines of the functions' logs are JSON", strange)
    told = [word for word in shop.PERSONAL if any(word in line for line in lines)]
    check(not told, "they tell nothing of the customer", told)
    counted = metrics(json.loads(line) for line in lines)
    check(counted >= COUNTED, f"they count in the embedded metric format: {', '.join(sorted(COUNTED))}", counted)


def metrics(lines):
    """The names of what is counted in these lines, in our namespace."""
    directives = [one for line in lines for one in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    ours = [one for one in directives if one["Namespace"] == "Wasurena"]
    return {metric["Name"] for one in ours for metric in one["Metrics"]}


def opinion(programs):
    """The whole of it."""
    now = datetime.now(timezone.utc)
    with tempfile.TemporaryDirectory() as name, LocalAws(Path(name)) as aws:
        folder, cloud = Path(name), None
        file = folder / "shop.toml"
        file.write_text(shop.settings(now, DOMAIN), encoding="utf-8")
        deployment = Deployment(aws, programs, folder)
        try:
            deployment.create(TEMPLATE, PARAMETERS)
            check(True, f"the stack stands, with {len(deployment.resources)} resources")
            folders = sorted(folder.name for folder in (REPOSITORY / "functions").iterdir())
            functions = sorted(deployment.names("AWS::Lambda::Function"))
            check(functions == [f"{STACK}-{name}" for name in folders], "its functions are the folders", functions)
            grant_what_is_asked_too_much(aws, deployment)
            a_shop_is_put_in_place(aws, deployment, programs, file)
            cloud = Cloud(aws, deployment, shop.SHOP)
            a_webhook_comes_in(cloud, now)
            item = it_is_planned_for(cloud, now)
            the_owner_approves(cloud, aws, deployment, programs, item)
            mail, sent = the_alarm_rings(cloud, item, now - timedelta(minutes=1))
            two_witnesses_tell_of_it(cloud, sent, deployment.environment("send-follow-ups")["CONFIGURATION_SET"])
            the_customer_says_stop(cloud, mail)
            nothing_is_left(cloud)
        except Differs as difference:
            diary = cloud.state() if cloud else "nothing yet"
            raise Differs(f"{difference}\n\nthe diary: {diary}\n\nministack's last lines:\n{aws.last_lines()}") from None


if __name__ == "__main__":
    run(opinion, "ministack's opinion of the template and the functions in it")
