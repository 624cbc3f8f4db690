"""Plain, annotated Python functions of numbers and arrays, written as C that computes the same bits.

One text can then run as Python, as a native library and in a browser. What is translated wrongly in silence is the danger, so
nothing is guessed. The package knows nothing of the model.

`c_source` in `source.py` takes functions and gives the text of one C file, with all they call and the constant tables they read.
Whatever it cannot translate, it refuses with file, line and what to write instead. What it takes:

- arguments and results of type `int`, `float`, `bool`, arrays annotated with a `Shape`, named tuples of these, and tuples of
  numbers as a result; no defaults, and every argument by name;
- variables that keep one type; arithmetic, comparisons, conditional expressions, rows and elements of arrays by index;
- `if`, `while`, loops over `range(...)` or over a constant tuple; calls of functions that can be translated themselves.
"""
