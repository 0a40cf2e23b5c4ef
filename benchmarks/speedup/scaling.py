"""Speedup by number of workers: `python benchmarks/speedup/scaling.py FOLDER --draw docs/scaling.svg`.

    this ──► chefs speedup primes.py::ANSWER --over primes.py::alone --workers 1,2,… ──► FOLDER/ANSWER.json

Nothing else should run on the machine meanwhile. What is in FOLDER already is not measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ANSWERS = {  # and the colours of their lines, told apart also by those who see red and green alike
    "reference": "#0969da",
    "chunky": "#bf8700",
    "chatty": "#8250df",
    "serial": "#6e7781",
}
SCRIPT = Path(__file__).with_name("primes.py")
LIMIT = 500_000  # about a second of serial work
WIDTH, HEIGHT, MARGIN, LINE = 560, 380, 46, 15
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.axis, .ideal { fill: none; stroke: #59636e; }
.ideal { stroke-dasharray: 4 3; }
.curve { fill: none; stroke-width: 2; }
.interval { fill: none; stroke-width: 1.2; }
"""


def main() -> int:
    """Measure what is not in the folder yet; print the table; draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a file of JSON an answer")
    parser.add_argument("--workers", default="1,2,3,4,6,8,12,16")
    parser.add_argument("--limit", type=int, default=LIMIT, help="primes below this are counted")
    parser.add_argument("--draw", type=Path, metavar="FILE", help="an SVG picture of the curves")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for answer in ANSWERS:
        kept = options.folder / f"{answer}.json"
        if not kept.exists():
            measure(answer, options.workers, options.limit, kept)
    found = {answer: json.loads((options.folder / f"{answer}.json").read_text()) for answer in ANSWERS}
    print(table(found))
    if options.draw:
        options.draw.write_text(picture(found))
    return 0


def measure(answer: str, workers: str, limit: int, kept: Path) -> None:
    """Run the command for one answer, and keep what it prints."""
    command = [sys.executable, "-m", "manychefs", "speedup", f"{SCRIPT}::{answer}", "--over",
               f"{SCRIPT}::alone", "--args", f"[{limit}]", "--workers", workers, "--json"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{answer}: {done.stdout}{done.stderr}")
    kept.write_text(done.stdout)
    print(answer, "in", json.loads(done.stdout)["seconds"], "s", flush=True)


def points(found: dict[str, Any]) -> list[dict[str, float]]:
    """The curve of one answer."""
    return list(found["measurement"]["curve"])


def table(found: dict[str, Any]) -> str:
    """Answers by workers as Markdown: the speedup with its interval, and the verdict."""
    counts = [point["workers"] for point in points(next(iter(found.values())))]
    lines = ["| answer | " + " | ".join(map(str, counts)) + " | verdict |", "|---" * (len(counts) + 2) + "|"]
    for answer, each in found.items():
        cells = [f"{p['speedup']:.2f} ({p['low']:.2f} to {p['high']:.2f})" for p in points(each)]
        figures = each["measurement"]
        told = f"{each['verdict']}, S\\* {figures['parallelism']:.2f}, required {figures['required']:.2f}"
        lines.append(f"| {answer} | " + " | ".join(cells) + f" | {told} |")
    return "\n".join(lines)


def picture(found: dict[str, Any]) -> str:
    """The curves of all answers in one plot, with intervals and the ideal line."""
    most = max(point["workers"] for each in found.values() for point in points(each))
    room = HEIGHT - 2 * MARGIN

    def at(workers: float, speedup: float) -> str:
        x, y = workers * (WIDTH - 2.6 * MARGIN) / most, speedup * room / most
        return f"{MARGIN + x:.1f} {HEIGHT - MARGIN - y:.1f}"

    drawn = [f'<path class="axis" d="M{at(0, most)}L{at(0, 0)}L{at(most, 0)}"/>',
             f'<path class="ideal" d="M{at(0, 0)}L{at(most, most)}"/>']  # fmt: skip
    for step in range(2, round(most) + 1, 2):
        x, y = at(step, 0).split()
        drawn.append(f'<text x="{x}" y="{float(y) + 18:g}" text-anchor="middle">{step}</text>')
        x, y = at(0, step).split()
        drawn.append(f'<text x="{float(x) - 8:g}" y="{float(y) + 4:g}" text-anchor="end">{step}</text>')
    for answer, colour in ANSWERS.items():
        curve = points(found[answer])
        line = "L".join(at(point["workers"], point["speedup"]) for point in curve)
        drawn.append(f'<path class="curve" stroke="{colour}" d="M{line}"/>')
        for point in curve:
            low, high = at(point["workers"], point["low"]), at(point["workers"], point["high"])
            drawn.append(f'<path class="interval" stroke="{colour}" d="M{low}L{high}"/>')
            x, y = at(point["workers"], point["speedup"]).split()
            drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
    below = 0.0
    for answer in sorted(ANSWERS, key=lambda answer: -points(found[answer])[-1]["speedup"]):
        x, y = at(points(found[answer])[-1]["workers"], points(found[answer])[-1]["speedup"]).split()
        below = max(float(y) + 4, below + LINE)  # names of lines that end close to each other are apart
        drawn.append(f'<text x="{float(x) + 8:g}" y="{below:g}">{answer}</text>')
    title = "Speedup by number of workers; dashed: ideal"
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">',
        f"<title>{title}</title>",
        f"<desc>{describe(found)}</desc>",
        f"<style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="#ffffff" rx="6"/>',
        f'<text x="{MARGIN - 30}" y="20">{title}</text>',
        *drawn,
        f'<text x="{WIDTH / 2:g}" y="{HEIGHT - 8}" text-anchor="middle">workers</text>',
        "</svg>\n",
    ))  # fmt: skip


def describe(found: dict[str, Any]) -> str:
    """The picture in words."""
    told = [f"{answer} {points(each)[-1]['speedup']:.1f}" for answer, each in found.items()]
    return f"Speedup with {points(next(iter(found.values())))[-1]['workers']} workers: " + ", ".join(told)


if __name__ == "__main__":
    sys.exit(main())
