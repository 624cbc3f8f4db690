"""Numbers on the command line, which are taken as they are written or not at all."""

from collections.abc import Sequence

from cyclopts import Token
from cyclopts.exceptions import CoercionError


def whole_number(_: object, tokens: Sequence[Token]) -> int:
    """The number that a word of the command line stands for, 1e6 too; nothing is rounded."""
    (token,) = tokens
    for read in (int, float):
        try:
            number = read(token.value)
        except ValueError:
            continue
        if isinstance(number, int) or number.is_integer():
            return int(number)
    raise CoercionError(token=token, target_type=int)
