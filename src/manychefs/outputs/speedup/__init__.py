"""A SpeedupMeasurement shown two ways, by pure functions of it that share one set of words.

```
                      ┌─► screen.screen   a terminal: bars, and a strip a process of who ran when
 SpeedupMeasurement ──┤
                      └─► svg.svg         a page: the same, and a scaling curve as a plot
```
"""
