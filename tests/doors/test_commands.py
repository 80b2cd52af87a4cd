"""Door: the command bar finds what is one's own, by name, and nothing else."""

from tests.conftest import Stage
from tests.doors.steps import Visit

HTMX = {"HX-Request": "true"}


def _found(visit: Visit, who: str, words: str) -> str:
    return visit(who).get("/console/commands", query_string={"q": words}, headers=HTMX).text


def test_a_discussion_is_found_by_its_title_or_space_by_those_in_it_alone(visit: Visit, stage: Stage) -> None:
    for words in ("permit", "PÉRMIT", "delcourt perm", ""):
        assert stage.world.permit in _found(visit, "hugo", words), words
        for out in ("nina", "sam", "adam", "olga"):
            assert stage.world.permit not in _found(visit, out, words), f"{out}, {words}"
    assert stage.world.inside not in _found(visit, "hugo", "permit")


def test_people_are_those_whom_one_may_know(visit: Visit) -> None:
    assert "Marie Delcourt" in _found(visit, "ines", "mar")
    assert "Rosa Roche" in _found(visit, "adam", "rosa")
    assert "Rosa Roche" not in _found(visit, "ines", "rosa")
    assert "Marie Delcourt" not in _found(visit, "ines", "")


def test_settings_are_offered_to_admins(visit: Visit) -> None:
    assert "/console/settings" in _found(visit, "adam", "")
    assert "/console/settings" not in _found(visit, "ines", "")


def test_archived_discussions_come_last_and_say_so(visit: Visit, stage: Stage) -> None:
    ines, world = visit("ines"), stage.world
    ines.post(f"/console/discussions/{world.inside}/archive", headers=HTMX)
    found = _found(visit, "ines", "")
    assert found.index(world.permit) < found.index(world.inside)
    assert "Archived" in found


def test_spaces_are_found_by_name_as_far_as_one_looks_after_their_brand(visit: Visit, stage: Stage) -> None:
    address = f"/console/spaces/{stage.world.spaces['Delcourt']}"
    for who, words in (("ines", "delcourt"), ("ines", "DÉLC"), ("adam", "delcourt")):
        assert address in _found(visit, who, words), who
        assert address in visit(who).get("/console/search", query_string={"q": words}, headers=HTMX).text, who
    assert address not in _found(visit, "sam", "delcourt")
    assert address not in _found(visit, "ines", "elsewhere")
    assert "/console/spaces" not in visit("marie").get("/search", query_string={"q": "delcourt"}, headers=HTMX).text


def test_every_page_of_the_rail_is_offered(visit: Visit) -> None:
    for place in ("home", "mentions", "spaces", "discussions"):
        assert f'href="/console/{place}"' in _found(visit, "ines", ""), place
    assert 'href="/console/later"' in _found(visit, "ines", "")
