"""The class page: one file with the whole model inside, and a small server that hands it out.

The page holds no equation: it puts choices into the numbers that `model.wasm` reads, calls it, and draws.
"""
