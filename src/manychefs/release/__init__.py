"""From this repository to what others get. So far: the stubs, made from the solutions."""
