"""The block itself is handed over (it travels by its name); struct writes every chefs-th loaf; a Value has the weight."""

from multiprocessing import Process, Value
from multiprocessing.shared_memory import SharedMemory
from struct import pack_into, unpack_from


def bake(loaf, burnt):
    if loaf == burnt:
        raise ValueError(f"loaf {loaf} is burnt")
    return pow(loaf + 2, 1_000_000_007, 2**61 - 1) >> 21


def chef(block, weight, first, step, count, burnt):
    mine = 0
    for loaf in range(first, count, step):
        value = bake(loaf, burnt)
        pack_into("q", block.buf, loaf * 8, value)
        mine += value
    with weight.get_lock():
        weight.value += mine
    block.close()


def bake_all(count, chefs, asked, burnt=-1):
    block = SharedMemory(create=True, size=count * 8 + 8)
    weight = Value("q", 0)
    try:
        processes = [
            Process(target=chef, args=(block, weight, first, chefs, count, burnt)) for first in range(chefs)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        failed = [process for process in processes if process.exitcode]
        if failed:
            raise ValueError(f"{len(failed)} chefs failed")
        return weight.value, [unpack_from("q", block.buf, loaf * 8)[0] for loaf in asked]
    finally:
        block.close()
        block.unlink()
