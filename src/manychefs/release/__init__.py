"""From this repository to what others get.

stubs         a solution with its blocks taken out           ──┐
wheel         this package, to be installed without its source ├─► student   what a student gets
workflows     the CI files of a student's repository         ──┤
secrets       what no byte of it may hold                    ──┘
validate      proves that an exercise is fit to be given out
"""
