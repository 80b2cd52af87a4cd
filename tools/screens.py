"""The screens that are photographed: who opens what, and what they press there."""

from dataclasses import dataclass

FIRST = "first"  # the newest discussion
ROW = "row:"  # the discussion of that title
LINK, MAIL = "link:", "mail:"  # the link in somebody's newest mail about a discussion, and that mail itself


@dataclass(frozen=True)
class Screen:
    """Who opens what, and which buttons they press there (selectors, one after the other)."""

    who: str
    path: str
    press: tuple[str, ...] = ()


MENU = "#pane-menu [data-act={}]"
LAST = ".message:nth-last-child(1 of .message)"
BAKERY, KITCHEN = f"{ROW}Boulangerie Haddad", f"{ROW}Julien Roche, cuisine"
FEES, OVEN = f"{ROW}Maison Delcourt, honoraires", f"{ROW}Finch & Daughters, second oven"
RECORD, OWN_MENU = ".details a[href$=record]", f"{LAST} .actions [popovertarget]"
SCREENS = {
    "sign-in": Screen("", "/login"),
    "invitation-over": Screen("", "/invitations/guess"),
    "nothing-here": Screen("camille", "/console/nothing"),
    "home": Screen("camille", "/console/home"),
    "english-home": Screen("grace", "/console/home"),
    "search": Screen("camille", "/console/search?q=devis"),
    "mentions": Screen("camille", "/console/mentions"),
    "later": Screen("camille", "/console/later"),
    "spaces": Screen("camille", "/console/spaces"),
    "space": Screen("camille", "/console/spaces", ("main a[href*='/spaces/']",)),
    "send-later": Screen("camille", FIRST, ("[data-act=later]",)),
    "message-menu": Screen("camille", FIRST, (f"{LAST} .actions [popovertarget]",)),
    "announcement": Screen("camille", f"{ROW}Fermeture"),
    "announcement-client": Screen("marie", f"{ROW}Fermeture"),
    "agreement": Screen("camille", FEES),
    "agreement-client": Screen("marie", FEES),
    "agreed": Screen("grace", OVEN),
    "certificate": Screen("grace", OVEN, ("a[href$=certificate]",)),
    "ask-agreement": Screen("camille", FIRST, (OWN_MENU, "[hx-get$='/agreement']")),
    "remind": Screen("camille", FIRST, (OWN_MENU, "[hx-get$='/reminder']")),
    "draft": Screen("camille", f"{ROW}Terrasse"),
    "files": Screen("camille", FIRST, (".details a[href$=files]",)),
    "portal-files": Screen("marie", FIRST, ("#pane-files",)),
    "see-as": Screen("camille", FEES, ("form[action*=sightings] button",)),
    "record": Screen("camille", FEES, (RECORD,)),
    "erasures": Screen("camille", "/console/erasures"),
    "search-none": Screen("camille", "/console/search?q=zzz"),
    "portal-later": Screen("marie", "/later"),
    "needs": Screen("marie", "/needs"),
    "portal-search": Screen("marie", "/search?q=devis"),
    "discussions": Screen("camille", "/console/discussions"),
    "archive": Screen("camille", "/console/discussions?archived=1"),
    "no-matches": Screen("camille", "/console/discussions?archived=1&filter=unread"),
    "filter": Screen("camille", "/console/discussions", ("[popovertarget=filter-menu]",)),
    "discussion": Screen("camille", FIRST),
    "note": Screen("camille", FIRST, (".composer [value=note]",)),
    "format": Screen("camille", FIRST, (".composer [data-marks]",)),
    "emoji": Screen("camille", FIRST, (".composer [data-emoji]",)),
    "details": Screen("camille", FIRST, (".pane-head [data-toggle-details]",)),
    "menu": Screen("camille", FIRST, ("[popovertarget=pane-menu]",)),
    "command-bar": Screen("camille", FIRST, ("#open-commands",)),
    "shortcuts": Screen("camille", FIRST, ("[data-shortcuts]",)),
    "new": Screen("camille", "/console/discussions", ("#new-discussion",)),
    "add": Screen("camille", FIRST, ("[data-act=add]",)),
    "add-confirm": Screen("camille", FIRST, ("[data-act=add]", "#found-people button")),
    "removal": Screen("camille", FIRST, ("#participants .reveal",)),
    "rename": Screen("camille", FIRST, (MENU.format("rename"),)),
    "leave": Screen("camille", FIRST, (MENU.format("leave"),)),
    "publish": Screen("camille", FIRST, ("[hx-get$=publication]",)),
    "mails-menu": Screen("camille", FIRST, ("[popovertarget=pane-menu]",)),
    "delivery": Screen("camille", BAKERY, (f"{LAST} .actions button", "[hx-get$=delivery]")),
    "by-mail": Screen("camille", KITCHEN),
    "original": Screen("camille", KITCHEN, (f"{LAST} .quoted",)),
    "source": Screen("camille", KITCHEN, (f"{LAST} .actions button", "[hx-get$=source]")),
    "held": Screen("camille", "/console/mails/held"),
    "undeliverable": Screen("camille", "/console/people?bounced=1"),
    "people": Screen("camille", "/console/people"),
    "staff": Screen("camille", "/console/people?face=staff"),
    "person": Screen("camille", "/console/people", (".persons button",)),
    "invite": Screen("camille", "/console/people", (".page-head .button",)),
    "settings": Screen("camille", "/console/settings"),
    "rights": Screen("camille", "/console/settings/rights"),
    "brand": Screen("camille", "/console/settings", (".brands button",)),
    "ownerless": Screen("camille", "/console/ownerless"),
    "profile": Screen("camille", "/profile"),
    "english": Screen("grace", FIRST),
    "english-list": Screen("grace", "/console/discussions"),
    "english-command-bar": Screen("grace", FIRST, ("#open-commands",)),
    "portal": Screen("marie", "/"),
    "portal-discussion": Screen("marie", FIRST),
    "portal-emoji": Screen("marie", FIRST, (".composer [data-emoji]",)),
    "portal-archive": Screen("marie", "/?archived=1"),
    "portal-you": Screen("marie", "/", (".portal-head .you",)),
    "portal-english": Screen("oliver", FIRST),
    "portal-profile": Screen("marie", "/profile"),
    "portal-bell": Screen("marie", FIRST, ("[popovertarget=mails-menu]",)),
    "link": Screen("", f"{LINK}marie"),
    "link-english": Screen("", f"{LINK}oliver"),
    "link-code": Screen("", f"{LINK}marie", (".link-below button",)),
    "link-over": Screen("", "/l/guess"),
    "mail": Screen("", f"{MAIL}marie"),
    "mail-staff": Screen("", f"{MAIL}grace"),
    "sign-in-mail": Screen("", "/login", ("[formaction$=sign-in-mail]",)),
    "portal-new": Screen("oliver", "/", ("#new-discussion",)),
}
