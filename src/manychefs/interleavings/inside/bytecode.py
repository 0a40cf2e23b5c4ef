"""Points at single instructions of the student's own code.

Bytes of a SharedMemory or an mmap, NumPy's views, and whatever threads share are read and written by
instructions that nothing can be put in front of. So once such an object is made (or a thread of the
student's starts), every instruction of the student's files that could touch it becomes a point: an item
read or written, an attribute, a global that some function assigns, an operator, a call. Most of them touch
something else: in a schedule that is logged, each says which shared bytes its line works with, if any.

`sys.settrace` until 3.11; `sys.monitoring` from 3.12 on, where settrace misses instructions the first
time that a function runs (cpython#114480).
"""

from __future__ import annotations

import dis
import sys
import threading

from manychefs.interleavings.inside import actors
from manychefs.interleavings.inside.actors import current

TYPE_CHECKING = False  # loading typing would cost every process of the program's 5 ms
if TYPE_CHECKING:
    from typing import Any

TOOL = 4  # of sys.monitoring's ids, one that neither a debugger, coverage nor a profiler claims
READS = {"BINARY_SUBSCR", "BINARY_SLICE", "CONTAINS_OP", "LOAD_ATTR", "LOAD_METHOD", "LOAD_DEREF", "FOR_ITER"}
WRITES = {"STORE_SUBSCR", "STORE_SLICE", "DELETE_SUBSCR", "STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF"}
BYTES = {"memoryview", "mmap", "Mmap", "ndarray"}  # names of the types by which shared bytes are reached
OPTIMIZED = 1  # flag of a function's code: its locals are no dict
EITHER = {"BINARY_OP", "CALL", "CALL_FUNCTION_EX", "CALL_KW", "PRECALL", "BEFORE_WITH", "LOAD_SPECIAL"}

_is_on = False
_points: dict[Any, dict[int, tuple[str, str, int]]] = {}
_names: dict[Any, dict[int, list[str]]] = {}
_assigned_globals: set[str] = set()


def turn_on() -> None:
    """Begin, for this thread, those that start later, and the processes that they fork."""
    global _is_on
    if _is_on:
        return
    _is_on = True
    _assigned_globals.update(_globals_assigned())
    if sys.version_info >= (3, 12):
        _monitor()
    begin_thread()
    frame: Any = sys._getframe(1)
    while frame is not None:
        _begin_frame(frame)
        frame = frame.f_back


def begin_thread() -> None:
    """A thread has started: on 3.11 each has a trace function of its own."""
    if _is_on and sys.version_info < (3, 12):
        threading.settrace(_trace)
        sys.settrace(_trace)


def _students_codes() -> list[Any]:
    """All code of the student's modules."""
    found: list[Any] = []
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if path and path.startswith(actors.Mode.student) and "site-packages" not in path:
            try:
                with open(path, "rb") as source:
                    found.append(compile(source.read(), path, "exec"))
            except (OSError, SyntaxError, ValueError):
                continue
    for code in found:
        found += [each for each in code.co_consts if hasattr(each, "co_code")]
    return found


def _globals_assigned() -> set[str]:
    return {
        str(instruction.argval)
        for code in _students_codes()
        if code.co_name != "<module>"
        for instruction in dis.get_instructions(code)
        if instruction.opname == "STORE_GLOBAL"
    }


def _of(code: Any) -> dict[int, tuple[str, str, int]]:
    """The instructions of `code` that are points: for each offset, what kind, what of, on which line."""
    known = _points.get(code)
    if known is None:
        known = _points[code] = {}
        names = _names[code] = {}
        lines = [(start, line) for start, _, line in code.co_lines() if line is not None]
        starts, line = dict(lines), code.co_firstlineno
        for instruction in dis.get_instructions(code):
            line = starts.get(instruction.offset, line)
            kind, name = _kind(instruction)
            if kind:
                known[instruction.offset] = (kind, name, line)
            if instruction.opname.startswith(("LOAD_", "STORE_FAST")):
                named = instruction.argval
                names.setdefault(line, []).extend(named if isinstance(named, tuple) else [str(named)])
    return known


def _shared_on(code: Any, line: int, frame: Any, is_item: bool) -> str:
    """The first name on this line that holds bytes which other processes may see; empty if none does.

    Args:
        is_item: whether an item is read or written, and not just something called.
    """
    local = frame.f_locals
    names = _names[code].get(line, [])
    try:
        for name in names:
            kind = type(local.get(name, frame.f_globals.get(name))).__name__
            if kind in BYTES:
                return name
            if kind == "SharedMemory" and is_item and "buf" in names:
                return f"{name}.buf"
    finally:
        if sys.version_info[:2] == (3, 12) and code.co_flags & OPTIMIZED:
            local.clear()  # that Python keeps this copy, and a view in it would keep its block from closing
    return ""


def _kind(instruction: Any) -> tuple[str, str]:
    name, what = instruction.opname, str(instruction.argval)
    if name in ("LOAD_GLOBAL", "LOAD_NAME"):
        return ("read", what) if what in _assigned_globals else ("", "")
    if name in READS:
        return "read", what if name.startswith("LOAD") else "item"
    if name in WRITES:
        return "write", what if "SUBSCR" not in name and "SLICE" not in name else "item"
    return ("call", "memory") if name in EITHER and name != "PRECALL" else ("", "")


def _at(code: Any, offset: int, frame: Any = None) -> None:
    actor = current()
    if actor is None or actor.quiet:
        return
    found = _of(code).get(offset)
    if found is not None:
        kind, name, line = found
        actor.point(kind, f"memory {name}")
        if actors.Mode.log and actor.entry and name in ("item", "memory"):
            actor.entry[3] = _shared_on(code, line, frame or sys._getframe(1), name == "item")


def _monitor() -> None:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    if monitoring.get_tool(TOOL) is None:
        monitoring.use_tool_id(TOOL, "manychefs")
    monitoring.register_callback(TOOL, monitoring.events.PY_START, _start)
    monitoring.register_callback(TOOL, monitoring.events.INSTRUCTION, _at)
    monitoring.set_events(TOOL, monitoring.events.PY_START)


def _start(code: Any, _offset: int) -> Any:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    if actors.is_student(code):
        monitoring.set_local_events(TOOL, code, monitoring.events.INSTRUCTION)
    return monitoring.DISABLE


def _begin_frame(frame: Any) -> None:
    """A function that is running already."""
    if not actors.is_student(frame.f_code):
        return
    if sys.version_info >= (3, 12):
        _start(frame.f_code, 0)
    else:
        frame.f_trace = _trace
        frame.f_trace_opcodes = True


def _trace(frame: Any, event: str, _argument: object) -> Any:
    if not actors.is_student(frame.f_code):
        return None
    if event == "call":
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
    elif event == "opcode":
        _at(frame.f_code, frame.f_lasti, frame)
    return _trace
