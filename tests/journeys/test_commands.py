"""SPEC M1: `/` offers commands while one writes, by keyboard alone; what one means to say goes out all the same."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, menu, portal, reads, shown
from tests.journeys.test_access import Axe, axe
from tests.journeys.wire import Wire

__all__ = ["axe"]

People = Callable[..., Page]
# What stands in the field, the mark, and what it becomes; `<` and `>` stand around what is chosen, `|` at the caret.
MARKS = (
    ("a <word> here", "bold", "a **<word>** here"),
    ("a wo|rd here", "bold", "a **<word>** here"),
    ("a **<word>** here", "bold", "a <word> here"),
    ("a <**word**> here", "bold", "a <word> here"),
    ("a **<word>** here", "italic", "a ***<word>*** here"),
    ("a ***<word>*** here", "bold", "a *<word>* here"),
    ("a< word >here", "italic", "a *<word>* here"),
    ("|", "bold", "**|**"),
    ("**|**", "bold", "|"),
    ("<- one\n- two>", "bold", "<- **one**\n- **two**>"),
    ("<- **one**\n- **two**>", "bold", "<- one\n- two>"),
    ("a <word> here", "code", "a `<word>` here"),
    ("<x = 1\ny = 2>", "code", "```\n<x = 1\ny = 2>\n```"),
    ("see |", "block", "see\n```\n|\n```"),
    ("one\ntw|o", "quote", "one\n> tw|o"),
    ("<one\ntwo\n>three", "bullets", "<- one\n- two>\nthree"),
    ("<- one\n- two>", "numbers", "<1. one\n2. two>"),
    ("<1. one\n2. two>", "numbers", "<one\ntwo>"),
    ("<plan>", "link", "[plan](<https://>)"),
    ("<https://example.org/a>", "link", "[|](https://example.org/a)"),
)
STAFF_ONLY = ("note", "participant", "Rename", "Archive", "Reopen", "Leave", "Details")


def options(page: Page) -> Locator:
    """The commands that are offered."""
    return page.locator("#slash-commands").get_by_role("option")


def marked(page: Page) -> Locator:
    """The one that Enter takes, as a screen reader is told."""
    return page.locator(f"#{composer(page).get_attribute('aria-activedescendant')}")


def test_a_command_is_found_chosen_and_left_by_keyboard(person: People, backstage: Backstage) -> None:
    """Filtering, arrows, Enter, Tab and Escape; the field keeps the focus and says which option is marked."""
    key = backstage.discussion("marie")
    ines = console(person("ines"), key)
    field, keys = composer(ines), ines.keyboard
    field.focus()
    keys.type("/")
    expect(ines.get_by_role("listbox", name="Commands")).to_be_visible()
    expect(options(ines)).to_have_count(20)
    expect(ines.locator("slash-commands").get_by_role("status")).to_contain_text("20")
    expect(field).to_have_attribute("aria-controls", "slash-commands")
    keys.press("ArrowUp")
    expect(marked(ines)).to_contain_text("Leave")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(marked(ines)).to_contain_text("Mention somebody")
    keys.type("bol")
    expect(options(ines)).to_have_text(["Bold/bold"])
    keys.press("Enter")
    expect(field).to_be_focused()
    keys.type("now")
    expect(field).to_have_value("**now**")
    expect(options(ines)).to_have_count(0)
    field.fill("")
    keys.type("/quo")
    keys.press("Tab")
    keys.type("she said")
    expect(field).to_have_value("> she said")
    field.fill("")
    keys.type("/it")
    keys.press("Escape")
    expect(options(ines)).to_have_count(0)
    expect(field).to_be_focused()
    keys.type("al")
    expect(options(ines)).to_have_count(0)  # what was left stays left
    expect(field).to_have_value("/ital")
    expect(field).not_to_have_attribute("aria-activedescendant", "")


def test_what_begins_with_a_slash_and_is_no_command_is_text(person: People, backstage: Backstage) -> None:
    """Paths, halves of dates, a command's own word after Escape: all go out with Enter, in either face."""
    key = backstage.discussion("marie")
    for page in (portal(person("marie"), key), console(person("ines"), key)):
        said = ("/home is a path", "half/half 1/2 /", "yes /no", "or /bo", "/etc/passwd", "/bold")
        for words in said:
            composer(page).press_sequentially(words)
            if words == "/bold":
                page.keyboard.press("Escape")
            page.keyboard.press("Enter")
            expect(composer(page)).to_have_value("")
            expect(shown(page, words).last).to_be_visible()
        expect(page.locator(".message.pending")).to_have_count(0)
    reads(page, *said, *said)


def test_the_middle_of_a_line_takes_whole_words_and_what_an_arrow_chose(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    marie = portal(person("marie"), key)
    field, keys = composer(marie), marie.keyboard
    field.press_sequentially("see /link")
    keys.press("Enter")
    expect(field).to_have_value("see [](https://)")
    field.fill("")
    field.press_sequentially("so /co")
    expect(marked(marie)).to_have_count(0)
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.type("x = 1")
    expect(field).to_have_value("so `x = 1`")
    field.fill("")
    field.press_sequentially("one")
    keys.press("Shift+Enter")
    keys.type("/bul")
    keys.press("Enter")
    keys.type("two")
    expect(field).to_have_value("one\n- two")


def test_commands_switch_to_a_note_and_back_and_open_what_the_page_can_do(person: People, backstage: Backstage) -> None:
    """The typed command is gone from the text, the rest stays; what may not be done is not offered."""
    key = backstage.discussion("hugo", "marie", title="Kitchen")
    ines, hugo = console(person("ines"), key), console(person("hugo"), key)
    field, keys = composer(ines), ines.keyboard
    field.press_sequentially("Between us /note")
    keys.press("Enter")
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()
    expect(field).to_have_value("Between us ")
    expect(field).to_be_focused()
    keys.press("Enter")
    expect(shown(hugo, "Between us").get_by_text("Team only")).to_be_visible()
    field.press_sequentially("/mess")
    keys.press("Enter")
    expect(ines.get_by_role("radio", name="Message")).to_be_checked()
    field.press_sequentially("/rena")
    keys.press("Enter")
    expect(ines.get_by_role("dialog").get_by_label("Name")).to_have_value("Kitchen")
    keys.press("Escape")
    expect(ines.get_by_role("dialog")).to_have_count(0)
    keys.type("/archive")  # the caret is back where it was, and not only the focus
    keys.press("Enter")
    expect(ines.get_by_role("dialog")).to_contain_text("Archive this discussion")
    keys.press("Enter")
    expect(ines.get_by_text("This discussion is archived.")).to_be_visible()
    field.press_sequentially("/")
    expect(options(ines).filter(has_text="/reopen")).to_have_count(1)
    expect(options(ines).filter(has_text="/archive")).to_have_count(0)
    composer(hugo).press_sequentially("/")  # who does not own it
    expect(options(hugo).filter(has_text="/leave")).to_have_count(1)
    for word in ("/rename", "/add"):
        expect(options(hugo).filter(has_text=word)).to_have_count(0)


def test_an_internal_discussion_offers_no_note(person: People, backstage: Backstage) -> None:
    """Every message in it is for the team already."""
    ines = console(person("ines"), backstage.discussion("hugo", audience="internal"))
    composer(ines).press_sequentially("/")
    expect(options(ines).filter(has_text="/rename")).to_have_count(1)
    for word in ("/note", "/message"):
        expect(options(ines).filter(has_text=word)).to_have_count(0)


def test_a_client_has_the_commands_of_the_text_and_hears_of_no_others(person: People, backstage: Backstage) -> None:
    """Not one byte of the page names what staff can do."""
    key = backstage.discussion("marie")
    marie = person("marie")
    wire = Wire(marie)
    portal(marie, key)
    composer(marie).press_sequentially("/")
    expect(options(marie)).to_have_text(
        ["Mention somebody/mention", "Emoji/emoji", "Bold/bold", "Italic/italic", "Code/code", "Code block/block",
         "Quote/quote", "List/list", "Numbered list/numbers", "Link/link"]
    )  # fmt: skip
    page = next(body for body in wire.holds("slash-commands") if f"/discussions/{key}" in body[:200])
    assert page
    html = marie.locator("main").inner_html()
    assert [word for word in STAFF_ONLY if word in html] == []


def test_marks_go_around_what_is_chosen(person: People, backstage: Backstage) -> None:
    """Chosen words, the word at the caret, or lines; a mark that is there already is taken away."""
    marie = portal(person("marie"), backstage.discussion("marie"))
    found = [(before, mark, _marked(marie, before, mark)) for before, mark, _ in MARKS]
    assert found == list(MARKS)


def test_one_step_back_undoes_a_mark(person: People, backstage: Backstage) -> None:
    """As typing is undone; so are commands, which come back as they were typed."""
    marie = portal(person("marie"), backstage.discussion("marie"))
    field, keys = composer(marie), marie.keyboard
    field.press_sequentially("one two")
    for chord, marked_text in (
        ("Control+b", "one **two**"), ("Control+Shift+Digit9", "> one two"), ("Control+Shift+Digit8", "- one two"),
        ("Control+Shift+Digit7", "1. one two"),
    ):  # fmt: skip
        keys.press("Control+Shift+ArrowLeft")
        keys.press(chord)
        expect(field).to_have_value(marked_text)
        keys.press("Control+z")
        expect(field).to_have_value("one two")
        keys.press("End")
    keys.type(" /bold")
    keys.press("Enter")
    expect(field).to_have_value("one two ****")
    keys.press("Control+z")
    expect(field).to_have_value("one two /bold")
    field.fill("so be it")
    keys.press("Enter")
    menu(marie, "so be it", "Edit")
    field = marie.locator(".edit textarea")
    field.select_text()
    field.press("Control+i")
    expect(field).to_have_value("*so be it*")  # its keys are the same


def test_the_bar_of_format_stands_behind_its_button(person: People, backstage: Backstage) -> None:
    """One stop of the Tab key, walked with arrows; it stays as one left it, for this person alone."""
    key = backstage.discussion("marie")
    marie = portal(person("marie"), key)
    bar = marie.get_by_role("toolbar", name="Format")
    expect(bar).to_be_hidden()
    composer(marie).fill("word")
    marie.get_by_role("button", name="Format").click()
    bar.get_by_role("button", name="Bold").focus()
    marie.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Italic")).to_be_focused()
    composer(marie).select_text()
    bar.get_by_role("button", name="Italic").click()
    expect(composer(marie)).to_have_value("*word*")
    expect(composer(marie)).to_be_focused()
    portal(marie, key)
    expect(bar).to_be_visible()


def test_commands_are_french_and_touch_and_a_mouse_work(person: People, backstage: Backstage, axe: Axe) -> None:
    """Words with accents are found without them; English words are understood too."""
    key = backstage.discussion("luc")
    backstage.change("luc", language="fr")
    luc = portal(person("luc", width=360, height=740, has_touch=True, locale="fr-FR"), key)
    try:
        composer(luc).press_sequentially("/")
        axe.look(luc, "commands")
        luc.keyboard.type("numerotee")
        expect(options(luc)).to_have_count(1)
        options(luc).tap()
        expect(composer(luc)).to_have_value("1. ")
        expect(composer(luc)).to_be_focused()
        composer(luc).fill("")
        luc.keyboard.type("/bold")
        expect(options(luc)).to_have_text(["Gras/gras"])
        options(luc).click()
        expect(composer(luc)).to_have_value("****")
    finally:
        backstage.change("luc", language="en")


def _marked(page: Page, before: str, mark: str) -> str:
    """The composer's words after `mark`, as in MARKS."""
    chosen = [before.find(sign) for sign in "<>"] if "<" in before else [before.find("|")] * 2
    start, end = chosen[0], chosen[1] - ("<" in before)
    text, start, end = page.evaluate(
        """([text, start, end, mark]) => {
            const field = document.querySelector(".composer textarea");
            field.value = text;
            field.setSelectionRange(start, end);
            comptoir.format(field, mark);
            return [field.value, field.selectionStart, field.selectionEnd];
        }""",
        [before.replace("<", "").replace(">", "").replace("|", ""), start, end, mark],
    )
    signs = ("|", "") if start == end else ("<", ">")
    return f"{text[:start]}{signs[0]}{text[start:end]}{signs[1]}{text[end:]}"
