"""A call into a student's file ends in exactly one Outcome: a value, or why there is none.

Each under every start method, because each has its own way of getting the file into a process.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading

import pytest

from manychefs.sandbox import tree
from manychefs.sandbox.host import KEPT_OUTPUT
from manychefs.sandbox.inside.plain import NotPlain

METHODS = ("fork", "spawn", "forkserver")
under_each_method = pytest.mark.parametrize("method", METHODS)

WORK = """
def double(number):
    return 2 * number

def into(number, queue):
    queue.put(double(number))

def by_processes(numbers):
    queue = Queue()
    chefs = [Process(target=into, args=(number, queue)) for number in numbers]
    for chef in chefs:
        chef.start()
    results = sorted(queue.get() for _ in chefs)
    for chef in chefs:
        chef.join()
    return results

def by_pool(numbers):
    with Pool(2) as pool:
        return pool.map(double, numbers)

def by_executor(numbers):
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(double, numbers))
"""


@under_each_method
@pytest.mark.parametrize("name", ["by_processes", "by_pool", "by_executor"])
def test_the_value_of_a_parallel_function_comes_back(host, method, name):
    outcome = host(WORK, method).call(name, ([1, 2, 3],))
    assert (outcome.how, outcome.value) == ("value", [2, 4, 6])
    assert not outcome.leftovers


def test_the_start_method_is_the_one_asked_for(host):
    for method in METHODS:
        source = "def which():\n    return multiprocessing.get_start_method()\n"
        assert host(source, method).call("which").value == method


@under_each_method
def test_no_call_pays_for_what_multiprocessing_imports_on_first_use(host, method):
    """It would be timed as work of the student's, in every call anew."""
    source = "import sys\ndef loaded():\n    return sorted(sys.modules)\n"
    loaded = host(source, method).call("loaded").value
    assert {"multiprocessing.pool", "multiprocessing.queues", "multiprocessing.sharedctypes"} <= {*loaded}
    assert "multiprocessing.popen_fork" in loaded or os.name != "posix"


def test_arguments_and_values_of_every_plain_type_pass(host):
    value = [None, True, 2**80, -0.5, "ä\x00", b"\xff", (1, (2,)), {(1, 2): [3], 4: b""}]
    source = "def same(*args, **kwargs):\n    return args, kwargs\n"
    outcome = host(source).call("same", tuple(value), {"named": value})
    assert outcome.value == (tuple(value), {"named": value})


def test_an_argument_that_is_not_plain_is_the_graders_mistake(host):
    with pytest.raises(NotPlain, match="set"):
        host().call("fine", ({1},))


def test_a_million_elements_come_back(host):
    source = "def many():\n    return list(range(1_000_000))\n"
    assert host(source).call("many").value == list(range(1_000_000))


def test_a_call_is_a_fresh_copy_of_the_imported_file(host):
    """Nothing that one call changes is there for the next one."""
    source = "seen = []\ndef note(word):\n    seen.append(word)\n    return seen\n"
    here = host(source)
    assert here.call("note", ("a",)).value == ["a"]
    assert here.call("note", ("b",)).value == ["b"]


def test_the_file_is_imported_once_for_many_calls(host):
    here = host("print('imported')\n")
    assert [here.call("fine").printed for _ in range(3)] == ["imported\n", "", ""]


def test_the_file_is_not_run_as_main(host):
    here = host("main = __name__ == '__main__'\ndef is_main():\n    return main\n")
    assert here.call("is_main").value is False


def test_functions_that_the_file_defines_are_known_by_name(host):
    here = host("from os.path import join\ndef cook(): ...\ndef _hidden(): ...\nclass Chef: ...\nx = 1\n")
    here.call("fine")
    assert here.functions == ["fine", "cook", "Chef"]


@pytest.mark.parametrize(
    ("expression", "what", "where"),
    [
        ("{1, 2}", "set", ""),
        ("[0, (1, {'k': iter([])})]", "list_iterator", "[1][1]['k']"),
        ("(x for x in [])", "generator", ""),
        ("Value('i', 3)", "multiprocessing.sharedctypes.Synchronized", ""),
        ("type('Int', (int,), {'__eq__': lambda *_: True, '__module__': 'dish'})(5)", "dish.Int", ""),
    ],
)
def test_an_object_that_is_not_plain_is_refused_with_its_type_and_place(host, expression, what, where):
    outcome = host(f"def f():\n    return {expression}\n").call("f")
    assert (outcome.how, outcome.error) == ("refused", {"what": what, "where": where})


def test_a_type_whose_name_is_hostile_is_refused_and_its_name_is_shown_escaped(host):
    source = r"""
    def f():
        return type('x\x1b[2J', (), {})()
    """
    outcome = host(source).call("f")
    assert outcome.how == "refused"
    assert "\x1b" not in outcome.error["what"]


@under_each_method
def test_an_exception_comes_with_its_frames(host, method):
    source = """
    def inner(n):
        return 1 // n
    def outer():
        return inner(0)
    """
    here = host(source, method)
    outcome = here.call("outer")
    assert outcome.how == "raised"
    assert outcome.error["type"] == "ZeroDivisionError"
    own = [frame[1:] for frame in outcome.error["frames"] if frame[0] == str(here.inside)]
    assert own == [(8, "outer"), (6, "inner")]
    assert here.call("fine").value == "fine"


@under_each_method
def test_an_exception_in_a_pools_worker_comes_with_the_workers_traceback(host, method):
    source = """
    def work(n):
        raise LookupError(f'no pan number {n}')
    def f():
        with Pool(1) as pool:
            return pool.map(work, [7])
    """
    here = host(source, method)
    outcome = here.call("f")
    assert (outcome.how, outcome.error["type"]) == ("raised", "LookupError")
    assert "no pan number 7" in outcome.error["message"]
    assert f'File "{here.inside}", line 6, in work' in outcome.error["remote"]


def test_an_exception_in_an_executors_worker_comes_with_the_workers_traceback(host):
    source = """
    from concurrent.futures import ProcessPoolExecutor
    def work():
        raise LookupError('no pan')
    def f():
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(work).result()
    """
    outcome = host(source).call("f")
    assert "line 7, in work" in outcome.error["remote"]


def test_what_a_failing_child_process_prints_is_kept(host):
    source = """
    def work():
        raise LookupError('no pan')
    def f():
        chef = Process(target=work)
        chef.start()
        chef.join()
        return chef.exitcode
    """
    outcome = host(source).call("f")
    assert outcome.value == 1
    assert "LookupError: no pan" in outcome.printed


def test_an_exception_with_a_hostile_message_is_told_all_the_same(host):
    source = """
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError('no')
    def odd():
        raise Odd
    def escape():
        raise ValueError('\\x1b[31mred\\r')
    def long():
        raise ValueError('x' * 10_000_000)
    """
    here = host(source)
    assert here.call("odd").error["message"] == "(its message could not be made)"
    assert here.call("escape").error["message"] == r"\x1b[31mred\r"
    assert len(here.call("long").error["message"]) < 10_000


def test_recursion_without_end_raises(host):
    here = host("def f():\n    return f()\n")
    outcome = here.call("f")
    assert (outcome.how, outcome.error["type"]) == ("raised", "RecursionError")
    assert len(outcome.error["frames"]) <= 40
    assert here.call("fine").value == "fine"


@pytest.mark.parametrize("name", ["missing", "finne", "number"])
def test_a_function_that_is_not_there_raises(host, name):
    outcome = host("number = 5\n").call(name)
    assert outcome.how == "raised"
    assert outcome.error["type"] == ("TypeError" if name == "number" else "AttributeError")


def test_another_signature_raises(host):
    outcome = host("def f(a, *, b):\n    return a\n").call("f", (1, 2))
    assert (outcome.how, outcome.error["type"]) == ("raised", "TypeError")


# -- files that cannot be imported ------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f(:\n", "SyntaxError"),
        ("if True:\nx = 1\n", "IndentationError"),
        ("x = 1 / 0\n", "ZeroDivisionError"),
        ("import no_such_module\n", "ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "SystemExit"),
        ("import os\nos._exit(0)\n", "SystemExit"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "SystemExit"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("\x00\n", "SyntaxError"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why_at_every_call(host, source, kind):
    here = host(source, prelude=False)
    for _ in range(2):
        outcome = here.call("f")
        assert (outcome.how, outcome.error["type"]) == ("import", kind)
    assert here.pid is None


def test_a_syntax_error_comes_with_its_line(host):
    here = host("x = 1\ny = (\n", prelude=False)
    frames = here.call("f").error["frames"]
    assert frames[-1][:2] == (str(here.inside), 2)


def test_what_is_printed_while_importing_is_kept(host):
    """At every call: a later check has to explain it as the first one does."""
    here = host("print('before the fall')\n1 / 0\n", prelude=False)
    outcomes = [here.call("f") for _ in range(2)]
    assert [outcome.printed for outcome in outcomes] == ["before the fall\n"] * 2


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_started_by_the_import_itself_are_python_s_own_error(host, method):
    """The bug that the `__main__` guard is there for."""
    source = """
    def work():
        pass
    chef = Process(target=work)
    chef.start()
    chef.join()
    """
    outcome = host(source, method).call("fine")
    said = " ".join(outcome.printed.split())
    assert "before the current process has finished its bootstrapping phase" in said


# -- what is printed --------------------------------------------------------------------------


@under_each_method
def test_what_all_processes_print_is_kept_line_by_line(host, method):
    source = """
    def work(name):
        print('chef', name)
        print('warned', name, file=sys.stderr)
    def f():
        for name in 'ab':
            chef = Process(target=work, args=(name,))
            chef.start()
            chef.join()
        print('done')
    """
    outcome = host(source, method).call("f")
    lines = ["chef a", "warned a", "chef b", "warned b", "done"]
    assert outcome.printed.splitlines() == lines


def test_what_one_call_prints_is_not_the_next_ones(host):
    here = host("def say(word):\n    print(word)\n")
    assert here.call("say", ("one",)).printed == "one\n"
    assert here.call("say", ("two",)).printed == "two\n"


@pytest.mark.parametrize("too_late", [False, True], ids=["in time", "after its time"])
def test_last_words_are_kept_when_the_end_is_seen_first(host, monkeypatch, too_late):
    """In time the closed pipe tells of it; after that only the process, while a child holds the pipe."""
    here = host("""
    def say(go_on):
        while not os.path.exists(go_on):
            pass
        print("last", flush=True)
        os.killpg(0, signal.SIGKILL)
    """)
    here.start()
    go_on = here.shared_folder()
    look, looks = here._wait_for_frame, itertools.count()

    def late(until):
        if here._ready and next(looks):  # the first frame of a call says that it has begun
            (go_on.outside / "go").touch()
            here._sandbox.process.wait()
            if too_late:
                monkeypatch.setattr(here._reader, "read", lambda: None)
                return look(0)
        return look(until)

    monkeypatch.setattr(here, "_wait_for_frame", late)
    assert here.call("say", (str(go_on.inside / "go"),)).printed == "last\n"


def test_control_characters_are_shown_and_not_obeyed(host):
    source = r"""
    def f():
        print('\x1b[2J\x1b]0;passed\x07 10 of 10\r\u202e')
        sys.stdout.buffer.write(b'\xff\n')
    """
    outcome = host(source).call("f")
    assert not set(outcome.printed) & set("\x1b\x07\r\u202e")
    assert r"\x1b[2J\x1b]0;passed\x07 10 of 10\r\u202e" in outcome.printed


def test_a_hundred_megabytes_of_output_are_counted_but_not_kept(host):
    source = """
    def f():
        line = 'x' * 999_999
        for _ in range(100):
            print(line)
        return 'done'
    """
    outcome = host(source, seconds=20).call("f")
    assert outcome.value == "done"
    assert outcome.printed_bytes == 100_000_000
    assert len(outcome.printed) < KEPT_OUTPUT


def test_reading_the_keyboard_gets_the_end_of_file_at_once(host):
    outcome = host("def f():\n    return input('name? ')\n").call("f")
    assert (outcome.how, outcome.error["type"]) == ("raised", "EOFError")
    assert outcome.printed == "name? "


# -- what is seen from outside ----------------------------------------------------------------

AT_WORK = """
def spin(barrier):
    barrier.wait()
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass

def f(number):
    barrier = multiprocessing.Barrier(number)
    chefs = [Process(target=spin, args=(barrier,)) for _ in range(number)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
"""


@under_each_method
def test_the_students_processes_are_counted_and_the_librarys_helpers_are_not(host, method):
    outcome = host(AT_WORK, method).call("f", (3,))
    assert (outcome.at_once, outcome.processes) == (3, 3)


def test_cpu_time_of_joined_processes_is_counted(host):
    """Three processes that each work for 0.3 s of CPU time, whatever the clock says."""
    outcome = host(AT_WORK).call("f", (3,))
    tick = 1 / os.sysconf("SC_CLK_TCK")  # in which the kernel counts, for each process by itself
    assert 3 * 0.3 - 4 * tick <= outcome.cpu_seconds < 3 * 3 * 0.3
    assert outcome.seconds >= 0.3


HANDED_ON = """
def relay(queue, data):
    print("y" * 50_000)
    queue.put(data)

def f(size, sent):
    queue = Queue()
    chef = Process(target=relay, args=(queue, b"x" * sent))
    chef.start()
    queue.get()
    chef.join()
    return "z" * size

def shared(size):
    from multiprocessing import Array
    return len(Array("b", size))
"""


@pytest.mark.skipif(not tree.LINUX, reason="the kernel of Linux counts it")
@under_each_method
def test_what_processes_write_to_each_other_is_counted(host, method, monkeypatch):
    """A joined child's part too; neither the answer, nor what is printed, nor what is in shared memory."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # it writes, too
    here = host(HANDED_ON, method)
    outcome = here.call("f", (300_000, 100_000))
    arguments = 0 if method == "fork" else 100_000  # under the others they go through a pipe as well
    assert 100_000 + arguments < outcome.bytes_written < 130_000 + arguments
    more, less = here.call("f", (0, 100_000)).writes, here.call("f", (0, 10)).writes
    assert 1 < less <= more < 30
    assert here.call("shared", (500_000,)).bytes_written < 10_000


def test_the_environment_of_the_grader_is_not_to_be_read(host, monkeypatch):
    monkeypatch.setenv("GRADEBOOK_TOKEN", "secret")
    environment = host("def f():\n    return dict(os.environ)\n").call("f").value
    assert "GRADEBOOK_TOKEN" not in environment
    assert "secret" not in str(environment)


def test_a_socket_of_the_graders_is_reached_in_the_shared_folder(host):
    source = """
    import socket

    def ask(path):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(path)
            return line.recv(10)
    """
    here = host(source)
    folder = here.shared_folder()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder.outside / "answers"))
        server.listen()
        caller = threading.Thread(target=_answer, args=(server,), daemon=True)
        caller.start()
        assert here.call("ask", (str(folder.inside / "answers"),)).value == b"42"
        caller.join()
    here.close()
    assert not folder.outside.exists()


def _answer(server: socket.socket) -> None:
    with server.accept()[0] as line:
        line.sendall(b"42")


# -- how many cores there are -----------------------------------------------------------------


@under_each_method
def test_the_program_is_told_of_the_cores_that_it_may_use(host, method):
    source = """
        def told(queue):
            queue.put([os.cpu_count(), multiprocessing.cpu_count()])

        def cores():
            queue = Queue()
            process = Process(target=told, args=(queue,))
            process.start()
            found = [os.cpu_count(), queue.get()]
            process.join()
            return found
        """
    usable = min(os.cpu_count() or 1, max(2, len(os.sched_getaffinity(0))))
    assert host(source, method).call("cores", ()).value == [usable, [usable, usable]]


@pytest.mark.parametrize(
    ("whole", "bound", "quota", "told"),
    [(64, 64, sys.maxsize, 64), (64, 2, sys.maxsize, 2), (64, 64, 4, 4), (64, 1, 1, 2), (1, 1, 1, 1)],
)
def test_a_pool_of_its_own_choice_has_a_worker_for_each_usable_core(whole, bound, quota, told):
    """Where one core is usable a program should still be written for several, if the machine has them."""
    script = f"""
import os
os.cpu_count = lambda: {whole}
os.sched_getaffinity = lambda pid: set(range({bound}))
from manychefs.sandbox.inside.host import count_usable_cores
count_usable_cores({quota})
from multiprocessing import cpu_count
from multiprocessing.pool import ThreadPool
with ThreadPool() as pool:
    print(os.cpu_count(), cpu_count(), pool._processes)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(told)] * 3


def test_a_quota_is_told_to_the_host(host, monkeypatch):
    monkeypatch.setattr("manychefs.sandbox.host.cpu_quota", lambda: 3.9)
    outcome = host("def quota(): return os.environ['MANYCHEFS_CPU_QUOTA']").call("quota", ())
    assert outcome.value == "3"
