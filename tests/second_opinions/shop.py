"""A made-up shop, its one customer, and what its cart sends. All of it is invented."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

SHOP = "sakura"
SECRET = "a-secret-of-the-sample-shop"
CUSTOMER = "hanako@example.jp"
# What a log must never tell.
PERSONAL = (CUSTOMER, "hanako", "花子", "山田", "粉引", SECRET)

SETTINGS = """\
id = "{shop}"
name = "うつわ さくら"
url = "https://sakura.example.jp/"
zone = "{zone}"
start_date = {start}
history_complete = true
occasion_days = 7
shards = 1

[hours]
from = "09:00"
to = "20:00"

[sender]
address = "otayori@{domain}"
name = "うつわ さくら(店主 佐藤)"
reply_to = "sato@sakura.example.jp"

[staff]
role = "店主"
name = "佐藤 花子"

[legal]
operator = "佐藤 花子"
address = "〒000-0000 ○○県○○市○○町1-2-3"
phone = "00-0000-0000"
phone_hours = "10〜17時、水曜休"
email = "sato@sakura.example.jp"

[carts.shopify]
secret_env = "SHOPIFY_SECRET"
"""


def settings(now, domain):
    """The shop's file. The functions use the wall clock, so the shop lies where it is noon: its hours are open, and a
    thank-you for yesterday's order is due today."""
    hours_ahead = 12 - now.hour
    zone = f"Etc/GMT{-hours_ahead:+d}" if hours_ahead else "Etc/GMT"
    return SETTINGS.format(shop=SHOP, zone=zone, start=(now - timedelta(days=5)).date(), domain=domain)


def order(now):
    """A paid order of yesterday's, as Shopify sends it."""
    yesterday = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    consent = {"first_name": "花子", "last_name": "山田", "email_marketing_consent": {"state": "subscribed"}}
    body = {
        "id": 6600000000001,
        "created_at": yesterday,
        "processed_at": yesterday,
        "updated_at": yesterday,
        "currency": "JPY",
        "total_price": "3800",
        "financial_status": "paid",
        "email": CUSTOMER,
        "customer": consent,
        "line_items": [{"product_id": "7", "title": "粉引の飯碗", "quantity": 1, "price": "3800"}],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def signed(body, secret=SECRET):
    """The headers with which Shopify sends a body."""
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "x-shopify-topic": "orders/create",
        "x-shopify-hmac-sha256": signature,
    }


def delivered(item, domain, configuration_set):
    """SES's event that a follow-up's mail was delivered, as EventBridge carries it."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    tags = {
        "ses:configuration-set": [configuration_set],
        "shop": [SHOP],
        "follow_up": [item["id"]["S"]],
        "attempt": [item["attempt"]["S"]],
    }
    mail = {
        "timestamp": now,
        "source": f"otayori@{domain}",
        "messageId": "0106018f3c2a7d11-5e0c2c1e-000000",
        "destination": [CUSTOMER],
        "tags": tags,
    }
    return {
        "version": "0",
        "id": "11111111-2222-3333-4444-555555555555",
        "detail-type": "Email Delivered",
        "source": "aws.ses",
        "account": "123456789012",
        "time": now.replace(".000Z", "Z"),
        "region": "ap-northeast-1",
        "resources": [],
        "detail": {
            "eventType": "Delivery",
            "mail": mail,
            "delivery": {"timestamp": now, "recipients": [CUSTOMER], "smtpResponse": "250 2.0.0 OK"},
        },
    }
