"""Fitting the ensemble: what a small calibration leaves behind, what it learns, and that stopping it changes nothing."""

import hashlib
import json
import os
import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import chi2

from sim.calibration import likelihood, smc, stages
from sim.calibration import run as fit_run
from sim.calibration.findings import Findings, single, word
from sim.calibration.likelihood import observed
from sim.calibration.moments import load_moments
from sim.calibration.run import calibrated, check_fit_folder
from sim.calibration.stages import Effort, calibration, course_of, identity_of
from sim.ensembles.folder import read_fit
from sim.ensembles.registry import load_fit
from sim.ensembles.tables import BINS
from sim.io.errors import InputError
from sim.model.parameters import load_parameters
from sim.runs.run import run

SMALL = Effort(members=1_000, groups=2, particles=40, sets=0)
TIMED = ("manifest.json", "report.html")  # they tell when, how long and by which command
EVERYTHING = {"draws.parquet", "parameters.csv", "moments.csv", "diagnostics.json", "manifest.json", "report.html"}
SEED = 3


def bytes_of(folder):
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.name not in TIMED
    }


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def lasting(manifest):
    return {name: value for name, value in manifest.items() if name not in ("seconds", "written", "command")}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Little work, and a page that is drawn only where a test looks at it."""
    monkeypatch.setattr(fit_run, "QUICK", SMALL)
    monkeypatch.setattr(fit_run, "write_report", lambda _, target: target.write_text("page", encoding="utf-8"))


fit = partial(calibrated, name="small", seed=SEED, is_quick=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A small calibration with its page."""
    folder = tmp_path_factory.mktemp("calibrated") / "fits" / "small"
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_run, "QUICK", SMALL)
        patch.setattr(os, "cpu_count", lambda: 3)
        lines = fit(folder, command=["armsrace", "calibrate", "--quick"], progress=lambda *step: told.append(step))
    return folder, lines, told


# ---- what it leaves behind ---------------------------------------------------------------------------------------------


def test_a_quick_calibration_leaves_all_files_and_nothing_else(finished):
    folder, _, _ = finished
    assert {file.name for file in folder.iterdir()} == EVERYTHING
    assert [path.name for path in folder.parent.iterdir()] == ["small"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>") and "uav_price" in page


def test_the_manifest_tells_what_was_done(finished):
    folder, _, _ = finished
    found = manifest_of(folder)
    assert (found["id"], found["seed"], found["draws"], found["prior_members"]) == ("small", SEED, 80, 1_000)
    assert found["is_quick"] is True
    assert found["command"] == ["armsrace", "calibrate", "--quick"]
    assert found["parameters_sha256"] == load_parameters().digest
    assert found["moments_sha256"] == load_moments().digest
    assert 0.0 < found["seconds"] < 600.0
    assert 1.0 < found["ess"] <= 80.0 and 1.0 <= found["ess_prior"] < 80.0
    assert found["identity"]["seed"] == SEED and found["identity"]["effort"][:4] == [1_000, 2, 40, 0]


def test_the_fit_can_be_read_checked_and_run(finished):
    folder, _, _ = finished
    whole = read_fit(folder)
    assert len(next(iter(whole.draws.values()))) == 80
    assert whole.forecasts is whole.ranks is whole.left_out is None
    draws = load_fit(str(folder))
    assert set(load_parameters().uncertain) < set(draws.keys)
    result = run("skydagger-delivery", ensemble=str(folder), members=4, until="2019Q4", pictures="none", split=False)
    assert result.fit == str(folder)


def test_draws_are_written_in_single_precision_within_their_legal_ranges(finished):
    folder, _, _ = finished
    table = pq.read_table(folder / "draws.parquet")
    declared = dict(zip(load_parameters().keys, load_parameters().distributions, strict=True))
    for key in load_parameters().uncertain:
        column = table.column(key).to_numpy()
        assert column.dtype == np.float32
        assert declared[key].low <= column.min() and column.max() <= declared[key].high, key


def test_what_is_said_at_the_end_counts_the_words_of_the_table(finished):
    folder, lines, _ = finished
    words = [one.word for one in read_fit(folder).parameters]
    text = "\n".join(lines)
    assert f"pin {words.count('pinned')}, bound {words.count('bounded')}, and leave {words.count('assumed')}" in text
    assert f"--ensemble {folder}" in text
    assert "quick fit for teaching" in text


def test_progress_ends_where_every_stage_is_done(finished):
    _, _, told = finished
    last = {stage: (done, out_of) for stage, done, out_of in told}
    assert last["simulating the prior ensemble"] == (1_000, 1_000)
    assert last["fitting"] == (2, 2)
    assert all(done == out_of for done, out_of in last.values())


# ---- stopping, repeating, replacing ------------------------------------------------------------------------------------


def stopping_after(groups, real=smc.walked):
    """A walk that the user interrupts once so many are finished."""
    walks = []

    def walked(*arguments, **options):
        if len(walks) == groups:
            raise KeyboardInterrupt
        walks.append(1)
        return real(*arguments, **options)

    return walked


def test_a_calibration_that_is_stopped_goes_on_and_ends_with_the_same_bytes(finished, tmp_path, monkeypatch):
    folder, _, _ = finished
    with monkeypatch.context() as patch:
        patch.setattr(smc, "walked", stopping_after(1))
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "small")
    assert not (tmp_path / "small").exists()
    (kept,) = tmp_path.iterdir()
    assert {file.name for file in kept.glob("*.npz")} == {"fit-0.npz"}
    walks = []
    real = smc.walked
    monkeypatch.setattr(smc, "walked", lambda *a, **o: walks.append(1) or real(*a, **o))
    fit(tmp_path / "small")
    assert len(walks) == 2  # the second group and the recovery of the prior; the first is not walked again
    assert bytes_of(tmp_path / "small") == bytes_of(folder)
    assert lasting(manifest_of(tmp_path / "small")) == lasting(manifest_of(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_another_seed_does_not_go_on_where_this_one_stopped(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(smc, "walked", stopping_after(1))
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "small")
    (kept,) = tmp_path.iterdir()
    before = {file.name: file.read_bytes() for file in kept.iterdir() if file.is_file()}
    with pytest.raises(InputError, match="holds the stages of another calibration"):
        fit(tmp_path / "small", seed=SEED + 1)
    assert {file.name: file.read_bytes() for file in kept.iterdir() if file.is_file()} == before
    assert not (tmp_path / "small").exists()


def test_one_thread_gives_the_same_bytes_as_three(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    fit(tmp_path / "small")
    assert bytes_of(tmp_path / "small") == bytes_of(finished[0])


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("two years of work", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty and holds no fit"):
        fit(folder)
    assert [file.name for file in folder.iterdir()] == ["thesis.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_calibration_that_fails_leaves_the_fit_that_stood_there(finished, tmp_path, monkeypatch):
    folder = shutil.copytree(finished[0], tmp_path / "small")
    before = bytes_of(folder)

    def broken(*_):
        raise OSError("no room")

    monkeypatch.setattr(fit_run, "write_fit", lambda _, draft, *__: shutil.copytree(folder, draft, dirs_exist_ok=True))
    monkeypatch.setattr(fit_run, "write_report", broken)
    with pytest.raises(OSError, match="no room"):
        fit(folder)
    assert bytes_of(folder) == before


def test_another_fit_is_replaced_only_when_told_and_notes_never(finished, tmp_path):
    folder = shutil.copytree(finished[0], tmp_path / "small")
    same = manifest_of(folder)["identity"]
    check_fit_folder(folder, same, overwrite=False)
    with pytest.raises(InputError, match="holds another fit"):
        check_fit_folder(folder, {**same, "effort": [1]}, overwrite=False)
    check_fit_folder(folder, {**same, "effort": [1]}, overwrite=True)
    for stranger in ("notes.txt", "sbc.csv"):
        (folder / stranger).mkdir() if stranger == "sbc.csv" else (folder / stranger).write_text("mine")
        with pytest.raises(InputError, match=f'holds a fit and also "{stranger}"'):
            check_fit_folder(folder, same, overwrite=True)
        shutil.rmtree(folder / stranger) if stranger == "sbc.csv" else (folder / stranger).unlink()


def damaged(content):
    """A file whose list of contents is whole, and one of whose arrays is not."""
    place = content.index(b"\x93NUMPY") + 140
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("change", "is_whole"),
    [(bytes, True), (lambda _: b"", False), (lambda content: content[:200], False), (damaged, False)],
)
def test_a_stage_that_a_full_disk_cut_off_or_that_was_damaged_is_made_again(tmp_path, change, is_whole):
    file = tmp_path / "fit-0.npz"
    np.savez(file, **{name: np.arange(30.0) for name in stages.KEPT_ARRAYS})
    file.write_bytes(change(file.read_bytes()))
    assert stages.is_whole(file) == is_whole
    np.savez(file, scores=np.arange(3))
    assert not stages.is_whole(file)
    assert not stages.is_whole(tmp_path / "none.npz")


def test_two_calibrations_do_not_write_one_folder(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")

    def other(*_):
        fit(tmp_path / "small")

    monkeypatch.setattr(fit_run, "write_fit", other)
    with pytest.raises(InputError, match="another calibration is writing here"):
        fit(tmp_path / "small")


def test_the_folder_of_stages_is_gone_on_with_only_if_it_is_one(tmp_path):
    kept = tmp_path / ".small.unfinished"
    fit_run._check_kept(kept, "0123")
    kept.mkdir()
    (kept / "identity").touch()  # the disk was full
    fit_run._check_kept(kept, "0123")
    (kept / "fit-0.npz").touch()
    with pytest.raises(InputError, match="holds the stages of another calibration"):
        fit_run._check_kept(kept, "0123")
    (kept / "identity").write_text("0123")
    fit_run._check_kept(kept, "0123")
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is no folder"):
        fit_run._check_kept(kept, "0123")


@pytest.mark.parametrize("what", ["seed", "effort", "moments"])
def test_whatever_decides_the_numbers_is_part_of_the_identity(tmp_path, what):
    one = calibration(SMALL, SEED, tmp_path)
    other = {
        "seed": lambda: calibration(SMALL, SEED + 1, tmp_path),
        "effort": lambda: calibration(replace(SMALL, particles=41), SEED, tmp_path),
        "moments": lambda: calibration(SMALL, SEED, tmp_path, replace(load_moments(), digest="0" * 64)),
    }[what]()
    assert identity_of(one) == identity_of(calibration(SMALL, SEED, tmp_path / "elsewhere"))
    assert identity_of(one) != identity_of(other)


# ---- what it learns ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """Four thousand members and one group of 600: enough to see what is learned and what is not."""
    one = calibration(Effort(members=4_000, groups=1, particles=600, sets=0), 11, tmp_path_factory.mktemp("kept"))
    found = Findings(one)
    assert found.groups
    return found


@pytest.fixture(scope="module")
def table(findings):
    return {row["key"]: row for row in findings.parameters()}


@pytest.fixture(scope="module")
def untold(findings):
    """Keys of the parameters that no prediction depends on: turning them round changes nothing."""
    one = findings.calibration
    members = np.arange(32)
    scores = one.scale.prior_scores(5, members)
    before = one.predictor.predict(*one.scale.values(scores), members)
    found = []
    for row, key in enumerate(one.scale.keys):
        turned = scores.copy()
        turned[row] = 0.3 - turned[row]
        if np.array_equal(one.predictor.predict(*one.scale.values(turned), members), before):
            found.append(key)
    return found


def test_what_no_figure_depends_on_keeps_its_prior(findings, table, untold):
    """Chance, requests that are drawn by lot, what has not happened yet, and plans of states apart from the north."""
    apart = {f"burden_goal.{state}" for state in ("TUR", "BGR", "GRC", "MNE", "MKD", "ROU", "SVN")}
    assert set(untold) == apart | {
        "growth_common", "request_threat", "emulation.uav", "emulation.loitering", "emulation.air_defence",
        "accession_dialogue", "hazard_guarantee",
    }  # fmt: skip
    ratios = np.array([table[key]["sd_ratio"] for key in untold])
    shifts = np.array([table[key]["shift"] for key in untold])
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.05)
    assert np.abs(ratios - 1.0).max() < 0.25
    assert np.sqrt((shifts**2).mean()) < 0.1
    assert {table[key]["moments"] for key in untold} == {""}


def test_the_price_of_a_drone_is_pinned_where_the_contract_puts_it(table):
    """Prior 17.83 within a spread; one contract with an error of a tenth: the posterior is narrower than the contract."""
    row = table["uav_price"]
    assert (row["word"], row["moments"].split(";")[0]) == ("pinned", "price-uav")
    assert row["sd_ratio"] < 0.35
    assert 14.0 < row["posterior_q05"] < 17.8 < row["posterior_q95"] < 22.5


def test_a_conjugate_parameter_has_the_posterior_that_hand_and_paper_give(findings, table):
    """The price alone: its prior's precision and the contract's add up on the scale of logarithms."""
    prior = load_parameters().distributions[load_parameters().rows_of("uav_price")[0]]
    assert prior.kind == "lognormal"
    precision = 1.0 / prior.spread**2 + 1.0 / 0.1**2
    centre = (np.log(prior.centre) / prior.spread**2 + np.log(321 / 18) / 0.1**2) / precision
    assert table["uav_price"]["posterior_q50"] == pytest.approx(np.exp(centre), rel=0.02)
    assert table["uav_price"]["sd_ratio"] == pytest.approx(precision**-0.5 / prior.spread, rel=0.12)


def test_priors_of_the_table_are_the_declared_ones(table):
    priors = [table["reaction.XKX"][f"prior_{level}"] for level in ("q05", "q50", "q95")]
    assert priors == pytest.approx([1.7 - 2.5 * 1.6448536, 1.7, 1.7 + 2.5 * 1.6448536], rel=1e-5)
    assert table["lead_time.uav"]["prior_q95"] == pytest.approx(1.5 * np.exp(0.5 * 1.6448536), rel=1e-5)
    assert table["background_spread"]["group"] == "observation"
    assert {row["word"] for row in table.values()} == {"pinned", "bounded", "assumed"}


def test_numbers_that_are_fixed_stand_in_no_table(table):
    assert set(table) == {*load_parameters().uncertain, *load_moments().observation}
    assert not {"reaction.BGR", "fatigue.SRB", "growth_spread.SRB"} & set(table)


def test_elasticities_of_reaction_stay_assumed(table):
    """The figures bound no reaction to threat, and the table must not say that they do; its prior comes from other rivalries."""
    words = {key: row["word"] for key, row in table.items() if key.startswith("reaction.")}
    rivals = {"TUR", "SRB", "XKX", "ALB", "BIH", "HRV", "GRC"}  # states that have one in the model
    assert words == {f"reaction.{state}": "assumed" for state in rivals}


LARGE = 1e9  # an effective size so large that sampling counts for nothing


@pytest.mark.parametrize(
    ("spread", "shift", "size", "expected"),
    [
        (0.499, 0.0, LARGE, "pinned"),
        (0.501, 0.0, LARGE, "bounded"),
        (0.899, 0.0, LARGE, "bounded"),
        (0.901, 0.0, LARGE, "assumed"),
        (1.2, 0.301, LARGE, "bounded"),
        (1.2, -0.301, LARGE, "bounded"),
        (1.2, 0.299, LARGE, "assumed"),
        # of 200 draws, two standard errors are 0.1 of a spread and 0.141 of a mean
        (0.81, 0.0, 200.0, "assumed"),
        (0.79, 0.0, 200.0, "bounded"),
        (1.0, -0.43, 200.0, "assumed"),
        (1.0, -0.45, 200.0, "bounded"),
    ],
)
def test_words_follow_from_spread_and_shift_beyond_sampling_error(spread, shift, size, expected):
    assert word(spread, shift, size) == expected


def test_every_moment_has_its_rows_and_ranks_lie_between_none_and_all(findings):
    rows = findings.moment_rows()
    names = load_moments().moments
    assert len(rows) == sum(6 if one.kind == "lumpy_exports" else 1 for one in names.values())
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["rank"] == "" or 0.0 <= row["rank"] <= 1.0 for row in rows)
    assert all(row["prior_q05"] <= row["prior_q50"] <= row["prior_q95"] for row in rows)
    by_id = {row["id"]: row for row in rows}
    assert by_id["price-uav"]["observed"] == "17.83"
    assert by_id["price-uav"]["inside_90"] == "true"
    spread = [
        by_id["price-uav"][f"{which}_q95"] - by_id["price-uav"][f"{which}_q05"] for which in ("prior", "posterior")
    ]
    assert spread[1] < spread[0]


def test_written_values_are_those_of_the_scores_in_single_precision(findings):
    one = findings.calibration
    scores = np.tile([-9.0, 0.0, 9.0], (len(one.scale.keys), 1))
    values = single(one, scores)
    assert values.dtype == np.float32
    for row, prior in enumerate(one.scale.priors):
        assert prior.low <= float(values[row].min()) and float(values[row].max()) <= prior.high
    assert values[:, 1] == pytest.approx(np.concatenate(one.scale.values(scores))[:, 1], rel=1e-6)


# ---- stages ------------------------------------------------------------------------------------------------------------


def walks_asked_for(monkeypatch):
    """What a calibration asks to be walked, and nothing walked."""
    asked = []

    def note(_, stage, start, data, particles, key, years=None):
        asked.append((stage, start, data, particles, key, years))

    monkeypatch.setattr(stages.Calibration, "walked", note)
    return asked


def test_groups_start_from_different_parts_of_the_prior_ensemble_with_their_own_random_numbers(tmp_path, monkeypatch):
    asked = walks_asked_for(monkeypatch)
    calibration(Effort(members=100, groups=3, particles=7, sets=0), SEED, tmp_path).fitted()
    assert [stage for stage, *_ in asked] == ["fit-0", "fit-1", "fit-2"]
    assert sorted(member for _, start, *_ in asked for member in start.members.tolist()) == list(range(100))
    assert {particles for _, _, _, particles, _, _ in asked} == {7}
    assert len({key for _, _, _, _, key, _ in asked}) == 3


def test_likelihoods_of_the_prior_ensemble_are_the_sum_over_the_moments(findings):
    one = findings.calibration
    part = one.prior.take(np.arange(50))
    parts = [
        likelihood.log_likelihood(moment, part.predictions[one.predictor.rows[name]], observed(moment))
        for name, moment in one.moments.moments.items()
    ]
    assert part.fits == pytest.approx(sum(parts), rel=1e-12)
    assert one.reweighted(slice(0, 50), {}).fits.tolist() == [0.0] * 50
    assert one.prior.take(np.arange(50)).fits.tolist() == part.fits.tolist()  # left as it was


def test_particles_predict_what_their_parameters_say(findings):
    one, group = findings.calibration, findings.groups[0]
    some = group.take(np.arange(0, 600, 37))
    again = one.predictor.predict(*one.scale.values(some.scores), some.members)
    assert again == pytest.approx(some.predictions, rel=1e-9, abs=1e-12)
    fits = likelihood.total(one.moments.moments, one.predictor.rows, some.predictions, one.data)
    assert fits == pytest.approx(some.fits, rel=1e-12)


def test_a_stage_that_is_kept_is_read_and_not_made_again(findings, monkeypatch):
    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr(smc, "walked", never)
    again = Findings(findings.calibration)
    assert again.scores.tobytes() == findings.scores.tobytes()
    assert course_of(findings.calibration.kept, "fit-0").temperatures[-1] == 1.0


def test_without_data_the_fit_gives_back_the_prior(findings):
    recovered = findings.calibration.recovered()
    assert recovered.size == 600
    deviations = np.abs(recovered.scores.std(axis=1) - 1.0)
    assert deviations.max() < 5.0 / np.sqrt(1_200)
    assert findings.recovery()["worst_deviation"] == pytest.approx(deviations.max(), rel=1e-5)


TINY = Effort(members=300, groups=1, particles=20, sets=2, set_members=200, set_particles=20)


def test_what_a_document_says_is_left_out_and_table_1_is_fitted_to_its_first_years_alone(tmp_path, monkeypatch):
    one = calibration(TINY, 5, tmp_path)
    asked = walks_asked_for(monkeypatch)
    one.without("004")
    one.forecasting()
    (left, start, fewer, _, _, all_years), (ahead, begin, exports, _, _, years) = asked
    assert (left, all_years, ahead, years) == ("without-004", None, "forecast", 4)
    for population, data, counted in ((start, fewer, None), (begin, exports, 4)):
        fits = likelihood.total(one.moments.moments, one.predictor.rows, population.predictions, data, counted)
        assert population.fits.tolist() == fits.tolist()
    documents = {one.moments.moments[name].document for name in fewer}
    assert documents == {"000", "001", "002", "003", "outside"}
    assert len(exports) == 11 and all(name.startswith("exports-") for name in exports)


def test_synthetic_truths_are_members_that_no_ensemble_holds_and_their_ranks_are_kept(tmp_path, monkeypatch):
    one = calibration(TINY, 5, tmp_path)
    truths = []
    real = type(one.scale).prior_scores

    def noted(scale, seed, members):
        truths.extend(np.asarray(members).tolist() if len(members) == 1 else [])
        return real(scale, seed, members)

    monkeypatch.setattr(type(one.scale), "prior_scores", noted)
    ranks = np.array(list(one.synthetic_ranks()))
    assert truths == [300, 301]
    assert ranks.shape == (2, len(one.scale.keys))
    assert ((ranks >= 0.0) & (ranks <= 1.0)).all() and not np.array_equal(ranks[0], ranks[1])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["set-000.npy", "set-001.npy"]
    assert np.array_equal(np.array(list(one.synthetic_ranks())), ranks)
    assert len(truths) == 2


def test_histograms_of_ranks_hold_every_set_and_their_p_values_are_those_of_being_uniform(tmp_path, monkeypatch):
    one = calibration(TINY, 5, tmp_path)
    keys = len(one.scale.keys)
    shares = np.full((20, keys), 0.55)
    shares[:, 1] = np.arange(20) / 20 + 0.01
    shares[:, 2] = 1.0
    monkeypatch.setattr(stages.Calibration, "synthetic_ranks", lambda _: iter(shares))
    heaped, even, top, *_ = Findings(one).ranks()
    assert [heaped[f"bin_{n}"] for n in range(BINS)] == [0, 0, 0, 0, 0, 20, 0, 0, 0, 0]
    assert [even[f"bin_{n}"] for n in range(BINS)] == [2] * 10
    assert top["bin_9"] == 20
    assert even["p_value"] == 1.0
    assert heaped["p_value"] == pytest.approx(chi2.sf(9 * 2.0 + 18**2 / 2.0, 9), rel=1e-5)
