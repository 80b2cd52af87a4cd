"""Floor 4: out by e-mail. Composes what is due, and hands it to the mail server; writes through actions alone."""
