"""What a spam filter, an HTML validator and a browser say of the mails that shops send.

Every mail of every built-in programme is written by `wasurena-mails` as it is handed to SES, and put together here as SES puts it
together. SpamAssassin scores it with the rules of its package; the Nu validator reads its HTML; Chromium lays it out 320, 390 and
800 pixels wide and says whether it can be scrolled sideways. `--pictures DIR` has Chromium take pictures for docs/mails.md.

Not shown: how SES chooses the encoding of a part. Here it is chosen as JavaMail does: base64 where most of it is not ASCII.
"""

import argparse
import email.charset
import email.header
import email.message
import email.mime.multipart
import email.mime.text
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from report import REPOSITORY, Differs, check

HERE = Path(__file__).resolve().parent
# A filter's own limit is 5; a mail that is wanted should be far from it.
SCORE_MAX = 1.0
WIDTHS = (320, 390, 800)
# What the Nu validator says of HTML that mail readers need, and why it has to be so. Nothing else may be said.
NEEDED = {
    # Outlook lays tables out by Word, which leaves gaps between them unless it is told not to.
    r"CSS: “mso-table-[lr]space”: Property “mso-table-[lr]space” doesn't exist\.": "Outlook",
    # It lays out by tables and their attributes, and knows no style that does the same.
    r"The “(align|bgcolor|border|cellpadding|cellspacing|width)” attribute on the “(table|td)” element is obsolete\..*": "Outlook",
    # Word's namespaces, without which it does not scale pictures.
    r"Attribute “xmlns:[vo]” not allowed here\.": "Outlook",
    # What mrml writes as XHTML has it. The validator calls both of it information, no error.
    r"The “type” attribute for the “style” element is not needed and should be omitted\.": "mrml",
    r"Trailing slash on void elements has no effect and interacts badly with unquoted attribute values\.": "mrml",
}


def eml(mail):
    """The mail as SES hands it on: multipart/alternative, the subject in encoded words."""
    whole = email.mime.multipart.MIMEMultipart("alternative")
    for name, value in [("From", mail["from"]), ("To", mail["to"]), ("Reply-To", mail["reply_to"])]:
        whole[name] = value
    whole["Subject"] = email.header.Header(mail["subject"], "utf-8")
    for name, value in mail["headers"]:
        whole[name] = value
    whole["Message-ID"] = "<0106019a0b1c2d3e-4f5a6b7c-000000@ap-northeast-1.amazonses.com>"
    whole["Date"] = "Tue, 01 Dec 2026 01:00:00 +0000"
    for kind, text in [("plain", mail["text"]), ("html", mail["html"])]:
        ascii_share = sum(c < 128 for c in text.encode()) / max(len(text.encode()), 1)
        charset = email.charset.Charset("utf-8")
        charset.body_encoding = email.charset.QP if ascii_share > 0.5 else email.charset.BASE64
        whole.attach(email.mime.text.MIMEText(text, kind, charset))
    return whole.as_bytes()


def spam(mails, folder):
    """SpamAssassin's scores."""
    for mail in mails:
        (folder / f"{mail['name']}.eml").write_bytes(eml(mail))
    files = "".join(f"{folder / mail['name']}.eml\n" for mail in mails)
    program = ["perl", str(HERE / "mails" / "spam.pl"), str(folder)]
    answer = subprocess.run(program, input=files, capture_output=True, text=True)
    if answer.returncode != 0:
        raise Differs(f"SpamAssassin did not run: {answer.stderr.strip()}\n  install it: apt-get install spamassassin")
    scores = []
    for line in answer.stdout.splitlines():
        score, file, tests = line.split("\t")
        scores.append((float(score), Path(file).stem, tests))
    check(len(scores) == len(mails), f"SpamAssassin has read {len(mails)} mails")
    worst = max(scores)
    bad = [score for score in scores if score[0] >= SCORE_MAX]
    check(not bad, f"its score is below {SCORE_MAX} for each of them (the highest: {worst[0]}, {worst[1]}: {worst[2]})", bad[:5])


def validator(mails, folder, jar):
    """What the Nu validator says of the HTML, but for what mail readers need."""
    for mail in mails:
        (folder / f"{mail['name']}.html").write_text(mail["html"], encoding="utf-8")
    files = [str(folder / f"{mail['name']}.html") for mail in mails]
    program = ["java", "-Xmx512m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *files]
    answer = subprocess.run(program, capture_output=True, text=True)
    try:
        messages = json.loads(answer.stderr)["messages"]
    except (ValueError, KeyError) as error:
        raise Differs(f"the Nu validator did not run: {answer.stderr[:300]}") from error
    other = {}
    met = set()
    for message in messages:
        text = message["message"]
        needed = next((pattern for pattern in NEEDED if re.fullmatch(pattern, text)), None)
        if needed is None:
            other.setdefault(text, message["url"])
        else:
            met.add(needed)
    check(not other, f"the Nu validator finds nothing in {len(mails)} mails but what mail readers need", list(other.items())[:8])
    check(met == set(NEEDED), "and all that is passed over is still there", sorted(set(NEEDED) - met))


def chromium(page, *options):
    """Runs Chromium on a page."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise Differs("there is no chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        answer = subprocess.run([program, *flags, *options, page.as_uri()], capture_output=True, text=True)
    return answer.stdout


def with_pictures(text):
    """The HTML with drawings in the place of its pictures: nothing is fetched."""
    for name in ("picture", "face"):
        drawing = (HERE / "mails" / f"{name}.svg").read_text(encoding="utf-8")
        data = "data:image/svg+xml," + re.sub(r"[\s\"#<>%]", lambda found: f"%{ord(found[0]):02X}", drawing)
        text = text.replace(f"https://img.example.jp/{name}.png", data)
    return text


MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body><pre id="said"></pre><script>
const mails = MAILS, widths = WIDTHS, said = [];
async function measure(mail, width) {
  const frame = document.createElement('iframe');
  frame.style = `border:0;width:${width}px;height:900px`;
  frame.srcdoc = mail.html;
  document.body.append(frame);
  await new Promise(done => frame.onload = done);
  const root = frame.contentDocument.documentElement;
  const inner = frame.contentWindow.innerWidth, scrolls = root.scrollWidth;
  if (inner !== width || scrolls > inner) said.push({ mail: mail.name, width, inner, scrolls });
  frame.remove();
}
(async () => {
  for (const mail of mails) for (const width of widths) await measure(mail, width);
  document.getElementById('said').textContent = JSON.stringify({ measured: mails.length * widths.length, said });
})();
</script></body>"""


def layout(mails, folder):
    """Whether a mail can be scrolled sideways, at each width."""
    page = folder / "measure.html"
    shown = [{"name": mail["name"], "html": with_pictures(mail["html"])} for mail in mails]
    # One that is too wide on purpose: whoever does not see that sees nothing.
    wide = {"name": "wide", "html": "<!DOCTYPE html><div style='width:400px'>wide</div>"}
    data = json.dumps([*shown, wide]).replace("</", "<\\/")
    page.write_text(MEASURE.replace("MAILS", data).replace("WIDTHS", json.dumps(WIDTHS)), encoding="utf-8")
    # Virtual time: it goes on only while nothing is being loaded.
    found = re.search(r'<pre id="said">(.*?)</pre>', chromium(page, "--virtual-time-budget=600000", "--dump-dom"), re.S)
    said = json.loads(html.unescape(found[1])) if found and found[1] else {"measured": 0, "said": []}
    measured, wrong = said["measured"], [one for one in said["said"] if one["mail"] != "wide"]
    check(measured == (len(mails) + 1) * len(WIDTHS), f"Chromium has laid out {len(mails)} mails, {WIDTHS} pixels wide", said)
    seen = [one["width"] for one in said["said"] if one["mail"] == "wide"]
    check(seen == [320, 390], "it sees that something 400 pixels wide is too wide for a phone", seen)
    check(not wrong, "none of the mails can be scrolled sideways at any of these widths", wrong[:5])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=Path, required=True, help="the program wasurena-mails")
    parser.add_argument("--vnu", type=Path, required=True, help="the Nu validator, vnu.jar")
    parser.add_argument("--pictures", type=Path, help="folder for pictures of some mails, instead of the opinions")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    mails = json.loads(subprocess.run([arguments.mails], check=True, capture_output=True, text=True).stdout)
    try:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.pictures:
                from mails_pictures import take

                return take(mails, arguments.pictures, Path(folder), chromium, with_pictures)
            layout(mails, Path(folder))
            validator(mails, Path(folder), arguments.vnu)
            spam(mails, Path(folder))
    except Differs as difference:
        print(f"DIFFERS: {difference}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
