"""Floor 4: the record (SPEC Z9): whole files made for who asked, what is erased, and what is over by itself."""
