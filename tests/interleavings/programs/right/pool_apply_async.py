"""The results of apply_async are asked for one by one, in the order of the calls.

expect: ["a!", "b!"]
"""

from multiprocessing import Pool


def shout(word):
    return word + "!"


def program():
    with Pool(2) as pool:
        pending = [pool.apply_async(shout, (word,)) for word in ("a", "b")]
        results = [each.get() for each in pending]
        pool.close()
        pool.join()
    return results


if __name__ == "__main__":
    print(program())
