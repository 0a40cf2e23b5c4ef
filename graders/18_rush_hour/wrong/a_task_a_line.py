"""Every line of the book is counted by itself, four to a message: more messages and dicts than work.

caught-by: test_faster_than_alone
says: CPU time
"""

import time
from multiprocessing import Pool
from pathlib import Path

ENDINGS = ("ingly", "edly", "ing", "ies", "est", "ed", "ly", "er", "es", "'s", "s")


def root_of(word: str) -> str:
    """The word without its ending, by rule of thumb: `look` of `looks`, `looked` and `looking`."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            return word[: -len(ending)]
    return word


def count_alone(text: str) -> dict[str, int]:
    """How often each root stands in `text`, counted by one process."""
    counts: dict[str, int] = {}
    for piece in text.lower().split():
        word = root_of(piece.strip(".,;:!?`'\"()[]*-_"))
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def cut(text: str, pieces: int) -> list[str]:
    """Cut the text into `pieces` parts of about the same length, never inside a word."""
    parts, start = [], 0
    for number in range(1, pieces + 1):
        end = max(start, len(text) * number // pieces)
        while end < len(text) and not text[end].isspace():
            end += 1
        parts.append(text[start:end])
        start = end
    return parts


def count_words(text: str, workers: int) -> dict[str, int]:
    """What count_alone(text) returns, counted by `workers` processes at the same time."""
    with Pool(workers) as pool:
        counted = pool.map(count_alone, text.split("\n"), chunksize=4)
    total: dict[str, int] = {}
    for counts in counted:
        for word, count in counts.items():
            total[word] = total.get(word, 0) + count
    return total


def main() -> None:
    """Count the words of the book, eight times over, by one process and by two."""
    text = Path(__file__).with_name("alice.txt").read_text("utf-8") * 8
    started = time.perf_counter()
    expected = count_alone(text)
    alone = time.perf_counter() - started
    started = time.perf_counter()
    counts = count_words(text, workers=2)
    together = time.perf_counter() - started
    print(f"one process {alone:.2f} s, two {together:.2f} s; the same counts: {counts == expected}")
    print("most often:", sorted(counts, key=lambda word: -counts[word])[:8])


if __name__ == "__main__":
    main()
