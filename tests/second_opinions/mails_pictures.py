"""Pictures of some mails for docs/mails.md, as Chromium shows them: one of each trade on a telephone, light and dark, and some at
other widths. `mails.py --pictures docs/mails` takes them; a palette makes them small.
"""

import json

from PIL import Image, ImageChops

# What is shown: a mail, and the widths at which it stands side by side.
SHOWN = [
    ("utsuwa-thanks-first", (320,)),
    ("utsuwa-thanks-first", (800,)),
    ("utsuwa-arrival", (390,)),
    ("shokuhin-greeting-ask-us", (390,)),
    ("biyoshitsu-again-morning", (390,)),
    ("yane-summer-swallow", (390,)),
    ("kyoshitsu-thanks-first", (390,)),
    ("utsuwa-en-usage", (320, 390)),
]
# More than the longest mail is high; what is empty below it is cut off.
HEIGHT = 2600
COLOURS = 24
# The colour of the page where no mail is.
BESIDE = (128, 128, 128)
BYTES_MAX = 60_000

PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; display: flex; background: #808080; } iframe { border: 0; height: HEIGHTpx; }
</style><body><script>
for (const width of WIDTHS) {
  const frame = document.createElement('iframe');
  // A frame's scheme is what the page in it is asked for.
  frame.style = `width:${width}px;color-scheme:SCHEME`;
  frame.srcdoc = MAIL;
  frame.onload = () => { frame.style.height = frame.contentDocument.documentElement.scrollHeight + 'px'; };
  document.body.append(frame);
}
</script></body>"""


def take(mails, into, folder, chromium, with_pictures):
    """Takes all pictures into a folder; says how large they are."""
    into.mkdir(parents=True, exist_ok=True)
    by_name = {mail["name"]: mail for mail in mails}
    for name, widths in SHOWN:
        text = json.dumps(with_pictures(by_name[name]["html"])).replace("</", "<\\/")
        for scheme in ("light", "dark"):
            page, raw = folder / "page.html", folder / "raw.png"
            # The mail last: it may say anything.
            filled = PAGE.replace("HEIGHT", "100").replace("SCHEME", scheme).replace("WIDTHS", json.dumps(widths))
            page.write_text(filled.replace("MAIL", text), encoding="utf-8")
            window = f"--window-size={sum(widths)},{HEIGHT}"
            chromium(page, window, "--virtual-time-budget=5000", f"--screenshot={raw}")
            file = into / f"{name}-{'-'.join(map(str, widths))}-{scheme}.png"
            small(raw, file)
            size = file.stat().st_size
            print(f"  {file.name}: {size} bytes{' (too large)' if size > BYTES_MAX else ''}")


def small(raw, file):
    """The picture without the empty page below it, in a few colours."""
    picture = Image.open(raw).convert("RGB")
    mails = ImageChops.difference(picture, Image.new("RGB", picture.size, BESIDE)).getbbox()
    picture = picture.crop((0, 0, picture.width, mails[3]))
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
