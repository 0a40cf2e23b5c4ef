"""Plain data as JSON and back, without ever running code of the data's own.

The types that may cross between grader and host: None, bool, int, float, str, bytes, list, tuple
and dict, of exactly these types (an int that is a subclass of int may lie about itself). JSON has
no tuple, bytes, large int or dict with any key, so these travel as an object with one tag:

    (1, 2)    {"t": [1, 2]}          b"ab"      {"b": "YWI="}         nan       {"f": "nan"}
    2 ** 70   {"i": "0x4000…"}       {3: "x"}   {"d": [[3, "x"]]}

Both sides use this module. Large ints go as hexadecimal because decimal is quadratic in CPython.
"""

from __future__ import annotations

import base64
import math

TYPE_CHECKING = False  # loading typing would cost every process of the student's 5 ms
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 100  # nesting; far more than a right answer has, far less than a stack
MOST_KEYS = 10_000  # that are no text: numbers can be chosen so that all have one hash, text cannot
_JSON_INT = 2**53  # beyond it, other JSON readers lose digits
_AS_IT_IS = (type(None), bool, str)


class NotPlain(Exception):
    """A value is not plain data. `where` says where in it, `what` names the type."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}" if where else what)
        self.what = what
        self.where = where


def pack(value: object, where: str = "", depth: int = 0) -> Any:
    """`value` as something that `json.dumps` accepts.

    Raises:
        NotPlain: if any part of it is of another type, or nested deeper than DEEPEST.
    """
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if depth > DEEPEST:
        raise NotPlain(f"data nested deeper than {DEEPEST} levels", "")
    if kind is int:
        return value if -_JSON_INT <= value <= _JSON_INT else {"i": hex(value)}  # type: ignore[operator, arg-type]
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}  # type: ignore[arg-type]
    if kind is list:
        return _pack_items(value, where, depth)  # type: ignore[arg-type]
    if kind is tuple:
        return {"t": _pack_items(value, where, depth)}  # type: ignore[arg-type]
    if kind is dict:
        return {
            "d": [
                [pack(key, f"{where} key", depth + 1), pack(item, f"{where}[{_label(key)}]", depth + 1)]
                for key, item in value.items()  # type: ignore[attr-defined]
            ]
        }
    if kind is bytes:
        return {"b": base64.b64encode(value).decode("ascii")}  # type: ignore[arg-type]
    raise NotPlain(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."), where)


def _label(key: object) -> str:
    """A key in a path; not a huge number's digits, which Python would refuse to write."""
    is_short = type(key) is str or (type(key) is int and -_JSON_INT <= key <= _JSON_INT)
    return repr(key)[:60] if is_short else type(key).__name__


def _pack_items(items: list[Any] | tuple[Any, ...], where: str, depth: int) -> list[Any]:
    # Most lists are long and flat: no call and no label for an item that passes as it is.
    return [
        item
        if type(item) in _AS_IT_IS or (type(item) is int and -_JSON_INT <= item <= _JSON_INT)
        else pack(item, f"{where}[{index}]", depth + 1)
        for index, item in enumerate(items)
    ]


def unpack(data: Any, depth: int = 0) -> Any:
    """The value that `pack` made `data` of.

    Raises:
        NotPlain: if `data` is anything that `pack` does not make.
    """
    kind = type(data)
    if kind in _AS_IT_IS or kind in (int, float):
        return data
    if depth > DEEPEST + 1:
        raise NotPlain(f"data nested deeper than {DEEPEST} levels", "")
    if kind is list:
        return [unpack(item, depth + 1) for item in data]
    if kind is not dict or len(data) != 1:
        raise NotPlain("an untagged object", "")
    ((tag, body),) = data.items()
    try:
        if tag == "t" and type(body) is list:
            return tuple(unpack(item, depth + 1) for item in body)
        if tag == "d" and type(body) is list:
            if sum(type(key) is not str for key, _ in body) > MOST_KEYS:
                raise NotPlain(f"a dict with more than {MOST_KEYS:,} keys that are no text", "")
            return {unpack(key, depth + 1): unpack(item, depth + 1) for key, item in body}
        if tag == "i" and type(body) is str:
            return int(body, 16)
        if tag == "b" and type(body) is str:
            return base64.b64decode(body, validate=True)
        if tag == "f" and body in ("inf", "-inf", "nan"):
            return float(body)
    except (ValueError, TypeError) as error:
        raise NotPlain(f"a malformed {tag!r}: {error}", "") from None
    raise NotPlain(f"an unknown tag {tag!r}", "")
