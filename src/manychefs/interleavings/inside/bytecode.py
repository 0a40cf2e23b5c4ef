"""Points at single instructions of the student's own code.

Bytes of a SharedMemory or an mmap, NumPy's views, and whatever threads share are read and written by
instructions that nothing can be put in front of. So once such an object is made (or a thread of the
student's starts), every instruction of the student's files that could touch it becomes a point: an item
read or written, an attribute, a global that some function assigns, an operator, a call.

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
EITHER = {"BINARY_OP", "CALL", "CALL_FUNCTION_EX", "CALL_KW", "PRECALL", "BEFORE_WITH", "LOAD_SPECIAL"}

_is_on = False
_points: dict[Any, dict[int, tuple[str, str]]] = {}
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


def _of(code: Any) -> dict[int, tuple[str, str]]:
    """The instructions of `code` that are points: for each offset, what kind and what of."""
    known = _points.get(code)
    if known is None:
        known = _points[code] = {}
        for instruction in dis.get_instructions(code):
            kind, name = _kind(instruction)
            if kind:
                known[instruction.offset] = (kind, name)
    return known


def _kind(instruction: Any) -> tuple[str, str]:
    name, what = instruction.opname, str(instruction.argval)
    if name in ("LOAD_GLOBAL", "LOAD_NAME"):
        return ("read", what) if what in _assigned_globals else ("", "")
    if name in READS:
        return "read", what if "ATTR" in name or "DEREF" in name else "item"
    if name in WRITES:
        return "write", what if "SUBSCR" not in name and "SLICE" not in name else "item"
    return ("call", "memory") if name in EITHER and name != "PRECALL" else ("", "")


def _at(code: Any, offset: int) -> None:
    actor = current()
    if actor is None or actor.quiet:
        return
    found = _of(code).get(offset)
    if found is not None:
        kind, name = found
        actor.point(kind, f"memory {name}")


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
        _at(frame.f_code, frame.f_lasti)
    return _trace
