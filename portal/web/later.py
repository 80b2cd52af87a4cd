"""Sending later, undo, and what waits: the same for both doors. What is shown here is its reader's alone."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import later as actions
from portal.kernel import when
from portal.kernel.clock import now
from portal.kernel.errors import NotFound, Refusal
from portal.kernel.tokens import new_send_token
from portal.queries import files as files_there, later as queries, mentions, reminders
from portal.web import errors, gate, pages, waiting
from portal.web.messages import further, writing
from portal.web.templating import fragment, page

KINDS = {"text", "note"}


def new(key: str) -> str:
    """The dialog that asks when. The words stay in the composer until they are taken over."""
    queries.must_be_in(gate.viewer(), key)
    return fragment("later/_new.html", discussion_id=key, token=new_send_token(), **times())


def create(key: str) -> ResponseReturnValue:
    """Have what the composer holds wait; the composer is empty then."""
    try:
        _schedule(key)
    except NotFound:
        raise
    except Refusal as refusal:
        return errors.answer(refusal.status, refusal.code, **refusal.values)
    return _changed(key, {"dialog-close": True, "composer-taken": True})


@writing
def _schedule(key: str) -> None:
    form, viewer = request.form, gate.viewer()
    kind = form.get("kind", "") if viewer.is_staff else "text"
    if kind not in KINDS:
        raise NotFound
    said = {"body": form.get("body", ""), "kind": kind, "token": form.get("once", "")} | further(key)
    actions.schedule(viewer, key, due=named(), unless=bool(form.get("unless")), **said)


def named() -> str:
    """The time that a form names: one that is offered, or one's own."""
    chosen = request.form.get("when", "")
    return request.form.get("at", "") if chosen == "own" else chosen


def times() -> dict[str, Any]:
    """What the forms offer, and the zone they are in."""
    viewer, at = gate.viewer(), now()
    first = when.choices(viewer.time_zone, at)
    return {"choices": first, "zone": viewer.time_zone}


def mine() -> str:
    """All that waits, anywhere: a page, or for the list what wants to be looked at."""
    viewer = gate.viewer()
    if gate.is_fragment():
        rung = reminders.rung(viewer) if viewer.is_staff else ()
        return fragment("later/_wants.html", kept=queries.kept(viewer), rung=rung)
    asked = reminders.of_person(viewer) if viewer.is_staff else ()
    return page("later/page.html", laters=queries.of_person(viewer), reminders=asked)


def form(later: str) -> str:
    """The dialog of one: its words, its time."""
    return fragment("later/_edit.html", later=queries.one(gate.viewer(), later), **times())


@writing
def change(later: str) -> ResponseReturnValue:
    """Other words, another time."""
    body, unless = request.form.get("body", ""), bool(request.form.get("unless"))
    return _done(actions.change(gate.viewer(), later, body=body, due=named(), unless=unless))


@writing
def send_now(later: str) -> ResponseReturnValue:
    """Send it at once."""
    return _done(actions.send_now(gate.viewer(), later))


def take_back(later: str) -> ResponseReturnValue:
    """Undo, or discard: the words are given back, to a page without scripts in its composer."""
    if not gate.is_fragment():
        _must_be_in(later)
    words = actions.take_back(gate.viewer(), later)
    if gate.is_fragment():
        return _changed(words.discussion_id, {"dialog-close": True})
    key, files, answered = words.discussion_id, words.more.get("files", ()), words.more.get("reply_to", "")
    kept: dict[str, Any] = {"composer_text": words.body, "composer_kind": words.kind}
    kept |= {"composer_files": files_there.waiting(gate.viewer(), files)}
    return pages.discussion(key, **kept, replying=mentions.replying(gate.viewer(), key, answered))


def _done(key: str) -> ResponseReturnValue:
    return _changed(key, {"dialog-close": True, "due": True})


def _changed(key: str, events: dict[str, Any]) -> ResponseReturnValue:
    if not gate.is_fragment():
        return redirect(url_for(".later"), 303)
    return _strips(key), 200, {"HX-Trigger": json.dumps(events)}


def _strips(key: str) -> str:
    """Nothing for who is in it no more, and could discard their words all the same."""
    try:
        return waiting.strips(key)
    except NotFound:
        return ""


def _must_be_in(later: str) -> None:
    """Words that are given back need a composer to stand in. Raises `NotFound`, and nothing is taken back."""
    try:
        found = queries.one(gate.viewer(), later)
    except NotFound:
        return  # it is over, which `take_back` says
    queries.must_be_in(gate.viewer(), found.discussion_id)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    rules: tuple[tuple[str, str, Callable[..., ResponseReturnValue], str], ...] = (
        ("/discussions/<key>/later/new", "new_later", new, "GET"),
        ("/discussions/<key>/later", "laters", waiting.strips, "GET"),
        ("/discussions/<key>/later", "create_later", create, "POST"),
        ("/later", "later", mine, "GET"),
        ("/later/<later>", "edit_later", form, "GET"),
        ("/later/<later>", "change_later", change, "POST"),
        ("/later/<later>/sending", "send_later_now", send_now, "POST"),
        ("/later/<later>/withdrawal", "take_back_later", take_back, "POST"),
    )
    for rule, name, view, method in rules:
        blueprint.add_url_rule(rule, name, view, methods=[method])
