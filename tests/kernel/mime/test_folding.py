"""Whose words a line of a reply is: the author's stay in sight, the rest is folded, and nothing is lost (M2)."""

from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from portal.kernel.mime import MARKERS, fold, parse, shows_words
from portal.kernel.mime.endings import is_of_phone
from tests.kernel.mime.samples import lines, names, own, raw, shown
from tests.promises import Figure
from tests.timing import within

INTRODUCTION = "Le mar. 3 mars 2026 à 14:02, Ann Roy <ann@firm.example> a écrit :"
PARTS = [
    "Bonjour Ann,",
    "d’accord",
    "> oui",
    ">",
    ">> non",
    "-- ",
    "--",
    "",
    " ",
    INTRODUCTION,
    "Le client a écrit :",
    "On 3/3/26 2:02 PM, Ann Roy wrote:",
    "Am 03.03.26 um 14:02 schrieb Ann Roy:",
    "-----Message d’origine-----",
    "De : Ann <a@firm.example>",
    "Envoyé : mardi 3 mars 2026 14:02",
    "À : Léa",
    "Objet : Devis",
    "_" * 32,
    "---",
    "Envoyé de mon iPhone",
    "---------- Forwarded message ---------",
    MARKERS["fr"],
    f"> {MARKERS['en']}",
    "\r",
    "\x0b",
    "Ce message est confidentiel et destiné à son seul destinataire ; toute diffusion par erreur est interdite ici.",
]


@pytest.mark.parametrize("name", names("replies"))
def test_a_reply_shows_the_words_of_its_author_and_no_others(name: str) -> None:
    text = parse(raw("replies", name)).text
    pieces = fold(text)
    assert "".join(piece.text for piece in pieces) == text
    assert lines(shown(pieces)) == lines(own(name))


@pytest.mark.promise("M2")
def test_how_many_replies_show_exactly_their_author_s_words(figure: Figure) -> None:
    replies = names("replies")
    right = hidden = 0
    for name in replies:
        seen = lines(shown(fold(parse(raw("replies", name)).text)))
        right += seen == lines(own(name))
        hidden += not set(lines(own(name))) <= set(seen)
    figure(f"{right} of {len(replies)} replies of our own show exactly their author's words, {hidden} hide any")
    assert hidden == 0
    assert right >= 0.9 * len(replies)


@given(st.text())
def test_pieces_give_any_text_back(text: str) -> None:
    assert "".join(piece.text for piece in fold(text)) == text


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("\n".join))
def test_pieces_give_mail_like_text_back_and_fold_in_turns(text: str) -> None:
    pieces = fold(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(one.folded != following.folded for one, following in pairwise(pieces))
    assert all(piece.text for piece in pieces)


@given(st.lists(st.sampled_from(PARTS[:20]), max_size=12).map("\n".join))
def test_what_stands_above_everything_else_is_never_hidden(text: str) -> None:
    words = "Voici mes mots, Ann.\n\n"
    assert shown(fold(words + text)).startswith(words.strip())


def test_each_quote_between_answers_is_folded_by_itself_with_its_lines() -> None:
    pieces = fold(f"{INTRODUCTION}\n> Quand ?\n> Où ?\n\nMardi.\n\n> Combien ?\n\nCent.\n")
    assert [(piece.folded, piece.kind, piece.lines) for piece in pieces] == [
        (True, "quote", 3),
        (False, "words", 1),
        (True, "quote", 1),
        (False, "words", 1),
    ]


def test_an_answer_between_introduction_and_quote_is_shown() -> None:
    assert lines(shown(fold(f"Bonjour,\n\n{INTRODUCTION}\n\nVoici ma réponse.\n\n> Quand ?\n> Où ?\n"))) == [
        "Bonjour,",
        "Voici ma réponse.",
    ]


@pytest.mark.parametrize(
    "text",
    ["-> voir le plan\n-> appeler Paul", "la cote est\n> 120 cm", "> 18 ans", "a > b\nb > c", "Paramètres > Compte"],
)
def test_arrows_and_comparisons_are_words(text: str) -> None:
    pieces = fold(f"Bonjour,\n\n{text}\n\nLéa")
    assert [piece.folded for piece in pieces] == [False]


def test_a_comparison_below_a_quote_is_an_answer() -> None:
    text = f"{INTRODUCTION}\n> Quelle surface ?\n\nLa surface est\n\nplutôt\n\n> 120 m²\n\ncomme dit.\n"
    assert "> 120 m²" in shown(fold(text))
    assert "> Quelle" not in shown(fold(text))


def test_a_forward_without_words_is_shown_and_said_to_have_none() -> None:
    """It is all that its sender wanted read."""
    pieces = fold(parse(raw("replies", "forward-alone-fr")).text)
    assert "Votre dossier est complet." in shown(pieces)
    assert not shows_words(pieces)
    assert shows_words(fold("Bonjour"))
    assert not shows_words(fold(""))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("quoted", ["", "> ", ">> "])
def test_below_our_marker_nothing_is_ever_shown(language: str, quoted: str) -> None:
    """What we wrote can hold notes and other discussions: a reply without words must not publish them."""
    ours = "\n".join(quoted + line for line in (MARKERS[language], "", "SECRET", "", "> SECRET"))
    for before in (
        "",
        "\n",
        "Envoyé de mon iPhone\n\n",
        "D’accord.\n\n",
        f"{INTRODUCTION}\n",
        "-----Original Message-----\n",
    ):
        pieces = fold(before + ours)
        assert "SECRET" not in shown(pieces), (before, quoted)
        assert shows_words(pieces) == (before == "D’accord.\n\n")


@pytest.mark.parametrize("far", [0, 3, 100])
def test_whoever_announces_answers_inside_still_publishes_nothing_of_ours(far: int) -> None:
    block = "De : Ann <ann@firm.example>\nEnvoyé : mardi 3 mars 2026 14:02\nÀ : Léa\nObjet : Devis\n"
    text = f"Mes réponses ci-dessous en rouge.\n\n{block}" + "mot\n" * far + f"{MARKERS['fr']}\nSECRET\n"
    assert "SECRET" not in shown(fold(text))
    assert "réponses" in shown(fold(text))


@pytest.mark.parametrize("changed", ["--  please write your reply\u00a0above this line  --", "*-- {} --*", "{}"])
def test_the_marker_is_known_however_a_program_changed_it(changed: str) -> None:
    line = changed.format(MARKERS["en"].strip("- "))
    assert "SECRET" not in shown(fold(f"Yes.\n\n{line}\n\nSECRET"))


@pytest.mark.parametrize(
    "line",
    [
        "Envoyé de mon iPhone",
        "Envoyé depuis mon Samsung Galaxy A52",
        "Envoyé à partir de Outlook pour Android",
        "Envoyé depuis l'application Mail Orange",
        "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>",
        "Provenance : Courrier pour Windows 10",
        "Sent from my iPhone, please excuse any typos.",
        "Sent from my iPad",
        "Sent from Mail for Windows",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Sent with Proton Mail secure email.",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Outlook voor iOS downloaden",
        "Inviato con Proton Mail",
        "Obtener Outlook para iOS",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
        "Sent from my Verizon Wireless BlackBerry",
    ],
)
def test_what_a_phone_adds_is_folded(line: str) -> None:
    pieces = fold(f"D’accord.\n\n{line}\n")
    assert [(piece.text.strip(), piece.folded) for piece in pieces] == [("D’accord.", False), (line, True)]


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, is much easier than my mobile phone.",
        "Envoyé par mail ce matin",
        "Sent via email yesterday",
        "Envoyé de mon ancien téléphone hier, tu l’as reçu ?",
        "Sent from my phone. I will call you.",
        "Envoyé via WeTransfer : https://we.example/x",
        "Mit freundlichen Grüßen",
        "Get the phone please",
        "Von mir aus gern",
        "The file was sent from my iPhone app",
        "Envoyé de Paris",
        "Sent from my phone when I was away",
    ],
)
def test_what_a_person_says_of_sending_is_shown(line: str) -> None:
    assert not is_of_phone(line)
    assert [piece.folded for piece in fold(f"Bonjour,\n\n{line}\n")] == [False]


@pytest.mark.parametrize(
    "line",
    [
        "a:\n",
        ">",
        ">\n",
        "a\n> b\n",
        "--\n",
        "-- \n",
        f"{INTRODUCTION}\n",
        "De : a@b\nObjet : x\n",
        "Sent from my ",
        "confidentiel destinataire ce message par erreur ",
        "\n",
        " ",
        "1",
        "12:30 ",
        "_____\n",
        "a@",
        "((",
        "“",
        "Le 3 mars 2026 à 14:02\n, Ann <a@b.example> \n",
        "réponses en rouge ",
        "> De :\n",
        "wrote: ",
        "cette ligne ",
    ],
)
def test_a_megabyte_of_anything_takes_less_than_a_second(line: str) -> None:
    text = line * (1_000_000 // len(line))
    pieces = within(1, partial(fold, text))
    assert "".join(piece.text for piece in pieces) == text
