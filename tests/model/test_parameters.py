"""The declared parameters: how the file is read, what is refused, and how numbers are replaced."""

import pytest

from sim.data.actors import load_actors
from sim.io.errors import InputError
from sim.model.distributions import Distribution, LegalRange, distribution
from sim.model.parameter_table import UnknownParameterError
from sim.model.parameters import CLASSES, load_parameters

STATES = len(load_actors().states)
FILE = """\
format_version: 1
model_version: "1.0"
parameters:
  reaction:
    symbol: kappa
    unit: "1"
    group: spending
    meaning: elasticity of the desired budget to threat
    index: [state]
    default: {SRB: 0.40, XKX: 0.70, "*": 0.25}
    prior: {half_normal: median}
    range: [0, 5]
    status: assumed
    source: assumed
  burden_max:
    symbol: b_max
    unit: share of GDP
    group: spending
    meaning: highest burden
    default: 0.06
    prior: {uniform: [0.05, 0.08]}
    range: [0, 0.15]
    status: assumed
    source: assumed
  threat_share:
    symbol: sigma
    unit: "1"
    group: threat
    meaning: share of a rival in a state's threat
    index: [state, actor]
    sparse: true
    default: {SRB.XKX: 0.5, SRB.HRV: 0.2, XKX.SRB: 1.0}
    prior: {lognormal: {SRB.XKX: 0.4, "*": 0.3}}
    range: [0, 1]
    status: assumed
    source: assumed
  perceived_value:
    symbol: eps
    unit: "1"
    group: threat
    meaning: capability per dollar
    index: [class]
    default: {loitering: 5, "*": 1}
    prior: {one_plus_lognormal: 0.6}
    range: [0, null]
    status: assumed
    source: assumed
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text):
        file = tmp_path / "parameters.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write_file


@pytest.fixture
def table(write):
    return load_parameters(write(FILE))


def refusal(file):
    with pytest.raises(InputError) as caught:
        load_parameters(file)
    return str(caught.value)


def line_of(text, words):
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_keys_follow_the_order_of_the_file_and_of_the_actor_table(table):
    states = load_actors().states
    assert table.keys[: len(states)] == tuple(f"reaction.{state}" for state in states)
    assert table.keys[len(states) :] == (
        "burden_max",
        "threat_share.SRB.XKX",
        "threat_share.SRB.HRV",
        "threat_share.XKX.SRB",
        *(f"perceived_value.{name}" for name in CLASSES),
    )
    assert table.size == len(table.keys) == len(table.distributions)
    assert table.names == ("reaction", "burden_max", "threat_share", "perceived_value")


def test_a_number_may_have_a_source_of_its_own(write):
    own = FILE.replace("  burden_max:", "    sources: {SRB: {source: richardson1960, locator: page 1}}\n  burden_max:")
    assert load_parameters(write(own)).parameter("reaction").cited == {"SRB": ("richardson1960", "page 1")}
    text = refusal(write(own.replace("{SRB: {source", "{SRBB: {source")))
    assert f"line {line_of(own, 'locator: page 1')}" in text and "parameters.reaction.sources.SRBB" in text
    assert 'did you mean "SRB"?' in text


def test_star_fills_the_rest_of_the_index(table):
    centres = dict(zip(table.keys, (d.centre for d in table.distributions), strict=True))
    assert centres["reaction.SRB"] == 0.40
    assert centres["reaction.XKX"] == 0.70
    assert centres["reaction.SVN"] == 0.25


def test_default_is_the_median_of_the_prior_and_the_range_its_clamp(table):
    row = table.rows_of("threat_share.SRB.XKX")[0]
    assert table.distributions[row] == Distribution("lognormal", 0.5, 0.4, 0.0, 1.0)
    assert table.distributions[row + 1] == Distribution("lognormal", 0.2, 0.3, 0.0, 1.0)
    assert table.distributions[0] == Distribution("half_normal", 0.25, 0.0, 0.0, 5.0)


def test_uniform_is_stored_as_low_end_and_width(table):
    prior = table.distributions[table.offset("burden_max")]
    assert (prior.kind, prior.centre) == ("uniform", 0.05)
    assert prior.centre + prior.spread == pytest.approx(0.08)


def test_prior_that_cannot_vary_is_fixed(table):
    priors = dict(zip(table.keys, table.distributions, strict=True))
    assert priors["perceived_value.loitering"].kind == "one_plus_lognormal"
    assert priors["perceived_value.uav"].kind == "fixed"
    assert distribution({"lognormal": [3, 0]}, LegalRange()).kind == "fixed"
    assert distribution({"lognormal": [0, 0.5]}, LegalRange()).kind == "fixed"


def test_key_that_stops_early_means_all_rows_below_it(table):
    assert len(table.rows_of("reaction")) == len(load_actors().states)
    assert table.rows_of("threat_share.SRB") == table.rows_of("threat_share")[:2]
    assert table.rows_of("burden_max") == (table.offset("burden_max"),)


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("reacton.SRB", 'did you mean "reaction.SRB"?'),
        ("reaction.SBR", 'did you mean "reaction.SRB"?'),
        ("burden_mx", 'did you mean "burden_max"?'),
        ("burden_max.SRB", '"burden_max" is one number and has no index'),
        ("zzz", "docs/parameters.md lists them"),
    ],
)
def test_unknown_parameter_suggests_the_nearest(table, key, remedy):
    with pytest.raises(UnknownParameterError) as caught:
        table.rows_of(key)
    assert "unknown parameter" in str(caught.value)
    assert remedy in str(caught.value)
    assert table.problem(key, 1.0) == str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("burden_max", 4.0, "4.0 is outside 0-0.15 (share of GDP); write 0.04 for 4 per cent"),
        ("burden_max", 40, "40 is outside 0-0.15 (share of GDP)"),
        ("reaction.SRB", -0.5, "-0.5 is outside 0-5"),
        ("perceived_value.uav", -1, "-1 is below 0, the lowest legal value"),
        ("reaction.SRB", float("inf"), "inf is not a finite number"),
        ("reaction.SRB", float("nan"), "nan is not a finite number"),
        ("reaction.SRB", True, "true is not a number"),
        ("reaction.SRB", "0.4", '"0.4" is not a number'),
        ("reaction.SRB", None, "nothing is not a number"),
        ("reaction.SRB", [1, 2], "a list is not a number"),
        ("reaction.SRB", {"lognorml": [1, 0.2]}, 'unknown distribution "lognorml"; did you mean "lognormal"?'),
        ("reaction.SRB", {"lognormal": 1}, "needs two numbers in brackets: lognormal: [median, sd of the logarithm]"),
        ("reaction.SRB", {"lognormal": [6, 0.2]}, "6 is outside 0-5"),
        ("reaction.SRB", {"lognormal": [1, -0.2]}, "-0.2 is below 0"),
        ("reaction.SRB", {"lognormal": [1, float("inf")]}, "inf is not a finite number"),
        ("reaction.SRB", {"uniform": [2, 1]}, "the low end of a uniform must not be above its high end"),
        ("reaction.SRB", {"uniform": [1, 6]}, "6 is outside 0-5"),
        ("reaction.SRB", {"normal": [1, 0.1], "uniform": [0, 1]}, "exactly one entry"),
        ("reaction.SRB", {}, "exactly one entry"),
        ("perceived_value.uav", {"one_plus_lognormal": [0.5, 0.1]}, "must not be below 1"),
    ],
)
def test_illegal_value_is_refused_with_its_legal_range(table, key, value, message):
    assert message in table.problem(key, value)


def test_all_overrides_that_cannot_be_set_are_listed(table):
    with pytest.raises(InputError) as caught:
        table.with_overrides({"burden_max": 4.0, "reacton": 1})
    assert [problem.where for problem in caught.value.problems] == ["burden_max", "reacton"]


def test_longer_key_wins_over_a_shorter_one_in_any_order(table):
    for overrides in ({"reaction.SRB": 0.1, "reaction": 0.9}, {"reaction": 0.9, "reaction.SRB": 0.1}):
        changed = table.with_overrides(overrides)
        centres = dict(zip(changed.keys, (d.centre for d in changed.distributions), strict=True))
        assert (centres["reaction.SRB"], centres["reaction.XKX"]) == (0.1, 0.9)
        assert centres["burden_max"] == 0.05


def test_override_replaces_the_prior_and_leaves_the_table_it_came_from(table):
    changed = table.with_overrides({"burden_max": 0.05, "threat_share.XKX.SRB": {"normal": [0.8, 0.1]}})
    assert changed.distributions[changed.offset("burden_max")] == Distribution("fixed", 0.05, 0.0, 0.0, 0.15)
    assert changed.distributions[changed.rows_of("threat_share.XKX.SRB")[0]].kind == "normal"
    assert table.distributions[table.offset("burden_max")].kind == "uniform"


def test_digest_changes_with_any_number_and_with_nothing_else(table, write):
    assert load_parameters(write(FILE.replace("symbol: kappa", "symbol: k"))).digest == table.digest
    assert table.with_overrides({}).digest == table.digest
    assert table.with_overrides({"reaction.SVN": 0.2500001}).digest != table.digest
    assert load_parameters(write(FILE.replace("{half_normal: median}", "fixed"))).digest != table.digest


@pytest.mark.parametrize("value", [2.5, {"lognormal": [5.0, 0.6]}, {"half_normal": 1.5}, {"uniform": [1.0, 2.5]}])
def test_distribution_is_written_as_it_was_read(value):
    assert distribution(value, LegalRange()).plain() == value


@pytest.mark.parametrize(
    ("old", "new", "where", "remedy"),
    [
        ("    symbol: kappa", "    symbl: kappa", "parameters.reaction.symbl", 'did you mean "symbol"?'),
        ("    range: [0, 5]", "    range: [0]", "parameters.reaction.range", "needs two numbers: [low, high]"),
        ("    range: [0, 5]", "    range: [5, 0]", "parameters.reaction.range", "swap them"),
        ("SRB: 0.40", "SBR: 0.40", "parameters.reaction.default.SBR", 'did you mean "SRB"?'),
        ("SRB: 0.40", "SRB: 40", "parameters.reaction.default.SRB", "40 is outside 0-5"),
        ('"*": 0.25', '"*": 25', "parameters.reaction.default.*", "25 is outside 0-5"),
        ("SRB: 0.40", "SRB: .nan", "parameters.reaction.default.SRB", "nan is not a finite number"),
        (', "*": 0.25}', "}", "parameters.reaction.default", f'TUR, ALB, BIH and {STATES - 5} more; add them, or "*"'),
        (
            "half_normal: median",
            "half_normal: 0.4",
            "parameters.reaction.prior.half_normal",
            "the median is the default",
        ),
        ("half_normal: median", "half_norml: 1", "parameters.reaction.prior", 'did you mean "half_normal"?'),
        (
            "0.06\n    prior: {uniform: [0.05,",
            "0.06\n    prior: {uniform: [0.07,",
            "parameters.burden_max.default",
            "lies outside its uniform prior",
        ),
        ("SRB.HRV", "SRB.HRR", "parameters.threat_share.default.SRB.HRR", 'did you mean "SRB.HRV"?'),
        ("0.5, SRB.HRV: 0.2", '0.5, "*": 0.2', "parameters.threat_share.default.*", "no meaning in a sparse index"),
        ("lognormal: {SRB.XKX", "lognormal: {SRB.ALB", "parameters.threat_share.prior.lognormal.SRB.ALB", "not in the"),
        ("  burden_max:", "  burden-max:", "parameters.burden-max", "letters, digits and _"),
        ("  burden_max:", "  class:", "parameters.class", "no word of Python's own"),
        ("index: [class]", "index: [klass]", "parameters.perceived_value.index 1", 'did you mean "class"?'),
    ],
)
def test_faulty_declaration_is_refused_with_line_and_remedy(write, old, new, where, remedy):
    text = FILE.replace(old, new, 1)
    message = refusal(write(text))
    place = f"line {line_of(text, new.strip().splitlines()[0])}"
    assert any(place in line and where in line and remedy in line for line in message.splitlines()), message


def test_all_faulty_declarations_are_reported_at_once(write):
    text = FILE.replace("SRB: 0.40", "SRB: 40").replace("default: 0.06", "default: 0.6").replace("SRB.HRV", "SRB.HRR")
    assert "parameters.yaml: 3 problems" in refusal(write(text))


def test_actor_table_gives_roles_in_file_order_and_suggests_codes():
    actors = load_actors()
    assert actors.states[:3] == ("TUR", "SRB", "XKX")
    assert set(actors.suppliers) & set(actors.states) == {"TUR"}
    assert actors.codes[actors.index("XKX")] == "XKX"
    assert actors.name("SRB") == "Serbia"
    with pytest.raises(KeyError, match=r'no actor "SBR"; did you mean "SRB"'):
        actors.name("SBR")


ACTOR = {"code": "AAA", "name": "A", "roles": "[state]", "colour": '"#112233"', "dash": "[]", "marker": "o"}


@pytest.mark.parametrize(
    ("second", "where", "remedy"),
    [
        ({"roles": "[stat]"}, "actor 2 (B), role 1", 'did you mean "state"?'),
        ({"code": "AAA"}, "actor 2 (B)", 'the code "AAA" is already taken by AAA'),
        ({"colour": '"#112233"'}, "actor 2 (B)", 'the colour "#112233" is already taken by AAA'),
        ({"dash": "[]"}, "actor 2 (B)", "the dash [] is already taken by AAA"),
        ({"marker": "o"}, "actor 2 (B)", 'the marker "o" is already taken by AAA'),
        ({"roles": None}, "actor 2 (B), roles", "missing; add roles"),
        ({"colour": "red"}, "actor 2 (B), colour", "allowed is ^#[0-9A-F]{6}$"),
        ({"marker": "Q"}, "actor 2 (B), marker", "letters that are not allowed here"),
        ({"dash": "[1, 2, 3]"}, "actor 2 (B)", "dash needs pairs of numbers"),
        ({"dash": "[1, 0]"}, "actor 2 (B), dash 2", "must be above 0"),
        ({"class_map": "{x: 101, y: 5}"}, "actor 2 (B), class_map.x", "must be at most 100"),
        ({"class_map": "{x: 1, y: 5, lable: left}"}, "actor 2 (B), class_map.lable", 'did you mean "label"?'),
        ({"coulor": "red"}, "actor 2 (B), coulor", 'did you mean "colour"?'),
    ],
)
def test_actor_file_with_a_fault_names_line_and_remedy(tmp_path, second, where, remedy):
    other = {"code": "BBB", "name": "B", "roles": "[state]", "colour": '"#445566"', "dash": "[6, 2]", "marker": "s"}
    rows = [ACTOR, {name: value for name, value in {**other, **second}.items() if value is not None}]
    lines = ["  - {" + ", ".join(f"{name}: {value}" for name, value in row.items()) + "}" for row in rows]
    file = tmp_path / "actors.yaml"
    file.write_text("\n".join(["format_version: 1", "actors:", *lines]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_actors(file)
    (row,) = str(caught.value).splitlines()[1:]
    assert row.startswith(f"  line 4  {where}   ")
    assert remedy in row


def test_shipped_parameters_are_read_without_a_problem():
    table = load_parameters()
    assert table is load_parameters()
    assert table.size > 0
