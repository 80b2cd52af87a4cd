"""Floor 0: no Flask, no database. Clock, tokens, text, hooks."""
