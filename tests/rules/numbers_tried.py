"""Numbers that properties of rules are tried with."""

from hypothesis import settings
from hypothesis import strategies as st

steady = settings(max_examples=200)
share = st.floats(0.0, 1.0)
level = st.floats(-1.0, 1.0)
money = st.floats(0.0, 1e5)
price = st.floats(1e-4, 1e3)
rate = st.floats(0.0, 20.0)
some_years = st.floats(0.0, 10.0)
logarithm = st.floats(-5.0, 5.0)
