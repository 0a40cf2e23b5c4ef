"""Callbacks come in any order; they are looked at after the join, sorted.

expect: ["a!", "b!"]
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
    return sorted(found)


if __name__ == "__main__":
    print(program())
