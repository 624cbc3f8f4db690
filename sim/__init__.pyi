from sim.analysis.results import Run as Run
from sim.analysis.richardson import LinearRace as LinearRace
from sim.api import check as check
from sim.api import discover as discover
from sim.api import explain as explain
from sim.api import information as information
from sim.api import parameters as parameters
from sim.api import plot as plot
from sim.api import regret as regret
from sim.api import replay as replay
from sim.api import report as report
from sim.api import sensitivity as sensitivity
from sim.api import sources as sources
from sim.api import validate as validate
from sim.calibration.run import calibrated as _calibrated
from sim.engines.agents.model import RegionModel as RegionModel
from sim.io.errors import InputError as InputError
from sim.model.parameters import load_parameters as load_parameters
from sim.plugins import plug as plug
from sim.report.trace import traced as _traced
from sim.runs.comparison import compare as compare
from sim.runs.forecast import forecast as forecast
from sim.runs.run import run as run
from sim.runs.stability import race_stability as _race_stability
from sim.runs.stored import load_run as load_run
from sim.scenario.loading import Scenario as Scenario
from sim.scenario.loading import list_scenarios as list_scenarios
from sim.scenario.loading import load_scenario as load_scenario
from sim.sweep.analysis.loading import experiments_outcomes as experiments_outcomes
from sim.sweep.analysis.loading import load_sweep as load_sweep
from sim.sweep.evaluation import evaluate as evaluate
from sim.sweep.run import run_sweep as _run_sweep
from sim.validation.region import use_region as use_region
from sim.version import __version__ as __version__

BEGAN: float
calibrate = _calibrated
stability = _race_stability
sweep = _run_sweep
trace = _traced

def callable_package(package: str) -> None: ...
