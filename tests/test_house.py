"""The rules of the house that no tool checks. Each test says which rule was broken, where, and why it exists."""

import ast
import dataclasses
import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Integer
from sqlalchemy.orm import configure_mappers

from portal import queries
from portal.access import read_models
from portal.config import PREFIX, ROOT, SETTINGS, Settings
from portal.models import Base, Fact
from portal.web.errors import TEXTS
from portal.wiring import REACTIONS

PORTAL = ROOT / "portal"
FILES = sorted(PORTAL.rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
COMMITTERS = {"actions/unit.py"}
DOORS = {"console", "client", "account", "health", "web", "links", "widget", "mailbox"}
MOST_LINES, LONGEST = 250, 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_only_the_unit_commits() -> None:
    """Else a change and its event could be written in two halves, or without rights asked inside."""
    found = [
        _at(path, call)
        for path, call in _calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"commit", "begin", "begin_nested"}
        and _name(path) not in COMMITTERS
    ]
    assert found == [], "commit through actions.unit"
    unit = (PORTAL / "actions/unit.py").read_text()
    assert unit.count(".commit()") == 1


def test_doors_and_web_hold_no_database() -> None:
    """A page can only show what access, queries and actions gave it."""
    for path in FILES:
        if path.relative_to(PORTAL).parts[0] in DOORS:
            for module, names in _imports(path):
                assert not module.startswith(("portal.models", "sqlalchemy", "flask_sqlalchemy")), _name(path)
                assert not (module == "portal.extensions" and "db" in names), f"{_name(path)} imports db"
                assert not (module == "portal" and "models" in names), f"{_name(path)} imports models"


def test_nobody_below_the_doors_asks_flask_who_is_there() -> None:
    """The viewer is passed first; an ambient one would be somebody else's in a job or a socket."""
    ambient = {"current_user", "session", "g", "request"}
    for path in FILES:
        if path.relative_to(PORTAL).parts[0] in {"kernel", "models", "access", "actions", "queries"}:
            for module, names in _imports(path):
                assert not module.startswith("flask_login"), _name(path)
                assert not (module == "flask" and ambient & names), _name(path)


def test_an_audience_is_written_once_and_never_again() -> None:
    """SPEC D1: an internal discussion that became shared would show its history to clients."""
    written = [
        _at(path, target)
        for path in FILES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr in {"audience", "kind", "face"}
    ]
    assert written == [], "audience, kind and face never change"


def test_every_relation_is_loaded_on_purpose() -> None:
    """A template that could walk a relation could walk to what its reader may not see."""
    configure_mappers()
    relations = [relation for mapper in Base.registry.mappers for relation in mapper.relationships]
    assert relations
    assert [str(relation) for relation in relations if relation.lazy != "raise"] == []


def test_public_ids_are_random_and_128_bits_long() -> None:
    """Ids in addresses must not tell how many there are, nor be guessed."""
    named = [mapper.class_ for mapper in Base.registry.mappers if "public_id" in mapper.columns]
    assert {model.__name__ for model in named} >= {"Person", "Conversation", "Message", "Brand", "Space", "Device"}
    for model in named:
        column = model.__table__.c.public_id
        made = {column.default.arg(None) for _ in range(50)}
        assert len(made) == 50, model
        assert all(re.fullmatch("[a-z2-7]{26}", key) for key in made), model
        assert column.unique, model


def test_no_read_model_has_a_number_for_an_id() -> None:
    """What a template is given it can print; internal ids tell how much there is, and are never given out."""
    for model in _read_models():
        hints = typing.get_type_hints(model)
        for field in dataclasses.fields(model):
            looks_like_id = field.name in {"id", "key", "pk"} or field.name.endswith(("_id", "_key", "_pk"))
            assert not (looks_like_id and hints[field.name] not in {str, str | None}), f"{model.__name__}.{field.name}"
            assert not (isinstance(hints[field.name], type) and issubclass(hints[field.name], Base)), model
        assert model.__dataclass_params__.frozen, f"{model.__name__} can be changed"  # type: ignore[attr-defined]


def test_every_model_s_own_key_is_a_number_that_stays_inside() -> None:
    """The address of a thing is its public id: no route takes an integer."""
    for mapper in Base.registry.mappers:
        assert all(isinstance(column.type, Integer) for column in mapper.primary_key), mapper.class_
    converters = re.compile(r"<(int|float|any)[:(]")
    assert [_name(path) for path in FILES if converters.search(path.read_text())] == []


def test_every_fact_has_its_line_in_the_table_of_reactions() -> None:
    """A fact without one would break the tail when it first happens."""
    assert set(REACTIONS) == set(Fact)


def test_every_refusal_has_its_words() -> None:
    """A code without words would be a broken page in the place of an answer."""
    raising = re.compile(r"(?:Invalid|Conflict|Forbidden|Unavailable|unless_taken)\(\s*\"([a-z_]+)\"")
    codes = {code for path in FILES for code in raising.findall(path.read_text())}
    assert len(codes) > 20
    assert codes - set(TEXTS) == set()


@pytest.mark.parametrize("room", sorted({path.relative_to(PORTAL).parts[0] for path in FILES}))
def test_files_and_functions_are_short_and_explained(room: str) -> None:
    """What fits a screen is read; what is not read is where leaks live."""
    for path in (file for file in FILES if file.relative_to(PORTAL).parts[0] == room):
        tree = _tree(path)
        assert len(path.read_text().splitlines()) <= MOST_LINES, f"{_name(path)} is too long"
        assert ast.get_docstring(tree), f"{_name(path)} does not say what it is"
        for node, public in _definitions(tree):
            long = isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST
            assert not long, f"{_at(path, node)} {node.name} is too long"
            assert not public or ast.get_docstring(node), f"{_at(path, node)} {node.name} has no docstring"


def test_no_rule_is_switched_off_and_nothing_is_put_off() -> None:
    """An exception hides the next mistake; a note to oneself is read by nobody."""
    marks = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "no" + "qa")))
    sources = [*FILES, *sorted((ROOT / "tests").rglob("*.py")), *TEMPLATES]
    assert [str(path.relative_to(ROOT)) for path in sources if marks.search(path.read_text())] == []


def test_every_setting_is_in_the_table_and_every_one_in_the_table_is_used() -> None:
    """`comptoir run --help` prints the table; a setting beside it would be known to nobody."""
    names = [name for name, _, _ in SETTINGS]
    assert len(names) == len(set(names))
    assert {field.name for field in dataclasses.fields(Settings)} == {name.lower() for name in names}
    for name, _, meaning in SETTINGS:
        assert len(meaning) > 15, f"{name} is not explained"
    read = {
        name
        for path in [*FILES, *(ROOT / "bin").iterdir()]
        for name in re.findall(rf"\b{PREFIX}([A-Z_]+)\b", path.read_text())
    }
    assert read - {"WHOLE"} <= set(names), "WHOLE is the tests' own (tests/promises.py)"


def _read_models() -> Iterator[type]:
    """Every dataclass that queries and access give to templates."""
    modules = [read_models]
    modules += [importlib.import_module(f"portal.queries.{one.name}") for one in pkgutil.iter_modules(queries.__path__)]
    for module in modules:
        for thing in vars(module).values():
            own = isinstance(thing, type) and thing.__module__ == module.__name__
            if own and dataclasses.is_dataclass(thing) and thing.__name__ != "Cursor":  # which is the tail's alone
                yield thing


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _name(path: Path) -> str:
    return path.relative_to(PORTAL).as_posix()


def _at(path: Path, node: ast.expr | ast.stmt) -> str:
    return f"{_name(path)}:{node.lineno}"


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in FILES:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call):
                yield path, node


def _imports(path: Path) -> Iterator[tuple[str, set[str]]]:
    """(module, names) of every import of a file."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set()


def _definitions(tree: ast.Module) -> Iterator[tuple[Function | ast.ClassDef, bool]]:
    """Every function and class, and whether it is for others to use: at the top or a method, without underscore."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            yield node, False
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node, True
            if isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, Function) and not one.name.startswith("_")]
                yield from ((method, True) for method in methods)
