"""What exploring a script has found: as a noun with its JSON, in words, and for a terminal.

Exploration ──► explored.explored ──► Explored ─┬─► Explored.to_json
                     │                          └─► screen.screen
                     └── words.feedback
"""
