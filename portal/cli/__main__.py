"""`python -m portal.cli` is `comptoir`."""

from portal.cli import main

main(prog_name="comptoir")
