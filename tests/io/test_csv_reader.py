"""Tables with commas: what is wrong with one is told by line and column, all of it at once."""

from typing import ClassVar

import pytest

from sim.io.csv_reader import CsvRow, Name, Names, TrueOrFalse, read_rows
from sim.io.errors import InputError


class Deal(CsvRow):
    joined: ClassVar = {"range": ("low", "high")}
    identity: ClassVar = ("buyer",)

    buyer: Name
    sellers: Names
    range: tuple[float, float]
    is_paid: TrueOrFalse


HEADER = "buyer,sellers,low,high,is_paid"


def table(tmp_path, *lines, header=HEADER):
    file = tmp_path / "deals.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def problems(file, **options):
    with pytest.raises(InputError) as caught:
        read_rows(file, Deal, **options)
    return [(problem.line, problem.where, problem.message) for problem in caught.value.problems]


def test_a_row_knows_its_line_its_lists_and_what_several_columns_make(tmp_path):
    first, second = read_rows(table(tmp_path, '"two\nlines",TUR; DOM,1,2.5,TRUE', "SRB , ,0,1,false"), Deal)
    assert (first.line, first.sellers, first.range, first.is_paid) == (2, ("TUR", "DOM"), (1.0, 2.5), True)
    assert (second.line, second.buyer, second.sellers) == (4, "SRB", ())


def test_every_cell_that_is_wrong_is_told_with_its_column(tmp_path):
    assert problems(table(tmp_path, ",TUR,1,many,yes", "SRB,TUR,nan,2,true")) == [
        (2, "buyer", "blank; it is needed here"),
        (2, "high", '"many" is not a number'),
        (2, "is_paid", '"yes" is not true or false'),
        (3, "low", '"nan" is not a finite number'),
    ]


@pytest.mark.parametrize(("line", "cells"), [("SRB,TUR,1,2", 4), ("SRB,TUR,1,2,true,more,still", 7)])
def test_a_row_with_too_few_or_too_many_cells_is_told(tmp_path, line, cells):
    ((number, _, words),) = problems(table(tmp_path, "XKX,TUR,1,2,true", line))
    assert number == 3
    assert words == f"{cells} cells under 5 columns; is a text with a comma not in quotes?"


def test_a_header_is_told_before_any_cell_is_read(tmp_path):
    told = problems(table(tmp_path, ",,,,,", header="buyer,buyer,selers,low,high"))
    assert [(line, where) for line, where, _ in told] == [
        (1, "sellers"), (1, "is_paid"), (1, "buyer"), (1, "buyer"), (1, "selers"),
    ]  # fmt: skip
    assert told[-1][2] == 'unknown column; did you mean "sellers"?'


def test_a_row_that_stands_twice_and_a_table_without_rows_are_told(tmp_path):
    assert problems(table(tmp_path, *["SRB,TUR,1,2,true"] * 2)) == [(3, "buyer", "SRB stands here twice")]
    assert problems(table(tmp_path), may_be_empty=False) == [(None, "", "holds no row below its header")]
    assert read_rows(table(tmp_path), Deal) == ()


def test_what_is_no_table_is_told_as_such(tmp_path):
    assert problems(tmp_path / "none.csv", if_missing="make it again") == [(None, "", "make it again")]
    (tmp_path / "odd.csv").write_bytes(b"buyer\xff")
    assert problems(tmp_path / "odd.csv") == [(1, "", "not UTF-8 text; save the file with UTF-8 encoding")]
    assert problems(table(tmp_path, '"SRB,TUR'))[0][2].startswith("cannot be read; this is not a table with commas")
