"""HTML of a mail, read as its reader sees it."""

from functools import partial

import pytest

from portal.kernel.mime.hypertext import to_text
from tests.timing import within


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Bonjour&nbsp;Ann,</p><p>&eacute;t&eacute; &amp; hiver</p>", "Bonjour\xa0Ann,\n\nété & hiver"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ('<p class="MsoNormal">a</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">b</p>', "a\n\xa0\nb"),
        ('voir <a href="https://x.example/a">le plan</a>.', "voir le plan <https://x.example/a>."),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:ann@x.example">ann@x.example</a>', "ann@x.example"),
        ('<a href="javascript:alert(1)">ici</a> <a href="/x">là</a>', "ici là"),
        ("<ul><li>un</li><li>deux<ol start=3><li>a</li><li>b</li></ol></li></ul>", "- un\n- deux\n  3. a\n  4. b"),
        (
            "<table><tr><th>Pièce</th><th>m²</th></tr><tr><td><p>Salon</p></td><td>20</td></tr></table>",
            "Pièce | m²\nSalon | 20",
        ),
        ("a<blockquote type=cite>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n\n> b\n> c\n>\n>> d\n\ne"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0">mes mots</blockquote>', "mes mots"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        (
            'a<div style="display: none">b</div><i hidden>c</i><style>d</style><script>e</script><title>f</title>g',
            "ag",
        ),
        ('<img src="https://x.example/pixel.gif" width=1 height=1 alt="logo">a<img alt="😀">', "a😀"),
        ("<p>a<!-- b --><!--[if mso]>c<![endif]--></p>", "a"),
        ("-- <br>Léa", "-- \nLéa"),
        ("un &lt;b&gt; mot", "un <b> mot"),
    ],
)
def test_html_is_read_as_it_is_seen(html: str, text: str) -> None:
    assert _lines(to_text(html)) == _lines(text)


@pytest.mark.parametrize("html", ["<!-- <p>mes mots</p>", "<p>mes mots", "mes mots <a href='", "</p></div>mes mots"])
def test_broken_html_hides_no_words(html: str) -> None:
    assert "mes mots" in to_text(html)


@pytest.mark.parametrize(
    "part", ["<", "<div>", "<b><p>", "<a href='x'>a", "<table><tr><td>", "<blockquote>", "<!--", "&", "<ul><li>"]
)
def test_half_a_megabyte_of_anything_takes_less_than_a_second(part: str) -> None:
    html = part * (500_000 // len(part))
    within(1, partial(to_text, html))


def _lines(text: str) -> list[str]:
    """With one kind of space, and without those that nobody sees."""
    return [" ".join(line.split(" ")).rstrip() for line in text.split("\n")]
