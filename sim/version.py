"""The version of the program; that of the model stands in its parameter file."""

__version__ = "0.2.0"
