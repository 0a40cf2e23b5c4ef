"""Plain data survives the way there and back unchanged, and nothing else gets through."""

from __future__ import annotations

import enum
import json
import math
import random
from typing import Any

import pytest

from manychefs.sandbox.inside.plain import DEEPEST, NotPlain, pack, unpack


def there_and_back(value: object) -> Any:
    """As it travels: as JSON text."""
    return unpack(json.loads(json.dumps(pack(value))))


def same(left: object, right: object) -> bool:
    """Equal with equal types all the way down; nan is itself, and 0.0 is not -0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return repr(left) == repr(right)
    if isinstance(left, list | tuple):
        assert isinstance(right, list | tuple)
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        assert isinstance(right, dict)
        # Sorted by nothing: dicts keep their order, and so must the journey.
        return same(list(left.items()), list(right.items()))
    return left == right


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        2**53,
        2**53 + 1,
        -(2**53) - 1,
        2**70,
        -(3**5000),
        0.0,
        -0.0,
        0.1,
        5e-324,
        1.7976931348623157e308,
        math.inf,
        -math.inf,
        math.nan,
        "",
        "ä\u2028\x00\x1b[31m",
        "\ud800",
        b"",
        bytes(range(256)),
        (),
        [],
        {},
        (1,),
        [(1, [2, (3,)])],
        {1: "int", "1": "str", (1, 2): "tuple", b"1": "bytes", None: "none", 1.5: "float"},
        {"t": [1, 2]},
        {"i": "0x10"},
        [True, 1, 1.0],
        {"b": 1, "a": 2},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_plain_value_comes_back_as_it_was(value):
    assert same(there_and_back(value), value)


def random_value(pick: random.Random, depth: int) -> Any:
    leaves = [
        lambda: None,
        lambda: pick.random() < 0.5,
        lambda: pick.getrandbits(pick.choice([3, 31, 53, 54, 64, 900])) * pick.choice([1, -1]),
        lambda: pick.choice(
            [math.inf, -math.inf, math.nan, -0.0, pick.uniform(-1e300, 1e300), pick.random()]
        ),
        lambda: "".join(chr(pick.randrange(0x300)) for _ in range(pick.randrange(6))),
        lambda: pick.randbytes(pick.randrange(6)),
    ]
    if depth == 0 or pick.random() < 0.3:
        return pick.choice(leaves)()
    items = [random_value(pick, depth - 1) for _ in range(pick.randrange(4))]
    kind = pick.choice(["list", "tuple", "dict"])
    if kind == "list":
        return items
    if kind == "tuple":
        return tuple(items)
    return {random_key(pick): item for item in items}


def random_key(pick: random.Random) -> Any:
    leaf = [pick.getrandbits(80), str(pick.random()), pick.randbytes(3), None, pick.random()]
    return pick.choice([*leaf, tuple(leaf), ()])


@pytest.mark.parametrize("seed", range(20))
def test_any_plain_value_comes_back_as_it_was(seed):
    pick = random.Random(seed)
    for _ in range(50):
        value = random_value(pick, depth=5)
        assert same(there_and_back(value), value)


def nested(levels: int, kind: type = list) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = kind([value])
    return value


@pytest.mark.parametrize("kind", [list, tuple])
def test_data_may_be_nested_as_deep_as_it_says(kind):
    assert same(there_and_back(nested(DEEPEST, kind)), nested(DEEPEST, kind))


@pytest.mark.parametrize("value", [nested(DEEPEST + 3), nested(100_000), nested(DEEPEST + 3, tuple)])
def test_data_nested_deeper_is_refused_and_not_a_recursion_error(value):
    with pytest.raises(NotPlain, match="nested deeper than 100 levels"):
        pack(value)


def test_data_that_holds_itself_is_refused():
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(NotPlain, match="nested deeper"):
        pack(ring)


class Liar(int):
    """An int that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Colour(enum.IntEnum):
    RED = 1


class Words(list):
    """A list of another kind."""


class Text(str):
    """A string of another kind."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "what", "where"),
    [
        (Liar(3), "Liar", ""),
        (Colour.RED, "Colour", ""),
        (Words(), "Words", ""),
        (Text(), "Text", ""),
        ([1, {2}], "set", "[1]"),
        ([1, (2, Liar(3))], "Liar", "[1][1]"),
        ({"total": [0, object()]}, "object", "['total'][1]"),
        ({Liar(3): 1}, "Liar", "key"),
        (1j, "complex", ""),
        (bytearray(b"x"), "bytearray", ""),
        (print, "builtin_function_or_method", ""),
        ((each for each in ()), "generator", ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_anything_else_is_refused_with_its_type_and_place(value, what, where):
    with pytest.raises(NotPlain) as refused:
        pack(value)
    assert refused.value.what.rpartition(".")[2] == what
    assert refused.value.where.strip() == where
    assert not refused.value.what.startswith("builtins.")


def test_a_huge_number_as_a_key_is_refused_for_what_it_holds():
    """Naming the place must not stumble over Python's limit on digits."""
    with pytest.raises(NotPlain, match="set"):
        pack({7**10**5: {1}})
    assert same(there_and_back({7**10**5: 1}), {7**10**5: 1})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"x": 1},
        {"t": [1], "d": []},
        {"t": 1},
        {"t": "ab"},
        {"t": {"t": []}},
        {"d": [[1]]},
        {"d": [[1, 2, 3]]},
        {"d": [1]},
        {"d": {}},
        {"d": [[[1], 2]]},
        {"d": [[{"d": []}, 2]]},
        {"i": "0xzz"},
        {"i": 3},
        {"i": ""},
        {"b": "%%%"},
        {"b": "YQ"},
        {"b": "ä"},
        {"b": 1},
        {"f": "1.5"},
        {"f": "infinity"},
        {"f": []},
        [[{"y": 0}]],
        {"t": [{"d": [[0, {"q": 0}]]}]},
        (1,),
        b"x",
    ],
    ids=repr,
)
def test_what_pack_does_not_make_is_not_unpacked(data):
    with pytest.raises(NotPlain):
        unpack(data)


@pytest.mark.parametrize("tag", ["t", "d", "i", "b", "f", "", "__class__", "py/object"])
@pytest.mark.parametrize(
    "body", [None, True, 0, 1.5, "", "a", [], [0], [[0, 0]], [[[], 0]], {}, {"t": []}], ids=repr
)
def test_a_tag_with_any_body_gives_plain_data_or_is_refused(tag, body):
    """The other side may send what it likes: nothing but a value or NotPlain may come of it."""
    try:
        value = unpack({tag: body})
    except NotPlain:
        return
    assert same(there_and_back(value), value)


def test_a_deep_forgery_is_refused_and_not_a_recursion_error():
    forged: Any = 1
    for _ in range(5000):
        forged = {"t": [forged]}
    with pytest.raises(NotPlain, match="nested deeper"):
        unpack(forged)
