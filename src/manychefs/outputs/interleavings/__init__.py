"""An Interleaving shown three ways, by pure functions of it that share one folding and one set of words.

```
                 folding.fold ─► rows ─┬─► table.table      a terminal: a column an actor, a row a step
 Interleaving ─►                       ├─► svg.svg          a page: a space-time diagram
                 words.* ─────► text ──┴─► mermaid.mermaid  a GitHub summary: a sequence diagram
```
What a student's program says goes through `words.short`, so it is one line, bounded and harmless, and
each of the three then escapes it for its own form.
"""
