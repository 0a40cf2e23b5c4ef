"""What is different between two collections, in a few lines that a learner can act on.

missing: 'CAKE', 'TEA'
not asked for: 'tea'
[3] is 'fish', not 'FISH'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from manychefs.grading.explain import brief

MOST_LINES = 7
SHOWN_ITEMS = 4  # in one line
ITEM = 40  # characters of one item
SHOWN_PLACES = 5
COLLECTIONS = (list, tuple, dict)


def differences(got: object, expected: object) -> list[str]:
    """What is missing in `got`, what is too much, and what stands at another place.

    Returns:
        At most seven lines. None if they are equal, or if one of them is no list, tuple or dict.
    """
    if not isinstance(got, COLLECTIONS) or not isinstance(expected, COLLECTIONS) or got == expected:
        return []
    if type(got) is not type(expected):
        return [f"a {type(got).__name__}, not a {type(expected).__name__}"]
    lines = list(_of_dicts(got, expected) if isinstance(got, dict) else _of_lists(got, expected))
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]


def _of_dicts(got: dict[Any, Any], expected: Any) -> Iterator[str]:
    yield from _named("missing", [key for key in expected if key not in got])
    yield from _named("not asked for", [key for key in got if key not in expected])
    other = [(key, got[key], expected[key]) for key in got if key in expected and got[key] != expected[key]]
    yield from _places([(f"[{_short(key)}]", value, wanted) for key, value, wanted in other])


def _of_lists(got: Any, expected: Any) -> Iterator[str]:
    keys, wanted = [_key(item) for item in got], [_key(item) for item in expected]
    if len(got) == len(expected):
        other = [index for index, value in enumerate(got) if value != expected[index]]
        if Counter(keys[index] for index in other) == Counter(wanted[index] for index in other):
            yield f"every item is there, {len(other):,} of {len(got):,} at another place"
        yield from _places([(f"[{index}]", got[index], expected[index]) for index in other])
        return
    yield f"{len(got):,} items, not {len(expected):,}"
    yield from _named("missing", _items(expected, wanted, Counter(wanted) - Counter(keys)))
    yield from _named("not asked for", _items(got, keys, Counter(keys) - Counter(wanted)))
    pairs = enumerate(zip_longest(keys, wanted))
    yield f"the first difference is at [{next(index for index, (key, want) in pairs if key != want)}]"


def _key(value: Any) -> object:
    """What stands for a piece of plain data among the keys of a dict."""
    if isinstance(value, dict):
        return dict, frozenset((key, _key(item)) for key, item in value.items())
    return (type(value), *map(_key, value)) if isinstance(value, list | tuple) else value


def _items(values: Any, keys: list[object], counts: Counter[object]) -> list[Any]:
    """The items whose keys are counted, each as often as it is."""
    left, found = Counter(counts), []
    for value, key in zip(values, keys, strict=True):
        if left[key]:
            left[key] -= 1
            found.append(value)
    return found


def _named(what: str, items: list[Any]) -> Iterator[str]:
    if items:
        shown = ", ".join(_short(item) for item in items[:SHOWN_ITEMS])
        more = f", … {len(items):,} in all" if len(items) > SHOWN_ITEMS else ""
        yield f"{what}: {shown}{more}"


def _places(other: list[tuple[str, Any, Any]]) -> Iterator[str]:
    """Where another value stands than should; of collections in collections, what is different in them."""
    for place, value, wanted in other[:SHOWN_PLACES]:
        inner = differences(value, wanted)
        if len(inner) == 1:
            yield f"{place}: {inner[0]}"
        else:
            yield f"{place} is {_short(value)}, not {_short(wanted)}"
    if len(other) > SHOWN_PLACES:
        yield f"… {len(other):,} places in all"


def _short(value: Any) -> str:
    text = brief(value, ITEM)
    return text if len(text) <= ITEM else f"{text[: ITEM - 1]}…"
