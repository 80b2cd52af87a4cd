"""What people type: cleaned, drawn as safe HTML, and always in a bounded time (SPEC M1)."""

import re

import pytest

from portal.kernel import mentions, text
from tests.timing import within

BOUND = 0.6  # seconds of the processor; before the bound of links a message took more than a second
LINK = 'rel="noopener noreferrer nofollow ugc"'


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\n \n\t\nfirst\nlast \n\n", "first\nlast"),
        ("    code", "    code"),
        ("a\x00b\x08c\x7fd\x85e", "abcde"),
        ("tab\tstays", "tab\tstays"),
        ("e\u0301", "é"),
        ("e\x00\u0301", "é"),
        ("half \ud83d emoji", "half \ufffd emoji"),
        ("\u202bשלום\u202c", "\u202bשלום\u202c"),
    ],
)
def test_a_message_is_cleaned_once_and_for_all(typed: str, stored: str) -> None:
    assert text.clean(typed) == stored
    assert text.clean(stored) == stored


def test_a_title_is_one_line_that_cannot_reorder_its_neighbours() -> None:
    assert text.clean_line("  Permit\n\t of \u202eevil\u2066 ") == "Permit of evil"
    assert text.clean_line("رخصة البناء") == "رخصة البناء"


@pytest.mark.parametrize(
    "body",
    ["", " ", "\n\t", "\u200b", "\u200d\ufeff", "\u2060 \u00ad", "\u3164", "\u115f\u1160\uffa0", "\u2800", "\u202e"],
)
def test_what_cannot_be_seen_is_blank(body: str) -> None:
    assert text.is_blank(body)


@pytest.mark.parametrize("body", ["a", "\u200b.", "👍", "é", "日", "\u200dش"])
def test_what_can_be_seen_is_not_blank(body: str) -> None:
    assert not text.is_blank(body)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**bold** *italic* ~~gone~~", "<p><strong>bold</strong> <em>italic</em> <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("[plan](https://a.example/p)", f'<p><a href="https://a.example/p" {LINK}>plan</a></p>'),
        ("see https://a.example/p.", f'<p>see <a href="https://a.example/p" {LINK}>https://a.example/p</a>.</p>'),
        ("ann@example.com", f'<p><a href="mailto:ann@example.com" {LINK}>ann@example.com</a></p>'),
        ("[call](tel:+331)", f'<p><a href="tel:+331" {LINK}>call</a></p>'),
        ("README.md and app.py", "<p>README.md and app.py</p>"),
        ("www.delta.example.com", f'<p><a href="https://www.delta.example.com" {LINK}>www.delta.example.com</a></p>'),
        ("# no heading", "<p># no heading</p>"),
    ],
)
def test_light_markdown(body: str, html: str) -> None:
    assert text.render(body) == html


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='/logout' onclick=alert(1)>x</a>",
        "<svg/onload=alert(1)>",
        "<iframe src=//a.example></iframe>",
        "<style>*{display:none}</style>",
        "<!-- <b> -->",
        "<b hx-get=/logout>x</b>",
    ],
)
def test_raw_html_is_shown_as_it_was_typed(body: str) -> None:
    html = text.render(body)
    assert set(re.findall(r"<(\w+)", html)) == {"p"}
    assert text.plain_line(html, 500) == body


@pytest.mark.parametrize(
    "body",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html,<script>)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "javascript:alert(1)",
        "[x](ssh://a.example)",
        "ftp://a.example/f",
        "//a.example/f",
    ],
)
def test_no_link_leads_anywhere_but_to_the_web_mail_and_telephone(body: str) -> None:
    assert "href=" in text.render("[x](https://a.example)")
    assert "href=" not in text.render(body)


def test_an_image_is_not_loaded_from_anywhere() -> None:
    html = text.render("![pixel](https://spy.example/p.png)")
    assert "<img" not in html
    assert "src=" not in html


def test_a_link_has_no_words_that_show_only_under_the_mouse() -> None:
    assert "title=" not in text.render('[x](https://a.example "Your bank")')


def test_a_link_of_somebody_elses_site_tells_it_nothing() -> None:
    assert LINK in text.render("https://a.example/")


def test_short_codes_become_emoji_but_not_in_code() -> None:
    assert text.render(":smile: :+1:") == "<p>😄 👍</p>"
    assert text.render("`:smile:`") == "<p><code>:smile:</code></p>"
    assert "😄" not in text.render("```\n:smile:\n```")
    assert text.render("10:30:45 :no_such_code:") == "<p>10:30:45 :no_such_code:</p>"


@pytest.mark.parametrize(
    "words",
    [
        "Ça va être l'été",
        "日本語のテキスト",
        "نص عربي",
        "טקסט עברי",
        "हिन्दी",
        "Tiếng Việt",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "\u200fمرحبا\u200e",
        "\u202aabc\u202c",
        "𝕏 𐍈",
    ],
)
def test_every_script_and_direction_is_kept(words: str) -> None:
    assert text.clean(words) == words
    assert text.render(words) == f"<p>{words}</p>"
    assert text.plain_line(text.render(words)) == words


PILES = ("[", "![[", "[](", "](", "http://a.b/(", "http://a.b/[(", "a://", "ftp://a", "*_", "**_", "a**", "`a``", "> ")


@pytest.mark.parametrize("pile", [*PILES, "<", "&", "~~a", "\\", "- ", "a@b.c ", "mailto:a", ":a", "```\n", "'\""])
def test_a_hostile_message_takes_a_bounded_time(pile: str) -> None:
    body = (pile * text.MESSAGE_LIMIT)[: text.MESSAGE_LIMIT]
    within(BOUND, lambda: text.plain_line(text.render(body)))


@pytest.mark.parametrize("pile", ["\u0301\u0323", "e\u0301", "\u0344\u0323", "\u1e69", "é"])
def test_a_megabyte_of_marks_takes_a_bounded_time(pile: str) -> None:
    """Sorted as they came they would take minutes, in which nobody is answered."""
    body = "Z" + pile * (1_000_000 // len(pile.encode()))
    within(1.5, lambda: (text.clean(body), text.fold(body)))


def test_a_letter_keeps_its_marks() -> None:
    few = "Z" + "\u0301" * text.MARKS
    assert text.clean(few) == text.clean(few + "\u0301" * 100)
    assert len(text.clean(few)) == text.MARKS  # one of them is in the letter


@pytest.mark.parametrize("pile", ["[", "(", "[]", "()", "[(", "http://a.b/("])
def test_twenty_thousand_brackets_take_a_bounded_time(pile: str) -> None:
    body = (pile * 20_000)[:20_000]
    within(2 * BOUND, lambda: text.plain_line(text.render(body)))


def test_a_crowd_of_addresses_is_still_all_there() -> None:
    """Over the bound the words stay and only the links go; below it every address is a link."""
    few, many = "https://a.example/x " * 300, "https://a.example/x " * 450
    assert text.render(few).count("href=") == 300
    assert text.render(many).count("https://a.example/x") == 450
    assert "href=" not in text.render(many)
    assert "<strong>" in text.render("**b** " + "[ " * 450)


def test_a_plain_line_reads_as_the_message_does() -> None:
    assert text.plain_line(text.render("**Marie**, the *pla*n\n- a & b\n- c")) == "Marie, the plan a & b c"
    assert text.plain_line(text.render("one\n\ntwo\nthree")) == "one two three"
    assert text.plain_line(text.render("a" * 200)) == "a" * (text.LINE_LIMIT - 1) + "…"


def test_shorten_cuts_only_what_is_longer() -> None:
    assert text.shorten("abc", 3) == "abc"
    assert text.shorten("ab cd", 4) == "ab…"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Marie Delcourt", "MD"),
        ("Marie", "M"),
        ("jean-paul de la tour", "JT"),
        ("d’Artagnan", "DA"),
        ("(Ann) 3D & Co", "3C"),
        ("", "?"),
        ("!!! ---", "?"),
        ("Élodie Œuvrard", "ÉŒ"),
        ("王 小明", "王小"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert text.initials(name) == letters


def test_names_compare_without_case_and_accents() -> None:
    assert text.fold("Élodie ŒUVRARD") == text.fold("elodie oeuvrard")
    assert text.fold("STRASSE") == text.fold("Straße")
    assert text.fold("Ann") != text.fold("Anne")
    plain = "".join(map(chr, range(128)))
    assert text.fold(plain) + "e" == text.fold(f"{plain}é"), "what is quick is the same"


def test_first_name() -> None:
    assert text.first_name("Marie Claire Delcourt") == "Marie"


@pytest.mark.parametrize(
    ("body", "name", "meant"),
    [
        ("@Marie, look", "Marie Delcourt", True),
        ("look @marie delcourt!", "Marie Delcourt", True),
        ("@MARIE  DELCOURT", "Marie Delcourt", True),
        ("(@ines)", "Inès Benali", True),
        ("@Inès’s plan", "Inès Benali", True),
        ("@helene", "Mme Hélène Vasseur", True),
        ("@Marie-Claude, look", "Marie Delcourt", False),
        ("@Marie-Claude, look", "Marie-Claude Roy", True),
        ("@Mariette", "Marie Delcourt", False),
        ("Marie, look", "Marie Delcourt", False),
        ("write to anna@marie.example", "Marie Delcourt", False),
        ("@Delcourt", "Marie Delcourt", False),
        ("@陈伟 看", "陈伟 (Chen Wei)", True),
        ("@(", "(", True),
        ("@", "", False),
    ],
)
def test_who_is_mentioned(body: str, name: str, meant: bool) -> None:
    called = {text.fold(words): name for words in (name, text.first_name(name))}
    assert [whom for _, _, whom in mentions.found(body, called)] == [name] * meant
