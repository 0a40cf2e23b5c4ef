"""What `python3 chefs.py` costs over the command itself, once all is set up.

    python3 benchmarks/launcher.py [starts]

The two are started in turn, so that a busy moment of the machine meets both, and the medians are
compared. An empty `manychefs`, found before the real one, stands for the command: what is left is
the launcher. The budget is 0.1 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
BUDGET = 0.1


def seconds(argv: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(argv, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(starts: int) -> int:
    venv = Path(os.environ.get("MANYCHEFS_VENV") or REPO / ".venv")
    launcher = [sys.executable, str(REPO / "chefs.py")]
    subprocess.run([*launcher, "--help"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "manychefs")
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text("")
        environment = {**os.environ, "PYTHONPATH": folder}
        command = [str(venv / "bin" / "python"), "-P", "-m", "manychefs"]
        pairs = [(seconds(launcher, environment), seconds(command, environment)) for _ in range(starts)]
    with_launcher, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    overhead = with_launcher - alone
    print(f"command alone       {1000 * alone:6.1f} ms   (median of {starts})")
    print(f"through chefs.py    {1000 * with_launcher:6.1f} ms")
    print(f"the launcher costs  {1000 * overhead:6.1f} ms   (budget {1000 * BUDGET:.0f} ms)")
    return int(overhead > BUDGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 50))
