"""Tables in groups: each row stands below the name of its group, and the columns of all groups are one."""

from sim.io.terminal import grouped_table, table


def test_rows_of_a_group_are_set_in_below_its_name():
    text = grouped_table(
        ("what", "n"), [("Spending", [("2026", "1"), ("2030", "12,345")]), ("Tension", [("2026", "3")])]
    )
    assert text.split("\n") == [
        "what    n",
        "------  ------",
        "Spending",
        "  2026  1",
        "  2030  12,345",
        "Tension",
        "  2026  3",
    ]  # fmt: skip


def test_a_group_without_rows_keeps_its_name_and_none_keep_the_heading():
    assert grouped_table(("a", "b"), [("Empty", [])]).split("\n")[-1] == "Empty"
    assert grouped_table(("a", "b"), []) == table(("a", "b"), [])


def test_nothing_is_wrapped_so_that_no_row_is_taken_for_two(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("one", "word " * 12), ("two", "x")]
    assert len(grouped_table(("a", "b"), [("Group", rows)]).split("\n")) == 2 + 1 + len(rows)
