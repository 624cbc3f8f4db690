"""One small function for each construct that can be translated; the tests compare each with its C."""

import math

import numpy as np

LIMIT = 7
TABLE = np.array([[3, 1, 2], [5, 0, 4]])
WEIGHTS = np.array([0.5, -2.0, 1e-3])
PAIRS = ((0, 1.5), (1, -0.25))


def sums_and_products(x: float, y: float) -> float:
    return (x + y) * x - y / (x * x + 1.0)


def whole_and_broken_numbers(x: float) -> float:
    n = int(x)
    return (n >> 1) * 0.5 + n - 2 * x + (x + 1) / 3


def negative(x: float) -> float:
    return -x - -2.5


def whole_numbers_round_down(x: float) -> float:
    n = int(x)
    return float(n // 3 + n % 4 + (-n) // 5 - (-n) % 3)


def bits(x: float) -> float:
    n = int(abs(x)) * 977
    return float(((n >> 3) & 255) ^ (n << 2) | 5)


def choice(x: float, y: float) -> float:
    return x if x > y else y


def chain(x: float, y: float) -> float:
    return 1.0 if -1.0 <= x < y else 0.0


def logic(x: float, y: float) -> float:
    return 1.0 if x > 0.0 and (not y > 0.0 or x > y) else -1.0


def truth_value(x: float, y: float) -> float:
    is_above = x > y
    is_above = is_above or x == 0.0
    return float(is_above)


def branch(x: float) -> float:
    if x > 1.0:
        y = 2.0 * x
    elif x < -1.0:
        y = 3.0
    else:
        y = x
    return y


def early_return(x: float) -> float:
    if x < 0.0:
        return 0.0
    return math.sqrt(x)


def loop(x: float) -> float:
    total = 0.0
    for i in range(2, LIMIT):
        total += x * float(i)
    return total


def name_that_is_stored_and_then_counts(x: float) -> float:
    total = 0.0
    for n in range(3):
        place = n + 1
        total += float(place) * x
    for place in range(4):
        total -= float(place)
    return total


def loop_without_a_name(x: float) -> float:
    for _ in range(3):
        x = x * 0.5 + 1.0
    return x


def continue_and_break(x: float) -> float:
    total = 0.0
    for i in range(LIMIT):
        if i == 2:
            continue
        if float(i) > x:
            break
        total += 1.0
    return total


def while_loop(x: float) -> float:
    n = 0
    while float(n) < x and n < 50:
        n += 1
    return float(n)


def table(x: float) -> float:
    a, b, c = TABLE[1]
    return WEIGHTS[0] * float(a) + float(TABLE[0, 2] - b) + x * float(c) + WEIGHTS[2]


def length(x: float) -> float:
    return x + float(TABLE.shape[1])


def constant_tuple(x: float) -> float:
    total = 0.0
    for place, weight in PAIRS:
        total += weight * WEIGHTS[place] * x
    return total


def written_tuple(x: float) -> float:
    total = 0.0
    for place in (TABLE[0, 1], LIMIT, int(x)):
        total = total * 2.0 + place
    return total


def two(x: float) -> tuple[float, int]:
    return x * 2.0, int(x)


def several_at_once(x: float) -> float:
    a, b = two(x=x)
    a, b = a + 1.0, b + 1
    return a - float(b)


def swapped(x: float, y: float) -> float:
    x, y = y, x
    return x - 2.0 * y


def rounding(x: float) -> float:
    return float(math.floor(x + 0.5)) + float(math.floor(x) * 2)


def difference(a: float, b: float) -> float:
    return a - 3.0 * b


def call_by_keyword(x: float, y: float) -> float:
    return difference(b=x, a=y)


def words_of_c(double: float, default: float) -> float:
    short = double + default
    return short  # noqa: RET504 - a word of C
