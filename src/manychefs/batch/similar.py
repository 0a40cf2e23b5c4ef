"""Which submissions share structure beyond what everybody was given: winnowing over normalised tokens.

    source ──► tokens: comments, layout and the choice of names gone
           ──► hashes of every GRAM tokens in a row ──► the least of every WINDOW of them: fingerprints
           ──► without those of the stub, of the reference, and of what many have written
    fingerprint ──► who has it ──► pairs ──► passages, as long as the tokens agree

The method is that of Schleimer, Wilkerson and Aiken ("Winnowing", SIGMOD 2003): it sees every passage of
GRAM + WINDOW - 1 tokens that two files share, and none shorter than GRAM. What the reference has says
nothing about anybody, because a right answer to a small task often has one natural form. Neither does what
is left prove anything: people talk, and read the same pages. It is a list of passages to be looked at.
"""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import msgspec

GRAM = 10  # tokens; fewer are shared by chance
WINDOW = 6
MOST_TOKENS = 20_000  # of a file that are looked at; the longest right answer has some two thousand
LEAST = 24  # tokens that a pair has to share, all passages together: some three lines
FEW, MANY = 5, 10  # people who may share a fingerprint in a small and in a large class; beyond, it is common

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+|\#[^\n]*|\\\n)
    | (?P<text>(?:[rRbBuUfF]{0,3})(?:\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)
        |"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)|'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\Z)))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\d[\w.]*)
    | (?P<other>->|:=|\*\*|//|[<>=!+\-*/%@&|^]=|[^\w\s])
    """,
    re.VERBOSE | re.DOTALL,
)
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is compared, and the line that it stands on."""

    text: str
    line: int


@dataclass(slots=True)
class Document:
    """One submission: its lines, its tokens, and the hash of every GRAM tokens in a row.

    given: the tokens, by index, that stand in a row with others as everybody was given them.
    """

    owner: str
    lines: list[str]
    tokens: list[Token]
    hashes: list[int]
    given: set[int] = field(default_factory=set)

    def own_prints(self, known: set[int]) -> dict[int, int]:
        """The fingerprints, with the index of the first token, that are mostly of what was not given."""
        for at, hashed in enumerate(self.hashes):
            if hashed in known:
                self.given.update(range(at, at + GRAM))
        return {
            hashed: at
            for at, hashed in winnowed(self.hashes)
            if len(self.given.intersection(range(at, at + GRAM))) < GRAM // 2
        }


class Passage(msgspec.Struct, kw_only=True):
    """Lines of one student beside those of another, whose tokens are the same. Both ends are included."""

    left_lines: tuple[int, int]
    right_lines: tuple[int, int]
    left_text: list[str]
    right_text: list[str]
    tokens: int


class Pair(msgspec.Struct, kw_only=True):
    """Two students whose answers to an exercise share passages. share: of the fingerprints of the one who has
    fewer, those that both have."""

    exercise: str
    left: str
    right: str
    shared: int
    share: float
    passages: list[Passage]


def document(owner: str, source: str) -> Document:
    """A submission, ready to be compared."""
    tokens = tokens_of(source)
    return Document(owner, source.splitlines(), tokens, _hashes([token.text for token in tokens]))


def tokens_of(source: str) -> list[Token]:
    """The normalised tokens of a source, which need not be Python that could be run.

    Names of the language and of what stands after a dot stay, others become one and the same; so do numbers,
    and texts. A text that is a statement by itself (a docstring) and a function's annotations are left out.
    """
    tokens: list[Token] = []
    line, after, start = 1, "", True
    for found in _TOKEN.finditer(source):
        kind, text = found.lastgroup, found[0]
        is_statement = kind == "text" and start and _ends_line(source, found.end())
        if kind != "blank" and not is_statement:
            tokens.append(Token(_normal(str(kind), text, after), line))
            after, start = text, False
            if len(tokens) == MOST_TOKENS:
                break
        start = start or (kind == "blank" and "\n" in text)
        line += text.count("\n")
    return list(_without_annotations(tokens))


def _without_annotations(tokens: list[Token]) -> Iterator[Token]:
    """Of each `def`, the parameters' names and defaults alone: not everybody keeps the stub's type hints."""
    depth, is_header, is_hint = 0, False, False
    for token in tokens:
        text = token.text
        if text == "def":
            depth, is_header, is_hint = 0, True, False
        elif is_header:
            depth += (text in "([{") - (text in ")]}")
            if depth == 0 and text == ":":
                is_header = is_hint = False
            elif text == "->" or (depth == 1 and text == ":"):
                is_hint = True
            elif (depth == 1 and text in ",=") or (depth == 0 and text == ")"):
                is_hint = False
        if not is_hint:
            yield token


def _ends_line(source: str, at: int) -> bool:
    return not source[at : source.find("\n", at) if "\n" in source[at:] else None].strip()


def _normal(kind: str, text: str, after: str) -> str:
    if kind == "name":
        return text if text in _KEPT or after == "." else "name"
    return text if kind == "other" else kind


def _hashes(words: list[str]) -> list[int]:
    return [
        int.from_bytes(hashlib.blake2b("\0".join(words[at : at + GRAM]).encode(), digest_size=8).digest())
        for at in range(len(words) - GRAM + 1)
    ]


def winnowed(hashes: list[int]) -> list[tuple[int, int]]:
    """The least hash of each window, once, with its index."""
    chosen: list[tuple[int, int]] = []
    for start in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = hashes[start : start + WINDOW]
        least = min(window)
        # Of equal ones the last: neighbouring windows then choose the same one more often.
        at = start + len(window) - 1 - window[::-1].index(least)
        if not chosen or chosen[-1][0] != at:
            chosen.append((at, least))
    return chosen


def similar(exercise: str, documents: list[Document], given: Iterable[str], least: float = 0.5) -> list[Pair]:
    """The pairs that share passages, those that share most first.

    Args:
        given: sources that everybody had, or might have come to: the stub, the reference.
        least: the part of the fingerprints that has to be shared.
    """
    known = {hashed for source in given for hashed in document("", source).hashes}
    own = [each.own_prints(known) for each in documents]
    owners: defaultdict[int, list[int]] = defaultdict(list)
    for number, prints in enumerate(own):
        for print_ in prints:
            owners[print_].append(number)
    most = max(FEW, min(MANY, len(documents) // 10))
    common = {print_ for print_, who in owners.items() if len(who) > most}
    shared: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for print_, who in owners.items():
        if print_ not in common:
            for pair in combinations(who, 2):
                shared[pair].append(print_)
    pairs = []
    for (left, right), both in shared.items():
        fewer = min(len(own[left].keys() - common), len(own[right].keys() - common))
        share = len(both) / fewer
        if share < least:
            continue
        places = [(own[left][print_], own[right][print_]) for print_ in both]
        passages = _passages(documents[left], documents[right], places)
        if sum(passage.tokens for passage in passages) >= LEAST:
            pairs.append(
                Pair(
                    exercise=exercise,
                    left=documents[left].owner,
                    right=documents[right].owner,
                    shared=len(both),
                    share=round(share, 3),
                    passages=passages,
                )
            )
    return sorted(pairs, key=lambda pair: (-pair.shared * pair.share, pair.left, pair.right))


def _passages(left: Document, right: Document, places: list[tuple[int, int]]) -> list[Passage]:
    """What is shared at these places, grown to both sides for as long as the tokens agree; nothing twice."""
    runs = {_grown(left, right, at, other) for at, other in places}
    passages: list[Passage] = []
    seen: set[int] = set()
    for at, other, length in sorted(runs, key=lambda run: (-run[2], run[0])):
        if seen.intersection(range(at, at + length)):
            continue
        seen.update(range(at, at + length))
        mine = left.tokens[at].line, left.tokens[at + length - 1].line
        theirs = right.tokens[other].line, right.tokens[other + length - 1].line
        passages.append(
            Passage(
                left_lines=mine,
                right_lines=theirs,
                left_text=left.lines[mine[0] - 1 : mine[1]],
                right_text=right.lines[theirs[0] - 1 : theirs[1]],
                tokens=length,
            )
        )
    return sorted(passages, key=lambda passage: passage.left_lines)


def _grown(left: Document, right: Document, at: int, other: int) -> tuple[int, int, int]:
    """The longest run of equal tokens through a shared gram that nobody was given: its places and length."""
    first = next(number for number in range(GRAM) if at + number not in left.given)
    at, other = at + first, other + first
    while at and other and _is_shared(left, right, at - 1, other - 1):
        at, other = at - 1, other - 1
    length = 1
    while (
        at + length < len(left.tokens)
        and other + length < len(right.tokens)
        and _is_shared(left, right, at + length, other + length)
    ):
        length += 1
    return at, other, length


def _is_shared(left: Document, right: Document, at: int, other: int) -> bool:
    return left.tokens[at].text == right.tokens[other].text and at not in left.given
