"""A big import, as another process does it: people, some hundred in each transaction, until its input is closed.

It says "begun" after the first, and at its end how many there are.
"""

import select
import sys
from pathlib import Path

from sqlalchemy import insert

from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.text import fold
from portal.models import Face, Person
from tests.conftest import make_app

EACH = 200  # rows of one transaction


def main(database: Path) -> None:
    """Import into that SQLite file."""
    done = 0
    with make_app(f"sqlite:///{database}", database.parent).app_context():
        while not select.select([sys.stdin], [], [], 0)[0]:
            with transaction():
                db.session.execute(insert(Person), [_person(done + number) for number in range(EACH)])
            done += EACH
            if done == EACH:
                print("begun", flush=True)
    print(done)


def _person(number: int) -> dict[str, object]:
    name = f"Contact {number} of the file"
    return {"name": name, "folded": fold(name), "face": Face.CLIENT}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
