"""A terminal of 80 by 24 that tests type into and read: tmux without a window."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 240.0  # seconds, on a machine that may be busy
WIDTH, HEIGHT = 80, 24


class Terminal:
    """A command in a terminal. The pane stays once it has ended, so that its last words can be read.

    Args:
        command: for a shell, in `folder`; when it has ended the screen says `ended with` its exit status.
        socket: where tmux is to be reached; its path must be short.
        environment: all of the command's.
    """

    def __init__(self, command: str, folder: Path, socket: Path, environment: Mapping[str, str]) -> None:
        self._tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        shell = f"{command}; echo ended with $?; exec sleep 1000"
        subprocess.run(
            [*self._tmux, "new-session", "-d", *size, shell], cwd=folder, env=dict(environment), check=True
        )

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def screen(self, *, colours: bool = False) -> str:
        """What stands on the screen."""
        words = [*self._tmux, "capture-pane", "-p", *(["-e"] if colours else [])]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def sees(self, *texts: str, patience: float = PATIENCE) -> str:
        """Wait until all of these stand on the screen at once; gives the screen."""
        until = time.monotonic() + patience
        while missing := [text for text in texts if text not in (shown := self.screen())]:
            assert time.monotonic() < until, f"not seen: {missing}\n{shown}"
            time.sleep(0.05)
        return shown

    def shows(self, kept: Path) -> None:
        """Wait until the screen is the one that is kept in a file, whatever times and machine it names.

        Where there is no such file, the screen is written there, and the test fails: look at it, and keep it.
        """
        wanted = kept.read_text("utf-8") if kept.exists() else None
        until = time.monotonic() + (PATIENCE if wanted is not None else 5.0)
        while (shown := neutral(self.screen())) != wanted and time.monotonic() < until:
            time.sleep(0.05)
        if wanted is None:
            kept.write_text(shown, "utf-8")
        assert shown == wanted

    def pid(self) -> int:
        """The process id of what runs in the pane: the shell, or `sleep` once the command has ended."""
        words = [*self._tmux, "display-message", "-p", "#{pane_pid}"]
        return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)

    def close(self) -> None:
        """End it, with what still runs in it."""
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


def neutral(screen: str) -> str:
    """A screen without what differs from run to run and from machine to machine."""
    screen = re.sub(r"\d+\.\d s, \d+ cores?, confinement: \w+", "… s, … cores, confinement: …", screen)
    return "".join(f"{line.rstrip()}\n" for line in screen.splitlines())
