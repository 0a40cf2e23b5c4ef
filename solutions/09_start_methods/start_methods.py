"""09 start_methods: one program, and three ways in which its processes can come into being.

Run it with `python3 start_methods.py`; check it with `chefs check 09`.
"""

from multiprocessing import current_process, get_all_start_methods, get_context
from multiprocessing.sharedctypes import Synchronized

Receipt = tuple[str, int, str]  # dish, price, and the name of the process that sold it

MENU = {"soup": 6, "fish": 14, "cake": 5, "tea": 2}
surcharge = 0  # what today's dishes cost more than the menu says
till: "Synchronized[int]"  # what all processes have taken in together; not there until it is set


def sell(dish: str) -> Receipt:
    """A worker sells one dish (given): it reads `surcharge`, and puts the price into `till`."""
    price = MENU[dish] + surcharge
    with till.get_lock():
        till.value += price
    return dish, price, current_process().name


def open_counter(todays_surcharge: int, shared_till: "Synchronized[int]") -> None:
    """Runs once in each worker, before it sells anything: set the globals that `sell` needs."""
    # Task 1: make today's surcharge and the shared till known to this process.
    ### BEGIN SOLUTION
    global surcharge, till
    surcharge, till = todays_surcharge, shared_till
    ### END SOLUTION


def evening(dishes: list[str], todays_surcharge: int, method: str) -> tuple[list[Receipt], int]:
    """Let two workers, started by `method`, sell the dishes; return their receipts, and what is in the till."""
    # Task 2: get the context of that start method, and make the till with it.
    ### BEGIN SOLUTION
    context = get_context(method)
    shared_till = context.Value("i", 0)
    ### END SOLUTION
    # Task 3: make the workers with it, hand both things over, sell; return receipts and takings.
    ### BEGIN SOLUTION
    with context.Pool(2, initializer=open_counter, initargs=(todays_surcharge, shared_till)) as pool:
        receipts = pool.map(sell, dishes)
    return receipts, shared_till.value
    ### END SOLUTION


def main() -> None:
    """The same evening under every start method that this system has."""
    for method in get_all_start_methods():
        receipts, takings = evening(["soup", "fish", "cake"], 1, method)
        print(f"{method}: {takings} in the till, by {receipts}")


if __name__ == "__main__":
    main()
