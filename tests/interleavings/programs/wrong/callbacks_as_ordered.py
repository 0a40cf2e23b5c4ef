"""Callbacks of `apply_async` are taken to come in the order of the calls.

expect: ["a!", "b!"]
finding: wrong-result
"""

from multiprocessing import Pool


def shout(word):
    return word + "!"


def program():
    found = []
    with Pool(2) as pool:
        for word in ("a", "b"):
            pool.apply_async(shout, (word,), callback=found.append)
        pool.close()
        pool.join()
    return found


if __name__ == "__main__":
    print(program())
