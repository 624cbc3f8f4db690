"""The draws: a published generator, a number for every name, and nothing that depends on order, threads or company."""

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from sim.engines.compiled import engine
from sim.engines.compiled.encoding import encoded
from sim.engines.compiled.engine import drawn_parameters
from sim.engines.compiled.layout import LANES, PARAM_ROWS
from sim.engines.compiled.library import library
from sim.model import random_numbers
from sim.model.distributions import Distribution, LegalRange, distribution
from sim.model.parameters import load_parameters
from sim.model.random_numbers import EVENT, PARAMETER, QUARTERLY, channel_of, member_parameters, philox, uniform
from sim.model.schedule import Script
from sim.rules.draws import CODES, UNIFORM, drawn_value

ONES = 0xFFFFFFFF
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB)),
]
LARGEST_SEED = 2**63 - 1
LOTS = 20_000
FIVE_SIGMA = 5.0


# ---- the generator -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS, ids=["zeros", "ones", "digits of pi"])
def test_generator_gives_the_known_answers_of_random123(counter, key, words):
    assert philox(*counter, *key) == words


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN_ANSWERS, ids=["zeros", "ones", "digits of pi"])
def test_generator_gives_the_known_answers_in_arrays_of_64_bits(counter, key, words):
    arrays = [np.full(3, word, dtype=np.int64) for word in (*counter, *key)]
    assert [word.tolist() for word in philox(*arrays)] == [[word] * 3 for word in words]


@pytest.mark.parametrize("words", [(0, 0), (ONES, ONES), (0, ONES), (ONES, 0)])
def test_a_draw_lies_strictly_between_zero_and_one_whatever_the_bits(monkeypatch, words):
    monkeypatch.setattr(random_numbers, "philox", lambda *_: words)
    assert 0.0 < uniform(seed=3, member=5, moment=7, channel=11, stream=QUARTERLY) < 1.0


def names_of_draws(count):
    """Seeds, members, quarters, channels and streams, their extremes first."""
    draw = np.random.default_rng(20260101)
    names = np.column_stack(
        [
            draw.integers(0, LARGEST_SEED, count),
            draw.integers(0, 2**32, count),
            draw.integers(0, 72, count),
            draw.integers(0, 2**32, count),
            draw.integers(0, 3, count),
        ]
    )
    names[0] = (0, 0, 0, 0, 0)
    names[1] = (LARGEST_SEED, ONES, 71, ONES, 2)
    return names


def test_a_draw_is_the_same_in_plain_python_and_in_arrays():
    names = names_of_draws(20_000)
    plain = np.array([uniform(*name) for name in names[:5_000].tolist()])
    arrays = uniform(*names.T)
    assert plain.tobytes() == arrays[:5_000].tobytes()
    assert (arrays > 0.0).all() and (arrays < 1.0).all()


@pytest.mark.parametrize("seed", [0, 1, ONES, ONES + 1, LARGEST_SEED])
def test_a_compiled_draw_is_the_same_as_in_plain_python(seed):
    """A uniform number between 0 and 1 is its draw itself."""
    _, member, _, channels, _ = names_of_draws(PARAM_ROWS).T
    rows = range(PARAM_ROWS)
    table = encoded(load_parameters(), Script(()), 0)
    kinds, numbers = np.full(PARAM_ROWS, UNIFORM), np.tile((0.0, 1.0, 0.0, 1.0), (PARAM_ROWS, 1))
    given = engine.Given(engine.NO_ROWS, np.empty((0, LANES)))
    table |= {"kinds": kinds, "numbers": numbers, "channels": channels}
    block = engine.Block(library(), table, given, engine.NO_ROWS, seed, seed, 0)
    block.run(member, given, slice(0, LANES))
    plain = [
        [uniform(seed, who, 0, channels.tolist()[row], PARAMETER) for who in member[:LANES].tolist()] for row in rows
    ]
    assert block.arrays["params"].tobytes() == np.array(plain).tobytes()


@pytest.mark.parametrize("place", range(5), ids=["seed", "member", "moment", "channel", "stream"])
def test_every_part_of_a_name_names_another_draw(place):
    name = [1, 2, 3, 4, 0]
    other = name.copy()
    other[place] += 1
    assert uniform(*name) != uniform(*other)


def test_seeds_that_differ_beyond_32_bits_differ():
    assert uniform(1, 0, 0, 0, 0) != uniform(1 + 2**32, 0, 0, 0, 0)


def test_channels_of_all_parameters_are_different():
    keys = load_parameters().keys
    assert len({channel_of(key) for key in keys}) == len(keys)


def test_quarterly_channels_leave_room_for_every_actor():
    kinds = sorted(
        [
            *(
                random_numbers.BUDGET,
                random_numbers.GROWTH,
                random_numbers.REQUEST,
                random_numbers.REQUEST_CHOICE,
                random_numbers.REQUEST_CONSENT,
            ),
            *(
                random_numbers.REQUEST_SIZE,
                random_numbers.REQUEST_LEAD,
                random_numbers.COMMON,
            ),
            *(random_numbers.TENSION, random_numbers.INCIDENT, random_numbers.SEVERITY, random_numbers.MEDIATION),
        ]
    )
    assert len(set(kinds)) == 12
    assert all(second - first >= 64 for first, second in pairwise(kinds))


# ---- uniform and independent -------------------------------------------------------------------------------------------


def lots(**over):
    """Draws of one channel over members, as the engines make them."""
    name = {
        "seed": 12,
        "member": np.arange(LOTS),
        "moment": 40,
        "channel": random_numbers.BUDGET,
        "stream": QUARTERLY,
        **over,
    }
    shape = np.zeros(LOTS, dtype=np.int64)
    return uniform(**{part: shape + value for part, value in name.items()})


SAMPLES = {
    "members": {},
    "quarters": {"member": 0, "moment": np.arange(LOTS)},
    "channels": {"member": 0, "channel": np.arange(LOTS)},
    "seeds": {"member": 0, "seed": np.arange(LOTS)},
    "parameters of members": {"moment": 0, "channel": channel_of("reaction.SRB"), "stream": PARAMETER},
    "events of members": {"moment": 0, "channel": channel_of("skydagger-order.n"), "stream": EVENT},
}


@pytest.mark.parametrize("which", SAMPLES)
def test_draws_are_uniform(which):
    """Kolmogorov and Smirnov's distance; a fair generator exceeds this bound once in a hundred thousand samples."""
    ordered = np.sort(lots(**SAMPLES[which]))
    steps = np.arange(LOTS + 1) / LOTS
    distance = max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max())
    assert distance < math.sqrt(-0.5 * math.log(1e-5 / 2) / LOTS)


NEIGHBOURS = {
    "members": {"member": np.arange(1, LOTS + 1)},
    "quarters": {"moment": 41},
    "channels": {"channel": random_numbers.BUDGET + 1},
    "kinds of draw": {"channel": random_numbers.GROWTH},
    "streams": {"stream": PARAMETER},
    "seeds": {"seed": 13},
}


@pytest.mark.parametrize("which", NEIGHBOURS)
def test_neighbouring_draws_are_not_correlated(which):
    correlation = np.corrcoef(lots(), lots(**NEIGHBOURS[which]))[0, 1]
    assert abs(correlation) < FIVE_SIGMA / math.sqrt(LOTS)


@pytest.mark.parametrize("which", NEIGHBOURS)
def test_extremes_of_neighbouring_draws_meet_as_often_as_independence_says(which):
    together = ((lots() < 0.1) & (lots(**NEIGHBOURS[which]) < 0.1)).sum()
    expected = 0.01 * LOTS
    assert abs(together - expected) < FIVE_SIGMA * math.sqrt(expected)


# ---- distributions -----------------------------------------------------------------------------------------------------

STANDARD = NormalDist()
# Quantiles written down from the definitions, not by the code under test.
QUANTILES = {
    "fixed": lambda d, _: d.centre,
    "lognormal": lambda d, u: d.centre * math.exp(d.spread * STANDARD.inv_cdf(u)),
    "normal": lambda d, u: d.centre + d.spread * STANDARD.inv_cdf(u),
    "half_normal": lambda d, u: d.centre / STANDARD.inv_cdf(0.75) * STANDARD.inv_cdf(0.5 + u / 2),
    "uniform": lambda d, u: d.centre + u * d.spread,
    "one_plus_lognormal": lambda d, u: 1.0 + (d.centre - 1.0) * math.exp(d.spread * STANDARD.inv_cdf(u)),
}
WRITTEN = {
    "fixed": 2.5,
    "lognormal": {"lognormal": [4000, 0.5]},
    "normal": {"normal": [1.5, 0.7]},
    "half_normal": {"half_normal": 0.4},
    "uniform": {"uniform": [6, 18]},
    "one_plus_lognormal": {"one_plus_lognormal": [5, 0.6]},
}


def drawn(one, u):
    kind = CODES[one.kind]
    return drawn_value(kind=kind, centre=one.centre, spread=one.spread, low=one.low, high=one.high, u=u)


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("u", [1e-9, 0.05, 0.25, 0.5, 0.8, 0.95, 1 - 1e-9])
def test_a_share_is_turned_into_the_quantile_of_its_distribution(kind, u):
    one = distribution(WRITTEN[kind], LegalRange())
    assert drawn(one, u) == pytest.approx(QUANTILES[kind](one, u), rel=1e-9)


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if kind != "fixed"])
def test_draws_rise_with_their_share_and_stay_in_their_legal_range(kind):
    free = distribution(WRITTEN[kind], LegalRange())
    middle = drawn(free, 0.5)
    one = Distribution(free.kind, free.centre, free.spread, 0.9 * middle, 1.3 * middle)
    values = [drawn(one, u) for u in np.linspace(1e-6, 1 - 1e-6, 501).tolist()]
    assert values == sorted(values)
    assert values[0] == pytest.approx(0.9 * middle) and values[-1] == pytest.approx(1.3 * middle)


MEMBERS = 6_000


@pytest.fixture(scope="module")
def ensemble():
    """Parameters of many members, one row per number."""
    return drawn_parameters(load_parameters(), members=np.arange(MEMBERS), seed=11)


def test_the_project_draws_from_every_kind_of_distribution():
    kinds = {one.kind for one in load_parameters().distributions}
    assert kinds == set(QUANTILES)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_members_spread_as_their_priors_declare(ensemble, level):
    """As many members lie below a declared quantile as chance allows: within five binomial standard errors."""
    table = load_parameters()
    error = FIVE_SIGMA * math.sqrt(level * (1.0 - level) / MEMBERS)
    checked = set()
    for key, one, values in zip(table.keys, table.distributions, ensemble, strict=True):
        declared = QUANTILES[one.kind](one, level)
        if one.kind != "fixed" and one.low < declared < one.high:
            checked.add(one.kind)
            assert abs((values < declared).mean() - level) < error, key
    assert checked == set(QUANTILES) - {"fixed"}


def test_members_stay_in_the_legal_range_and_share_what_is_fixed(ensemble):
    table = load_parameters()
    for key, one, values in zip(table.keys, table.distributions, ensemble, strict=True):
        assert one.low <= values.min() and values.max() <= one.high, key
        assert one.kind != "fixed" or (values == one.centre).all(), key


def test_parameters_are_drawn_independently_of_each_other(ensemble):
    free = ensemble[[one.kind != "fixed" for one in load_parameters().distributions]]
    ranks = free.argsort(axis=1).argsort(axis=1).astype(float)
    correlation = np.corrcoef(ranks)
    np.fill_diagonal(correlation, 0.0)
    pairs = len(free) * (len(free) - 1) / 2
    assert pairs > 1000
    assert np.abs(correlation).max() < 6.0 / math.sqrt(MEMBERS)  # one pair in half a billion


@pytest.mark.parametrize("seed", [0, 1, 2**32, LARGEST_SEED])
def test_both_engines_draw_the_same_parameters_bit_for_bit(seed):
    table = load_parameters()
    members = [0, 1, 31, 32, 999, 999_999]
    plain = [member_parameters(table.distributions, table.keys, seed, member) for member in members]
    assert drawn_parameters(table, members=members, seed=seed).T.tobytes() == np.array(plain).tobytes()


def test_a_member_draws_the_same_parameters_alone_and_in_company():
    table = load_parameters()
    alone = drawn_parameters(table, members=[37], seed=4)
    company = drawn_parameters(table, members=range(70), seed=4)
    assert alone[:, 0].tobytes() == company[:, 37].tobytes()


def test_an_override_leaves_every_other_draw_as_it_was():
    table = load_parameters()
    before = drawn_parameters(table, members=range(8), seed=4)
    after = drawn_parameters(table.with_overrides({"reaction.SRB": 0.9}), members=range(8), seed=4)
    changed = [key for key, old, new in zip(table.keys, before, after, strict=True) if not np.array_equal(old, new)]
    assert changed == ["reaction.SRB"]
