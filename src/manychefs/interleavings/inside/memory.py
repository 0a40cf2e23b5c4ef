"""Points at reads and writes of shared values and arrays.

`Value` and the items of `Array` take the object's own lock for the single access, and so they do
here, but one access is one step. A raw value's access is a step as well. What cannot be seen from here,
bytes of a SharedMemory or an mmap and NumPy's views of them, has points at the instructions of the student's
own code (see bytecode), turned on when the first such object is made.
"""

from __future__ import annotations

import functools
import sys

from manychefs.interleavings.inside import actors
from manychefs.interleavings.inside.actors import current

TYPE_CHECKING = False  # loading typing would cost every process of the program's 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def install() -> None:
    """Replace the accesses, in this process and those that it forks."""
    _raw()
    _synchronized()
    _invisible()


def _address(obj: Any) -> str:
    import ctypes

    return f"@{ctypes.addressof(obj):x}"


def _raw() -> None:
    import ctypes
    from multiprocessing import sharedctypes

    simple: Any = ctypes._SimpleCData
    kind: Any
    for kind in list(vars(ctypes).values()):
        if isinstance(kind, type) and issubclass(kind, simple) and "_type_" in vars(kind):
            setattr(kind, "value", _field(simple.value, ""))  # noqa: B010 — mypy knows no such attribute
    native = sharedctypes._new_value  # type: ignore[attr-defined]

    @functools.wraps(native)
    def new_value(type_: Any) -> Any:
        obj = native(type_)
        actors.labels[_address(obj)] = actors.made_by()
        if issubclass(type_, ctypes.Array):
            _watch_array(type_)
            if "numpy" in sys.modules:  # which may look at the bytes past our methods
                _turn_on()
        elif issubclass(type_, ctypes.Structure):
            _watch_fields(type_)
        return obj

    sharedctypes._new_value = new_value  # type: ignore[attr-defined]


def _field(native: Any, suffix: str) -> property:
    """A property that reads and writes through `native`, as a step if the object is shared."""

    def read(self: Any) -> Any:
        value = native.__get__(self, type(self))
        actor = current()
        if actor is None or actor.quiet or not _is_shared(self):
            return value
        ident = _address(self) + suffix
        actor.point("read", ident)
        value = native.__get__(self, type(self))
        actor.saw("read", ident, value)
        return value

    def write(self: Any, value: Any) -> None:
        actor = current()
        if actor is not None and not actor.quiet and _is_shared(self):
            ident = _address(self) + suffix
            actor.point("write", ident)
            actor.saw("write", ident, value, change=True)
        native.__set__(self, value)

    return property(read, write)


def _is_shared(obj: Any) -> bool:
    return getattr(obj, "_wrapper", None) is not None


def _watch_fields(kind: Any) -> None:
    for name, *_ in getattr(kind, "_fields_", ()):
        native = vars(kind).get(name)
        if native is not None and not isinstance(native, property):
            setattr(kind, name, _field(native, f".{name}"))


def _watch_array(kind: Any) -> None:
    if "__getitem__" in vars(kind):
        return
    native_get, native_set = kind.__getitem__, kind.__setitem__

    def get(self: Any, index: Any) -> Any:
        actor = current()
        if actor is None or actor.quiet or not _is_shared(self):
            return native_get(self, index)
        ident = _item(self, index)
        actor.point("read", ident)
        value = native_get(self, index)
        actor.saw("read", ident, value)
        return value

    def put(self: Any, index: Any, value: Any) -> None:
        actor = current()
        if actor is not None and not actor.quiet and _is_shared(self):
            ident = _item(self, index)
            actor.point("write", ident)
            actor.saw("write", ident, value, change=True)
        native_set(self, index, value)

    kind.__getitem__, kind.__setitem__ = get, put
    for name in ("value", "raw"):  # of arrays of characters
        native = getattr(kind, name, None)
        if native is not None and hasattr(native, "__get__"):
            setattr(kind, name, _field(native, ""))


def _item(array: Any, index: object) -> str:
    """One item's name; a slice goes by the whole array's. The label says which item."""
    base = _address(array)
    if not isinstance(index, int):
        return base
    ident = f"{base}[{index % (len(array) or 1)}]"
    if ident not in actors.labels:
        actors.labels[ident] = f"{actors.labels.get(base, 'array')}, item {index}"
    return ident


def _synchronized() -> None:
    from multiprocessing import sharedctypes

    base: Any = sharedctypes.SynchronizedBase
    native_get_obj = base.get_obj

    @functools.wraps(native_get_obj)
    def get_obj(self: Any) -> Any:
        import ctypes

        if isinstance(self._obj, ctypes.Array) and current() is not None and "numpy" in sys.modules:
            _turn_on()
        return native_get_obj(self)

    base.get_obj = get_obj
    for cls, name in (
        (sharedctypes.Synchronized, "value"),
        (sharedctypes.SynchronizedString, "value"),
        (sharedctypes.SynchronizedString, "raw"),
    ):
        setattr(cls, name, _locked_property(name, vars(cls)[name]))
    native_make: Any = sharedctypes.make_property  # type: ignore[attr-defined]
    sharedctypes.make_property = lambda name: _locked_property(name, native_make(name))  # type: ignore[attr-defined]
    array: Any = sharedctypes.SynchronizedArray
    for name, kind in (("__getitem__", "read"), ("__setitem__", "write")):
        setattr(array, name, _locked_item(getattr(array, name), kind))


def _locked_property(name: str, native: property) -> property:
    native_get, native_set = native.fget, native.fset
    assert native_get is not None
    assert native_set is not None
    suffix = "" if name in ("value", "raw") else f".{name}"

    def get(self: Any) -> Any:
        actor = current()
        if actor is None or actor.quiet:
            return native_get(self)
        ident = _address(self._obj) + suffix
        actor.point("read", ident)
        value = _as_one_step(actor, "read", ident, native_get, self)
        actor.saw("read", ident, value)
        return value

    def put(self: Any, value: Any) -> None:
        actor = current()
        if actor is None or actor.quiet:
            native_set(self, value)
            return
        ident = _address(self._obj) + suffix
        actor.point("write", ident)
        _as_one_step(actor, "write", ident, native_set, self, value)
        actor.saw("write", ident, value, change=True)

    return property(get, put)


def _as_one_step(actor: Any, kind: str, ident: str, native: Callable[..., Any], *args: Any) -> Any:
    actor.quiet += 1
    actor.doing = (kind, ident)
    try:
        return native(*args)
    finally:
        actor.quiet -= 1
        actor.doing = ("", "")


def _locked_item(native: Callable[..., Any], kind: str) -> Callable[..., Any]:
    @functools.wraps(native)
    def step(self: Any, index: Any, *value: Any) -> Any:
        actor = current()
        if actor is None or actor.quiet:
            return native(self, index, *value)
        ident = _item(self._obj, index)
        actor.point(kind, ident)
        result = _as_one_step(actor, kind, ident, native, self, index, *value)
        actor.saw(kind, ident, value[0] if value else result, change=bool(value))
        return result

    return step


def _invisible() -> None:
    import mmap
    from multiprocessing import shared_memory

    for cls in (shared_memory.SharedMemory,):
        cls.__init__ = _turning_on(cls.__init__)  # type: ignore[method-assign]

    class Mmap(mmap.mmap):
        """`mmap.mmap`, whose bytes are shared with the children."""

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            if current() is not None and actors.is_student(sys._getframe(1).f_code):
                _turn_on()
            return super().__new__(cls, *args, **kwargs)

    mmap.mmap = Mmap  # type: ignore[misc]
    items: Any = shared_memory.ShareableList
    for name, kind in (("__getitem__", "read"), ("__setitem__", "write")):
        setattr(items, name, _list_item(getattr(items, name), kind))


def _turning_on(native: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(native)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if current() is not None:
            _turn_on()
        native(self, *args, **kwargs)

    return init


def _turn_on() -> None:
    from manychefs.interleavings.inside import bytecode

    bytecode.turn_on()


def _list_item(native: Callable[..., Any], kind: str) -> Callable[..., Any]:
    @functools.wraps(native)
    def step(self: Any, position: Any, *value: Any) -> Any:
        actor = current()
        if actor is None or actor.quiet:
            return native(self, position, *value)
        ident = f"{self.shm.name}[{position}]"
        actors.labels.setdefault(ident, f"ShareableList, item {position}")
        actor.point(kind, ident)
        result = _as_one_step(actor, kind, ident, native, self, position, *value)
        actor.saw(kind, ident, value[0] if value else result, change=bool(value))
        return result

    return step
