"""An administrator at a terminal: `comptoir` commands on an installation of its own."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from portal.cli import main
from tests.conftest import Stage
from tests.faces import lend

KEY = "0123456789abcdef" * 4


class Terminal:
    """One installation in a folder, and what its administrator types."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.settings = {"COMPTOIR_VAR": str(var)} | {f"COMPTOIR_{name}": value for name, value in settings.items()}

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.var / "comptoir.db"

    def comptoir(self, *words: str | Path, **more: Any) -> Result:
        """What a command says, and its exit code."""
        return CliRunner().invoke(main, [str(word) for word in words], env=self.settings, **more)

    def with_cast(self, stage: Stage) -> "Terminal":
        """Bring the cast's database in."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(stage.file, self.database)
        lend(stage.world.files, self.var)
        return self

    def ask(self, query: str) -> Any:
        """The first value that a query gives."""
        with closing(sqlite3.connect(self.database)) as link:
            row = link.execute(query).fetchone()
            return row[0] if row else None

    def tell(self, statement: str) -> None:
        """Change something in the database by hand."""
        with closing(sqlite3.connect(self.database)) as link:
            link.execute(statement)
            link.commit()


def refused(result: Result, *words: str) -> None:
    """A command ended with a clear word and no traceback."""
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.output, result.output


New = Callable[..., Terminal]
