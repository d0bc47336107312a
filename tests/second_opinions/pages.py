"""What a browser and an accessibility checker say of the pages behind a mail.

`wasurena up` runs a shop, in Japanese and in English; somebody buys, and every page that her mails lead to is opened in Chromium, as on a
phone, light and dark. axe-core looks at each of them, in each state that a path goes through, by the rules of WCAG 2.2 A and AA and its own
best practices. Then each page's path is walked by pressing what a person presses: once with scripts allowed, once without.

Not shown: screen readers themselves, and any other browser.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from report import Differs, check

# The sample shop's secret, which stands in the README.
SECRET = "whsec_c2FrdXJhLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE="
HANAKO = "hanako@example.jp"
# A phone in the hand.
SCREEN = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
# The name under which WebDriver hands over an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
READY_S = 30


def send(url, body=None, headers=None, method=None):
    """One request; answers with the text."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"content-type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        raise Differs(f"{method or 'GET or POST'} {url}: {error.code} {error.read().decode()[:400]}") from error


class Shop:
    """A running `wasurena up`, in which Hanako buys a bowl and hears from the shop."""

    def __init__(self, program, folder):
        command = [program, "up", "--port", "0", "--frozen", "--now", "2026-12-01T09:00:00+09:00", "--data", str(folder)]
        self.program = program
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip().rsplit(" ", 1)[-1]

    def publish(self, programme, folder):
        """Puts another built-in programme in the place of the first."""
        run = lambda *words: subprocess.run([self.program, *words], check=True, capture_output=True, text=True)
        run("programme", "new", programme, str(folder / "programme"))
        settings = (folder / "programme" / "shop.toml").read_text(encoding="utf-8")
        head = 'id = "sakura"\nprogramme = "programme"\napprenticeship = false\n'
        (folder / "shop.toml").write_text(head + settings, encoding="utf-8")
        (folder / "programme" / "shop.toml").unlink()
        run("shop", "apply", str(folder / "shop.toml"), "--local", self.url)

    def buys(self):
        at = "2026-12-01T10:00:00+09:00"
        order = {
            "id": 6600000000001, "created_at": at, "processed_at": at, "updated_at": at, "currency": "JPY",
            "total_price": "3800", "financial_status": "paid", "email": HANAKO,
            "customer": {"first_name": "花子", "last_name": "山田", "email_marketing_consent": {"state": "subscribed"}},
            "line_items": [{"product_id": "1", "title": "飯碗", "quantity": 1, "price": "3800"}],
        }
        body = json.dumps(order).encode()
        signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"x-shopify-topic": "orders/create", "x-shopify-hmac-sha256": signature}
        send(f"{self.url}/hooks/sakura/shopify", body, headers)

    def until(self, moment):
        send(f"{self.url}/_local/clock", {"to": moment})

    def mails(self):
        return json.loads(send(f"{self.url}/_local/postbox"))["mails"]

    def links(self, mail):
        """Where a mail leads among our own pages, by the page's name."""
        found = re.findall(r'href="[^"]*(/c/sakura/([a-z]+)[^"]*)"', mail["html"])
        return {name: self.url + path for path, name in reversed(found)}

    def end(self):
        self.process.kill()
        self.process.wait()


class Browser:
    """Chromium, spoken to by WebDriver (W3C)."""

    def __init__(self, folder):
        driver, browser = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("chromium-browser")
        if driver is None or browser is None:
            raise Differs("there is no chromedriver: apt-get install chromium chromium-driver")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.root = f"http://127.0.0.1:{port}"
        self.session = None
        self._wait_until_ready()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}"]
        options = {"goog:chromeOptions": {"binary": browser, "args": flags}}
        self.session = self._post("/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]
        self.devtools("Emulation.setDeviceMetricsOverride", SCREEN)

    def _wait_until_ready(self):
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            try:
                if json.loads(send(f"{self.root}/status"))["value"]["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                # A moment for the other process, so that asking does not keep it from starting.
                time.sleep(0.05)
        raise Differs("chromedriver does not answer")

    def _post(self, path, body):
        return json.loads(send(f"{self.root}{path}", body, method="POST"))["value"]

    def do(self, path, body=None):
        return self._post(f"/session/{self.session}/{path}", body or {})

    def devtools(self, command, params):
        return self.do("goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, url):
        self.do("url", {"url": url})

    def element(self, selector):
        return self.do("element", {"using": "css selector", "value": selector})[ELEMENT]

    def press(self, selector):
        self.do(f"element/{self.element(selector)}/click")

    def send(self, selector):
        """Presses what sends a form or leads on, and waits for the next page: without scripts the driver does not."""
        before = self.element("html")
        self.press(selector)
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            try:
                self.do_get(f"element/{before}/name")
            except Differs:
                return
        raise Differs(f"{selector}: no page follows")

    def do_get(self, path):
        return json.loads(send(f"{self.root}/session/{self.session}/{path}", method="GET"))["value"]

    def write(self, selector, text):
        element = self.element(selector)
        self.do(f"element/{element}/clear")
        self.do(f"element/{element}/value", {"text": text})

    def text(self):
        return self.do("execute/sync", {"script": "return document.body.innerText", "args": []})

    def dark(self, is_dark):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.devtools("Emulation.setEmulatedMedia", {"features": [scheme]})

    def scripts(self, allowed):
        self.devtools("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def end(self):
        if self.session:
            send(f"{self.root}/session/{self.session}", method="DELETE")
        self.process.kill()
        self.process.wait()


RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AXE = "const done = arguments[arguments.length - 1]; axe.run(arguments[0]).then(found => done(found.violations), e => done([String(e)]))"


class Inspector:
    """axe-core, in the browser's page; it counts what it has seen."""

    def __init__(self, browser, axe):
        self.browser, self.axe, self.seen, self.found = browser, axe, 0, []

    def looks(self, at):
        for is_dark in (False, True):
            self.browser.dark(is_dark)
            self.browser.do("execute/sync", {"script": self.axe, "args": []})
            violations = self.browser.do("execute/async", {"script": AXE, "args": [RULES]})
            scrolls = self.browser.do("execute/sync", {"script": "return document.documentElement.scrollWidth > innerWidth", "args": []})
            self.seen += 1
            shown = lambda v: v if isinstance(v, str) else {"rule": v["id"], "what": [node["html"][:200] for node in v["nodes"]][:3]}
            self.found += [(at, "dark" if is_dark else "light", shown(violation)) for violation in violations]
            self.found += [(at, "scrolls sideways")] if scrolls else []


def stop(browser, links, look):
    browser.open(links["stop"])
    look("stop")
    browser.send("button[value=stop]")
    look("stopped")
    browser.send("button[value=resume]")
    look("resumed")


def survey(browser, links, look):
    browser.open(links["a"])
    look("survey")
    browser.press("input[name=answer][value=liked]")
    browser.send("button.main")
    look("answered")


def preferences(browser, links, look):
    browser.open(links["p"])
    look("preferences")
    browser.press("input[name=often][value=seldom]")
    browser.send("button[value=prefer]")
    look("preferred")
    browser.open(links["p"])
    is_kept = browser.do("execute/sync", {"script": "return document.querySelector('[value=seldom]').checked", "args": []})
    check(is_kept, "what was chosen is chosen when the page is opened again")


def wrong(browser, links, look):
    browser.open(links["w"])
    look("wrong")
    browser.press("input[name=what][value=wrong-broken]")
    browser.write("textarea[name=words]", "縁が欠けていました")
    browser.send("button[value=tell]")
    look("told")


def own_data(browser, links, look, shop):
    browser.open(links["p"])
    browser.send("a[href*='/d/']")
    look("own data")
    before = len(shop.mails())
    browser.send("button[value=export]")
    look("asked for one's data")
    mails = shop.mails()
    check(len(mails) == before + 1, "what is kept is shown only by a link that comes by mail")
    found = re.search(r"https?://\S+(/c/sakura/k/\S+)", mails[-1]["text"])
    browser.open(shop.url + found[1])
    look("confirm")
    browser.send("button[value=confirm]")
    look("one's data")
    check("hanako@example.jp" in browser.text(), "the confirmed page shows what is kept")


def looked_at(browser, links, look, shop):
    for name in ("card", "v"):
        browser.open(links[name] if name in links else f"{shop.url}/c/sakura/{name}")
        look(name)
    for path in ("/c/sakura/p/none", "/c/sakura/stop/none"):
        browser.open(shop.url + path)
        look("no such page")


def walk(browser, inspector, shop, scripts):
    browser.scripts(scripts)
    # Without scripts axe could not run either.
    look = inspector.looks if scripts else lambda at: None
    arrived = shop.links(shop.mails()[-1])
    looked_at(browser, arrived, look, shop)
    survey(browser, arrived, look)
    stop(browser, arrived, look)
    preferences(browser, arrived, look)
    own_data(browser, arrived, look, shop)
    wrong(browser, arrived, look)
    kinds = {task["kind"] for task in json.loads(send(f"{shop.url}/_local/tasks?shop=sakura"))}
    check("settle_case" in kinds, f"each page's path leads to its end with scripts {'allowed' if scripts else 'forbidden'}", kinds)
    browser.scripts(True)


@contextmanager
def ended(thing):
    try:
        yield thing
    finally:
        thing.end()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wasurena", type=Path, required=True, help="the program")
    arguments.add_argument("--axe", type=Path, required=True, help="axe.min.js of the npm package axe-core")
    given = arguments.parse_args()
    axe = given.axe.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, ended(Browser(Path(folder) / "browser")) as browser:
        inspector = Inspector(browser, axe)
        for language in ("ja", "en"):
            for scripts in (True, False):
                place = Path(folder) / f"{language}-{scripts}"
                place.mkdir()
                with ended(Shop(str(given.wasurena), place / "data")) as shop:
                    if language == "en":
                        shop.publish("utsuwa-en", place)
                    shop.buys()
                    shop.until("2026-12-08T12:00:00+09:00")
                    walk(browser, inspector, shop, scripts)
        # One that breaks a rule on purpose: whoever does not see that sees nothing.
        browser.open("data:text/html,<html><body><img src=x><p style='color:%23ccc;background:%23fff'>x")
        sound, inspector.found = inspector.found, []
        inspector.looks("canary")
        check(bool(inspector.found), "axe-core finds what is wrong with a page that is wrong on purpose")
        check(not sound, f"axe-core finds nothing on {inspector.seen - 2} pages, light and dark", sound[:8])


if __name__ == "__main__":
    # So that what it says stands in order where both streams go into one file.
    sys.stdout.reconfigure(line_buffering=True)
    try:
        main()
    except Differs as difference:
        print(f"DIFFERS: {difference}", file=sys.stderr)
        sys.exit(1)
