"""Floor 3: the verbs that write. One file per noun; `unit` is the transaction."""
