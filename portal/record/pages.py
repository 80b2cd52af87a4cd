"""One discussion of an export in three forms at once: on paper, to be opened in a browser, and for programs."""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from babel.dates import format_datetime, get_timezone
from flask import current_app
from markupsafe import Markup, escape

from portal.access.read_models import MessageView
from portal.access.said import keyless
from portal.drawing import draw
from portal.kernel.paper import GREY, INK, NOTE, Paper
from portal.kernel.text import TEAM_SIGN
from portal.queries.exports import Entry, Job, Piece

MOMENT = "d MMM y, HH:mm OOOO"
ENTRIES = "<!-- entries -->\n"  # nobody can say it: what people write is escaped
_WORDS = "record/words.txt"


class Pages:
    """Writes `conversation.pdf`, `.html` and `.json` into a folder, entry by entry."""

    NAMES = ("conversation.pdf", "conversation.html", "conversation.json")

    def __init__(self, folder: Path, job: Job, piece: Piece) -> None:
        self._job, self._piece = job, piece
        self._face = "staff" if job.for_firm else "client"
        self._stack = ExitStack()
        self._html, self._json = (self._open(folder / name) for name in self.NAMES[1:])
        self._paper = Paper(folder / self.NAMES[0], font(), piece.title, self._foot())
        self._first = True
        self._begin()

    def add(self, entry: Entry, files: list[str], mail: str) -> None:
        """One message; `files` and `mail` are the names that its files and its mail have in the export."""
        entry = self._plain(entry)
        view, said = entry.view, self._said(entry, files, mail)
        self._html.write(draw("record/message.html", self._face, self._job.language, **said))
        self._json.write(("" if self._first else ",\n") + json.dumps(_json(entry, files, mail), ensure_ascii=False))
        self._first = False
        self._print(view, said)

    def close(self) -> None:
        """The end of all three."""
        for line in self._read():
            self._html.write(f'<p class="about">{escape(line)}</p>\n')
            self._paper.write(line, size=8, colour=GREY)
        self._html.write(self._end)
        self._json.write("\n]}\n")
        self._stack.close()
        self._paper.gap()
        self._paper.write(self._word("end"), size=8, colour=GREY)
        self._paper.close()

    def _open(self, path: Path) -> IO[str]:
        return self._stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))

    def _begin(self) -> None:
        job, piece = self._job, self._piece
        values = {"job": job, "piece": piece, "kind": self._word("kind"), "at": self._time(job.asked_at)}
        values["styles"] = _styles(self._face, job.language)
        begin, _, self._end = draw("record/page.html", self._face, job.language, **values).partition(ENTRIES)
        self._html.write(begin)
        about: dict[str, Any] = {
            "discussion": piece.title,
            "brand": piece.brand,
            "contents": "firm" if job.for_firm else "client",
        }
        about |= {"as": job.client} if job.client else {"participants": list(piece.participants), "notes": job.notes}
        if job.notes:
            about["read"] = [{"name": one.name, "message": one.message, "at": one.at.isoformat()} for one in piece.read]
        self._json.write(json.dumps(about, ensure_ascii=False)[:-1] + ', "messages": [\n')
        self._paper.write(f"{piece.brand} · {self._word('kind')}", size=9, colour=GREY)
        if piece.participants:
            self._paper.write(f"{self._word('participants')} {', '.join(piece.participants)}", size=9, colour=GREY)

    def _said(self, entry: Entry, files: list[str], mail: str) -> dict[str, Any]:
        view = entry.view
        return {
            "message": view,
            "html": keyless(view.html),
            "at": self._time(view.posted_at),
            "edited": self._time(view.edited_at) if view.edited_at and not view.deleted else "",
            "files": files,
            "mail": mail,
            "before": [(self._time(one.at), one.editor, one.body) for one in entry.before],
            "line": self._line(view),
            "agreement": entry.agreement,
            "answers": [(one, self._time(one.at)) for one in entry.agreement.answers] if entry.agreement else [],
        }

    def _print(self, view: MessageView, said: dict[str, Any]) -> None:
        paper, small = self._paper, partial(self._paper.write, size=8.0, colour=GREY)
        paper.gap()
        if view.kind == "event":
            small(f"{said['line']} · {said['at']}")
            return
        paper.write(f"{view.author.name} · {said['at']}", size=8.5, bold=True)
        if view.kind == "note":
            paper.write(self._word("note"), size=8, colour=NOTE)
        paper.write(self._word("deleted") if view.deleted else view.body, colour=GREY if view.deleted else INK)
        for name in said["files"]:
            small(f"→ {name}")
        if said["edited"]:
            small(f"{self._word('edited')} {said['edited']}")
        for line in self._agreed(said):
            small(line)
        for at, editor, body in said["before"]:
            small(f"{self._word('before')} {editor}, {at}:\n{body}")

    def _read(self) -> list[str]:
        """How far everybody has read, a line each."""
        read = [(one.name, self._time(one.posted_at), self._time(one.at)) for one in self._piece.read]
        drawn = draw("record/read.txt", self._face, self._job.language, read=read)
        return [line.strip() for line in Markup(drawn).unescape().splitlines() if line.strip()]

    def _agreed(self, said: dict[str, Any]) -> list[str]:
        """On paper: what was asked by its hash, and each answer with its own."""
        if not said["agreement"]:
            return []
        drawn = draw("record/agreement.txt", self._face, self._job.language, **said)
        return [line.strip() for line in Markup(drawn).unescape().splitlines() if line.strip()]

    def _line(self, view: MessageView) -> str:
        if view.kind != "event":
            return ""
        drawn = draw("messages/_line.html", self._face, self._job.language, message=view)
        return Markup(drawn).striptags()

    def _plain(self, entry: Entry) -> Entry:
        """What no template draws has the sign of the team in it still. A frozen form keeps it: its hash is of that."""
        team = self._word("team")
        view = replace(entry.view, body=entry.view.body.replace(TEAM_SIGN, team))
        return replace(
            entry, view=view, before=tuple(one._replace(body=one.body.replace(TEAM_SIGN, team)) for one in entry.before)
        )

    def _foot(self) -> str:
        return f"{self._job.firm} · {self._time(self._job.asked_at)}"

    def _time(self, at: datetime) -> str:
        zone = get_timezone(self._job.time_zone)
        return format_datetime(at, MOMENT, tzinfo=zone, locale=self._job.language).replace("\u202f", " ")

    def _word(self, name: str) -> str:
        words = draw(_WORDS, self._face, self._job.language, job=self._job, which=name)
        return Markup(words).unescape().strip()


def font() -> Path:
    """The font of the paper, where the static files are."""
    return _static() / "vendor/dejavu/DejaVuSans.ttf"


def _styles(face: str, language: str) -> Markup:
    """Ours alone: the page stands by itself, wherever it is opened."""
    return Markup(f"<style>{draw('record/styles.css', face, language)}</style>")


def _static() -> Path:
    return Path(current_app.static_folder or "")


def _json(entry: Entry, files: list[str], mail: str) -> dict[str, Any]:
    view = entry.view
    found: dict[str, Any] = {
        "id": view.id,
        "kind": view.kind,
        "author": view.author.name,
        "at": view.posted_at.isoformat(),
        "edited": view.edited_at.isoformat() if view.edited_at else None,
        "deleted": view.deleted,
        "body": view.body,
        "files": [
            {"id": file.id, "name": name, "size": file.size} for name, file in zip(files, entry.files, strict=True)
        ],
    }
    if view.line:
        found["event"] = {"name": view.line.name, "person": view.line.person, "title": view.line.title}
    if entry.before:
        found["before"] = [{"body": one.body, "editor": one.editor, "at": one.at.isoformat()} for one in entry.before]
    if asked := entry.agreement:
        answers = [{"record": one.record, "sha256": one.sha256} for one in asked.answers]
        about = {"frozen": asked.frozen, "sha256": asked.sha256, "withdrawn": asked.withdrawn}
        found["agreement"] = about | {"answers": answers}
    return found | ({"mail": mail} if mail else {})
