"""The class page: a small server on loopback, one page, and the same page as a file.

The model computes here, in Python, and a whole run goes to the page in one answer; the page plays it and holds no equation.
"""
