"""Runs with a fit: which draw a member takes, what wins over the fit, and fits that are refused."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim.engines.agents.model as agents
import sim.engines.compiled.engine as ensemble
from sim.engines.simulate import prepared_scenario
from sim.ensembles.draws import FitDraws, Particles, fitted_values, parameters_of_member
from sim.ensembles.registry import PRIOR, fit_folder, fit_names, fitted, load_fit, newcomers, read_manifest
from sim.io.errors import InputError
from sim.model.distributions import Distribution
from sim.model.parameters import load_parameters
from sim.model.schedule import script_of
from sim.model.theories import theory
from sim.runs.run import run
from sim.scenario.loading import load_scenario
from sim.scenario.overrides import apply_settings

TABLE = load_parameters()
COUNT = 7


def made_up(count=COUNT, keys=TABLE.uncertain, name="made-up"):
    """Draws of which each column is told by its number: legal values drawn from the prior, with a seed of their own."""
    rows = [TABLE.rows_of(key)[0] for key in keys if key in TABLE.keys]
    values = ensemble.drawn_parameters(TABLE, members=range(count), seed=20)[rows]
    return FitDraws(name, tuple(key for key in keys if key in TABLE.keys), values)


DRAWS = made_up()


def place_of(columns, draws=DRAWS):
    """Number of the draw that each column is."""
    return [int(np.flatnonzero((draws.values == column[:, None]).all(axis=0))[0]) for column in columns.T]


# ---- which draw a member takes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_the_first_members_take_each_draw_exactly_once(seed):
    assert sorted(place_of(DRAWS.of_members(seed, range(COUNT)))) == list(range(COUNT))


def test_once_all_are_taken_they_are_taken_again_in_another_order():
    rounds = [place_of(DRAWS.of_members(4, range(COUNT * n, COUNT * (n + 1)))) for n in range(6)]
    assert all(sorted(order) == list(range(COUNT)) for order in rounds)
    assert len({tuple(order) for order in rounds}) > 3


def test_a_member_takes_the_same_draw_alone_in_company_and_in_any_order():
    company = DRAWS.of_members(4, range(40))
    for member in (0, 6, 7, 39):
        assert DRAWS.of_members(4, [member])[:, 0].tolist() == company[:, member].tolist()
    turned = [33, 2, 15, 2]
    assert DRAWS.of_members(4, turned).tolist() == company[:, turned].tolist()


def test_another_seed_shuffles_otherwise():
    many = made_up(60)
    assert place_of(many.of_members(1, range(60)), many) != place_of(many.of_members(2, range(60)), many)
    assert place_of(many.of_members(1, range(60)), many) != list(range(60))


def test_every_draw_is_as_likely_as_any_other_for_a_given_member():
    """Over 1,400 seeds, member 3 takes each of seven draws 200 times, give or take five standard deviations of 13."""
    taken = [place_of(DRAWS.of_members(seed, [3]))[0] for seed in range(1_400)]
    assert np.abs(np.bincount(taken, minlength=COUNT) - 200).max() < 5 * 13.1


def test_particles_go_to_their_own_members_and_to_nobody_else():
    particles = Particles("particles", DRAWS.keys, DRAWS.values)
    assert particles.of_members(3, range(COUNT)).tolist() == DRAWS.values.tolist()
    with pytest.raises(ValueError, match="3 members asked for 7 particles"):
        particles.of_members(3, range(3))


def test_the_digest_is_that_of_keys_and_values():
    assert made_up().digest == DRAWS.digest
    assert made_up(name="another name").digest == DRAWS.digest
    changed = DRAWS.values.copy()
    changed[3, 2] = np.nextafter(changed[3, 2], 9.0)
    assert FitDraws("made-up", DRAWS.keys, changed).digest != DRAWS.digest
    assert FitDraws("made-up", DRAWS.keys[::-1], DRAWS.values).digest != DRAWS.digest


# ---- the table ---------------------------------------------------------------------------------------------------------

FITTED = TABLE.with_draws(DRAWS)


def value_of(table, key, members=range(COUNT), seed=1):
    return ensemble.drawn_parameters(table, members=members, seed=seed)[table.rows_of(key)[0]]


def test_every_uncertain_number_comes_from_the_fit_and_every_fixed_one_stays():
    assert FITTED.uncertain == ()
    assert [FITTED.keys[row] for row in FITTED.fitted] == list(TABLE.uncertain)
    drawn = ensemble.drawn_parameters(FITTED, members=range(COUNT), seed=5)
    taken = DRAWS.of_members(5, range(COUNT))
    assert drawn[list(FITTED.fitted)].tolist() == taken.tolist()
    fixed = [row for row in range(TABLE.size) if row not in FITTED.fitted]
    assert fixed
    assert all((drawn[row] == TABLE.distributions[row].centre).all() for row in fixed)


def test_draws_of_one_member_belong_together():
    """A member takes whole columns, not each number from another draw."""
    drawn = ensemble.drawn_parameters(FITTED, members=range(COUNT), seed=5)[list(FITTED.fitted)]
    assert sorted(place_of(drawn)) == list(range(COUNT))


def test_keys_of_a_fit_are_found_by_name_and_not_by_place():
    turned = FitDraws("turned", DRAWS.keys[::-1], DRAWS.values[::-1])
    one, other = (ensemble.drawn_parameters(TABLE.with_draws(d), members=range(9), seed=2) for d in (DRAWS, turned))
    assert one.tobytes() == other.tobytes()


def test_a_number_that_the_model_does_not_have_is_left_alone():
    more = FitDraws("more", (*DRAWS.keys, "background_spread"), np.vstack([DRAWS.values, np.full(COUNT, 0.7)]))
    found = ensemble.drawn_parameters(TABLE.with_draws(more), members=range(9), seed=2)
    assert found.tobytes() == ensemble.drawn_parameters(FITTED, members=range(9), seed=2).tobytes()


def test_an_override_wins_over_the_fit_and_moves_nothing_else():
    table = FITTED.with_overrides({"reaction.SRB": 0.123})
    assert set(value_of(table, "reaction.SRB")) == {0.123}
    before, after = (ensemble.drawn_parameters(one, members=range(COUNT), seed=1) for one in (FITTED, table))
    changed = [key for key, old, new in zip(TABLE.keys, before, after, strict=True) if old.tolist() != new.tolist()]
    assert changed == ["reaction.SRB"]


def test_a_distribution_set_over_the_fit_is_drawn_as_it_would_be_without():
    prior = {"uav_price": {"uniform": [20, 21]}}
    table = FITTED.with_overrides(prior)
    assert value_of(table, "uav_price").tolist() == value_of(TABLE.with_overrides(prior), "uav_price").tolist()
    assert table.uncertain == ("uav_price",)


def test_a_fit_that_lacks_a_number_is_refused():
    fewer = FitDraws("fewer", DRAWS.keys[1:], DRAWS.values[1:])
    with pytest.raises(ValueError, match=f"fewer does not know {DRAWS.keys[0]}"):
        TABLE.with_draws(fewer)


def of_keys(name, keys):
    """The draws of some keys."""
    return FitDraws(name, tuple(keys), DRAWS.values[[DRAWS.keys.index(key) for key in keys]])


OLDER = of_keys("older", [key for key in DRAWS.keys if "SVN" not in key])


def test_numbers_of_a_state_that_a_fit_does_not_know_are_drawn_from_their_priors():
    table = TABLE.with_draws(OLDER)
    assert TABLE.newcomers(OLDER.keys) == ("SVN",)
    assert [key for key in TABLE.uncertain if key not in OLDER.keys] == list(table.uncertain)
    assert list(table.uncertain) == ["burden_goal.SVN"]
    assert value_of(table, "burden_goal.SVN").tolist() == value_of(TABLE, "burden_goal.SVN").tolist()
    assert value_of(table, "adjustment.SRB").tolist() == value_of(FITTED, "adjustment.SRB").tolist()


def test_fit_that_knows_a_state_but_lacks_one_of_its_numbers_is_refused():
    lacking = of_keys("lacking", [key for key in DRAWS.keys if key != "reaction.GRC"])
    assert "burden_goal.GRC" in lacking.keys
    with pytest.raises(ValueError, match=r"lacking does not know reaction\.GRC"):
        TABLE.with_draws(lacking)


def test_the_digest_of_the_table_tells_prior_fits_and_overrides_apart():
    other = made_up(COUNT + 1)
    tables = [TABLE, FITTED, TABLE.with_draws(other), FITTED.with_overrides({"reaction.SRB": 0.4})]
    assert len({table.digest for table in tables}) == 4
    assert TABLE.with_draws(made_up()).digest == FITTED.digest


def test_a_table_without_a_fit_takes_nothing_from_one():
    assert TABLE.fitted == ()
    assert fitted_values(TABLE, 1, range(4)).shape == (0, 4)


# ---- both engines ------------------------------------------------------------------------------------------------------

SCRIPT = script_of(load_scenario("skydagger-delivery").events)


def test_one_members_parameters_are_those_of_the_compiled_engine_bit_for_bit():
    table = FITTED.with_overrides({"reaction.XKX": {"uniform": [0.2, 0.9]}})
    drawn = ensemble.drawn_parameters(table, members=[0, 6, 7, 50], seed=3)
    for column, member in enumerate([0, 6, 7, 50]):
        assert np.array(parameters_of_member(table, 3, member)).tobytes() == drawn[:, column].tobytes()


@pytest.mark.parametrize("chance_seed", [None, 77])
def test_both_engines_agree_bit_for_bit_with_a_fit(chance_seed):
    options = {"members": [0, 8], "seed": 3, "quarters": 36, "chance_seed": chance_seed}
    compiled, by_agents = (one.simulate(FITTED, SCRIPT, **options) for one in (ensemble, agents))
    assert compiled.tobytes() == by_agents.tobytes()
    from_prior = ensemble.simulate(TABLE, SCRIPT, **options)
    assert not np.array_equal(compiled, from_prior)


def test_another_course_of_chance_keeps_each_members_draw():
    """History is the record's, so until 2025 nothing but the lead times of orders may differ; later chance does."""
    quarters, until = 40, 16  # before the first order of the record
    one, other = (
        ensemble.simulate(FITTED, SCRIPT, members=range(9), seed=3, quarters=quarters, chance_seed=seed)
        for seed in (3, 4)
    )
    same_seed = ensemble.simulate(FITTED, SCRIPT, members=range(9), seed=3, quarters=quarters)
    assert one.tobytes() == same_seed.tobytes()
    assert one[:, :until].tobytes() == other[:, :until].tobytes()
    assert not np.array_equal(one[:, -1], other[:, -1])


def test_a_member_with_a_fit_is_the_same_alone_in_company_and_on_any_number_of_threads():
    company = ensemble.simulate(FITTED, SCRIPT, members=range(70), seed=3, quarters=34, threads=2)
    again = ensemble.simulate(FITTED, SCRIPT, members=range(70), seed=3, quarters=34, threads=1)
    alone = ensemble.simulate(FITTED, SCRIPT, members=[66], seed=3, quarters=34)
    assert company.tobytes() == again.tobytes()
    assert alone[:, :, 0].tobytes() == company[:, :, 66].tobytes()


# ---- folders -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A fit's folder, as far as runs read it."""
    folder = tmp_path_factory.mktemp("fits") / "mine"
    folder.mkdir()
    columns = {key: pa.array(row.astype(np.float32)) for key, row in zip(DRAWS.keys, DRAWS.values, strict=True)}
    pq.write_table(pa.table(columns), folder / "draws.parquet")
    manifest = {"format_version": 1, "id": "mine", "parameters_sha256": TABLE.digest}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


SMALL = {"members": 4, "until": "2019Q4", "pictures": "none", "split": False}


def test_a_fit_is_loaded_with_its_draws_in_single_precision(whole):
    draws = load_fit(str(whole))
    assert (draws.id, draws.keys, draws.count) == ("mine", DRAWS.keys, COUNT)
    assert draws.values.tolist() == DRAWS.values.astype(np.float32).astype(np.float64).tolist()


def test_a_fit_from_before_a_state_came_is_read_and_one_of_other_priors_is_not(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "older")
    kept = changed_draws(lambda table: table.select(list(OLDER.keys)))
    kept(tmp_path / "older")
    with pytest.raises(InputError, match="made for other priors"):
        load_fit(str(tmp_path / "older"))
    changed_manifest(parameters_sha256=TABLE.without(["SVN"]).digest)(tmp_path / "older")
    assert load_fit(str(tmp_path / "older")).keys == OLDER.keys
    assert newcomers(str(tmp_path / "older")) == ("SVN",)
    assert newcomers(PRIOR) == newcomers("documents-2025") == ()


@pytest.mark.parametrize(
    ("prior", "is_read"),
    [
        (Distribution("fixed", 0.0), True),
        (Distribution("normal", 0.0, 0.1), True),
        (Distribution("fixed", 1.0), False),
        (Distribution("uniform", 0.0, 1.0), False),
    ],
)
def test_a_fit_from_before_a_mechanism_that_is_zero_by_default_is_read(monkeypatch, prior, is_read):
    added = replace(TABLE.parameters[0], name="novelty", index=(), suffixes=("",), priors=(prior,), cited={})
    table = replace(TABLE, parameters=(*TABLE.parameters, added))
    monkeypatch.setattr("sim.model.parameters.load_parameters", lambda: table)
    if is_read:
        fitted = table.with_draws(load_fit("documents-2025"))
        assert set(fitted.uncertain) <= {"novelty"}
    else:
        with pytest.raises(InputError, match="made for other priors"):
            load_fit("documents-2025")


def test_a_run_with_a_fit_takes_its_draws(whole):
    of_fit, of_prior = (
        run("skydagger-delivery", ensemble=fit, **SMALL).contrast("spending", "SRB").scenario.median.tolist()
        for fit in (str(whole), PRIOR)
    )
    assert of_fit != of_prior


def test_both_worlds_of_a_run_take_the_same_draws(whole):
    scenario = load_scenario("skydagger-delivery")
    worlds = [prepared_scenario(one, fit=str(whole)) for one in (scenario, load_scenario(scenario.compare_to))]
    one, other = (ensemble.drawn_parameters(world.parameters, members=range(9), seed=6) for world in worlds)
    assert one.tobytes() == other.tobytes()


def test_theories_and_settings_win_over_the_fit(whole):
    spiral = prepared_scenario(load_scenario("skydagger-delivery"), "spiral", str(whole)).parameters
    assert theory("spiral").parameters["deterrence"] == 0.0
    assert set(value_of(spiral, "deterrence")) == {0.0}
    changed = apply_settings(load_scenario("skydagger-delivery"), ["deterrence=0.3", "uav_price=18"])
    table = prepared_scenario(changed, "spiral", str(whole)).parameters
    assert set(value_of(table, "deterrence")) == {0.3} and set(value_of(table, "uav_price")) == {18.0}
    untouched = prepared_scenario(load_scenario("skydagger-delivery"), None, str(whole)).parameters
    assert value_of(table, "uav_attrition").tolist() == value_of(untouched, "uav_attrition").tolist()
    assert len(set(value_of(untouched, "deterrence"))) == COUNT


def test_the_prior_is_the_table_as_it_is():
    assert fitted(TABLE, PRIOR) is TABLE
    assert PRIOR in fit_names()


def changed_manifest(**over):
    def change(folder):
        file = folder / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **over}), encoding="utf-8")

    return change


def changed_draws(change):
    def rewrite(folder):
        table = pq.read_table(folder / "draws.parquet")
        pq.write_table(change(table), folder / "draws.parquet")

    return rewrite


def with_first(values):
    return lambda table: table.set_column(0, table.column_names[0], pa.array(values))


DAMAGED = {
    "made for other priors": (changed_manifest(parameters_sha256="0" * 64), "made for other priors .*--ensemble prior"),
    "of a later format": (changed_manifest(format_version=2), "format 2, and this version of armsrace reads format 1"),
    "without a name": (changed_manifest(id=None), "not the manifest of a fit"),
    "a list for a manifest": (lambda f: (f / "manifest.json").write_text("[]"), "not the manifest of a fit"),
    "a manifest cut off": (lambda f: (f / "manifest.json").write_text('{"id": "mi'), "not the manifest of a fit"),
    "a manifest of odd bytes": (lambda f: (f / "manifest.json").write_bytes(b'{"id": "\xff"}'), "not the manifest"),
    "no draws": (lambda f: (f / "draws.parquet").unlink(), "draws.parquet"),
    "draws cut off": (
        lambda f: (f / "draws.parquet").write_bytes((f / "draws.parquet").read_bytes()[:500]),
        "no Parquet file that is whole",
    ),
    "draws of words": (lambda f: (f / "draws.parquet").write_text("draws"), "no Parquet file that is whole"),
    "a draw that is no number": (changed_draws(with_first([float("nan")] * COUNT)), "not finite"),
    "a draw that is infinite": (changed_draws(with_first([1.0] * 6 + [float("inf")])), "not finite"),
    "a draw left blank": (changed_draws(with_first(pa.array([None] * COUNT, pa.float32()))), "not finite"),
    "no rows": (changed_draws(lambda table: table.slice(0, 0)), "holds no draws"),
}


@pytest.mark.parametrize("which", DAMAGED)
def test_a_fit_that_does_not_fit_or_is_damaged_is_refused_in_plain_words(whole, tmp_path, which):
    damage, words = DAMAGED[which]
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    damage(folder)
    with pytest.raises(InputError, match=words) as caught:
        run("skydagger-delivery", ensemble=str(folder), out=tmp_path / "run", **SMALL)
    assert "damaged" in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_an_unknown_fit_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(InputError, match=r'"prio" is not one of .* did you mean "prior"'):
        load_fit("prio")
    with pytest.raises(InputError, match="nor a folder of a fit"):
        load_fit(str(tmp_path))
    for name in fit_names():
        if name != PRIOR:
            with pytest.raises(InputError, match=f'did you mean "{name}"'):
                fit_folder(name[:-1])


@pytest.mark.parametrize("name", [name for name in fit_names() if name != PRIOR])
def test_a_fit_that_ships_is_one_for_these_priors_with_legal_draws(name):
    draws, manifest = load_fit(name), read_manifest(fit_folder(name))
    assert draws.id == manifest["id"] == name
    assert draws.count == manifest["draws"]
    table = TABLE.with_draws(draws)
    for row, values in zip(
        table.fitted, draws.values[[draws.keys.index(TABLE.keys[row]) for row in table.fitted]], strict=True
    ):
        prior = TABLE.distributions[row]
        assert prior.low <= values.min() and values.max() <= prior.high, TABLE.keys[row]
        assert values.std() > 0.0
