"""Paragraphs that were cut for old screens (format=flowed, RFC 3676), made whole."""


def unflow(words: str, delsp: bool) -> str:
    """`words` with lines that end in a space joined to the next of the same quote; `delsp` takes that space away."""
    lines: list[list[str]] = []
    flows, deep = False, -1
    for line in words.split("\n"):
        line = line.rstrip("\r")
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:]
        rest = rest[1:] if rest.startswith(" ") and not rest.startswith(" >") else rest
        signature = rest == "-- "
        if flows and depth == deep and not signature:
            lines[-1].append(rest)
        else:
            lines.append([">" * depth + " " if depth else "", rest])
        flows, deep = rest.endswith(" ") and not signature, depth
        if flows and delsp:
            lines[-1][-1] = rest[:-1]
    return "\n".join("".join(line) for line in lines)
