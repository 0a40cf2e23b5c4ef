"""Runs untrusted code in processes of its own and talks to it in data only.

    grader process (trusted)                 untrusted side
    ────────────────────────                 ─────────────────────────────────────────────
    Host (host.py) ──request frame──►  manychefs.sandbox.inside.host, one a start method:
         ▲   │                         imports the student's file once, then for each call
         │   │                             │ forks
         │   │                             ▼
         │   └──────"end" frame──────►  call process ── runs the student's function
         └──────────reply frame──────      │ starts
                                            ▼
                                        the student's processes

Frames are size-capped JSON on two private pipes (frames.py, inside/plain.py); what the programs
print comes on a third. The grader watches the process tree from outside (tree.py), asks every
process for its stack at a deadline (stacks.py), looks what was left, and kills all.

What is on the right is confined by one of several layers (confinement.py, layers/): the strongest that
works here, found out by trying (choice.py). The host does its part of it, and sets its own limits,
before it imports the file (inside/confine.py).
"""
