"""The layers of confinement, siblings of one shape: see manychefs.sandbox.confinement.

    none        the same user, the same files: for one's own code
    landlock    the same user under rules of the kernel's: files by folder, no TCP, no signals to others
    unshare     namespaces made by the host itself: nothing is there but the submission and Python
    bwrap       the same, made by bubblewrap

`plain` and `walled` are what the first two and the last two have in common.
"""
