"""Linear Richardson races of two or more nations, solved and classified.

Rates are per unit of time, and the caller chooses the unit (a year unless said otherwise); arms are
in any one unit. `n` is the number of nations. Source throughout: richardson1960.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.rules import richardson as rules

Floats = NDArray[np.float64]
Motion = Callable[[Floats], Floats]
Integrator = Literal["exact", "euler", "rk4"]
RaceClass = Literal["stable", "marginal", "runaway"]
RaceOutcome = Literal["mutual disarmament", "stable", "marginal", "runaway"]

MARGINAL_BELOW = 0.005  # per year: within it a race doubles or halves in no less than 139 years
SINGULAR_ABOVE = 1e14  # condition number past which an equilibrium is rounding error
ROUNDING = 1e-12  # share of the largest component below which a negative one counts as zero


def race_class(stability_eigenvalue: float, tolerance: float = MARGINAL_BELOW) -> RaceClass:
    """Class of a race by its stability eigenvalue (per year).

    >>> race_class(-0.2)
    'stable'
    """
    if abs(stability_eigenvalue) < tolerance:
        return "marginal"
    return "runaway" if stability_eigenvalue > 0.0 else "stable"


@dataclass(frozen=True, eq=False)
class LinearRace:
    """A race of n nations, dx_i/dt = sum_j reaction_ij x_j - fatigue_i x_i + grievance_i.

    reaction  : (n, n) [1/yr]    row i reacts to column j, negative if it backs off; zero diagonal
    fatigue   : (n,) [1/yr]      negative is self-stimulation
    grievance : (n,) [arms/yr]   negative is goodwill

    The arrays are copied and made read-only. ValueError lists everything wrong with them.
    """

    reaction: Floats
    fatigue: Floats
    grievance: Floats

    def __post_init__(self) -> None:
        for name in ("reaction", "fatigue", "grievance"):
            object.__setattr__(self, name, _frozen_floats(name=name, values=getattr(self, name)))
        problems = _shape_problems(race=self) or _value_problems(race=self)
        if problems:
            raise ValueError("not a Richardson race: " + "; ".join(problems))

    @classmethod
    def pair(cls, reaction: Sequence[float], fatigue: Sequence[float], grievance: Sequence[float]) -> "LinearRace":
        """Race of two: reaction (k, l), fatigue (a, b), grievance (g, h)."""
        if len(reaction) != 2:
            raise ValueError(f"reaction of a pair is (k, l), got {len(reaction)} values")
        return cls(
            reaction=np.array([[0.0, reaction[0]], [reaction[1], 0.0]]),
            fatigue=np.array(fatigue, dtype=float),
            grievance=np.array(grievance, dtype=float),
        )

    @property
    def nations(self) -> int:
        """Number of nations, n."""
        return self.fatigue.size

    @property
    def jacobian(self) -> Floats:
        """Growth of i per unit of arms of j, (n, n) [1/yr]."""
        return self.reaction - np.diag(self.fatigue)

    @property
    def eigenvalues(self) -> NDArray[np.complex128]:
        """Growth rates of the race's modes, (n,) complex [1/yr], fastest growing first."""
        eigenvalues = np.linalg.eigvals(self.jacobian).astype(np.complex128)
        return np.sort_complex(eigenvalues)[::-1]

    @property
    def stability_eigenvalue(self) -> float:
        """Growth rate of the leading mode, the largest real part [1/yr]; negative when stable."""
        return float(self.eigenvalues[0].real)

    @property
    def doubling_time(self) -> float:
        """Time in which the race doubles in the end [yr]; infinite if it does not grow."""
        return rules.doubling_time(growth_rate=self.stability_eigenvalue)

    @property
    def half_life(self) -> float:
        """Time in which the distance to equilibrium halves in the end [yr]; infinite if never."""
        return rules.half_life(growth_rate=self.stability_eigenvalue)

    def race_class(self, *, tolerance: float = MARGINAL_BELOW) -> RaceClass:
        """Where the race goes left to itself.

        tolerance : [1/yr]  the race is marginal while |stability eigenvalue| is below it; rates
                            per month need a twelfth of the default
        """
        return race_class(self.stability_eigenvalue, tolerance)

    def outcome(self, *, tolerance: float = MARGINAL_BELOW) -> RaceOutcome:
        """The race in the classical words.

        tolerance : [1/yr]  as for `race_class`

        "mutual disarmament" is a stable race whose equilibrium is negative for some nation, though
        the others may keep arms. A runaway race with goodwill can also disarm from a low start:
        the words describe the race, `trajectory` describes a start.
        """
        left_alone = self.race_class(tolerance=tolerance)
        if left_alone != "stable":
            return left_alone
        equilibrium = self.equilibrium()
        disarmed = equilibrium.min() < -ROUNDING * np.abs(equilibrium).max()
        return "mutual disarmament" if disarmed else "stable"

    def stability_minors(self) -> Floats:
        """The textbook test: the race is stable if and only if all n numbers are positive.

        returns : (n,) leading principal minors of diag(fatigue) - reaction, the m-th [1/yr^m];
                  for two nations a and ab - kl
        Source: Hawkins & Simon (1949), for a nonnegative reaction matrix.
        """
        restraint = -self.jacobian
        return np.array([np.linalg.det(restraint[:m, :m]) for m in range(1, self.nations + 1)])

    def multipliers(self) -> Floats:
        """Equilibrium arms of i per unit of lasting grievance of j, (n, n) [yr].

        Only a stable race gets there. ValueError when there is no unique equilibrium.
        """
        restraint = -self.jacobian
        if np.linalg.cond(restraint) > SINGULAR_ABOVE:
            raise ValueError("this race has no unique equilibrium: fatigue and reaction cancel")
        return np.asarray(np.linalg.inv(restraint), dtype=np.float64)

    def equilibrium(self) -> Floats:
        """Arms at which nobody's arms change, (n,) [arms], stable or not; may be negative.

        ValueError when there is no unique equilibrium.
        """
        return self.multipliers() @ self.grievance

    def growth(self, arms: ArrayLike) -> Floats:
        """Speed of arming, (..., n) [arms/yr], where nations hold `arms`, (..., n)."""
        return np.asarray(arms, dtype=float) @ self.jacobian.T + self.grievance

    def euler_eigenvalues(self, *, step: float) -> NDArray[np.complex128]:
        """Factors by which the modes change in one Euler step of `step` [yr], (n,) complex."""
        return 1.0 + step * self.eigenvalues

    def is_euler_stable(self, *, step: float) -> bool:
        """Whether the discrete race x <- x + step * growth settles; `step` in [yr]."""
        return bool(np.all(np.abs(self.euler_eigenvalues(step=step)) < 1.0))

    def trajectory(
        self,
        start: ArrayLike,
        *,
        steps: int,
        step: float = 1.0,
        integrator: Integrator = "exact",
        floor: float | None = None,
        scrapping: bool = True,
    ) -> Floats:
        """Arms of every nation from `start` on.

        start      : (n,) [arms]
        steps      : number of steps
        step       : [yr] time between the rows returned
        integrator : "exact" (matrix exponential), "euler" (with step 1 the textbooks' discrete
                     race) or "rk4"
        floor      : [arms] arms no nation falls below; None lets them turn negative
        scrapping  : False lets growth stop but never turn negative (pruyt2013)
        returns    : (steps + 1, n) [arms], the start first

        A floor, or no scrapping, bends the line: no single matrix exponential solves it, and
        cutting the exact path at the rows would let nations provoke less than nothing in between.
        So "exact" refuses both. "euler" applies the floor at each step; "rk4" at each stage too,
        and is then first order while a nation meets the floor.
        ValueError for an argument out of range, OverflowError when arms outgrow the numbers.
        """
        start = self._checked_start(start=start, floor=floor)
        if steps < 0 or not (np.isfinite(step) and step > 0.0):
            raise ValueError(f"steps must be >= 0 and step positive, got {steps} and {step}")
        if integrator not in get_args(Integrator):
            raise ValueError(f"integrator is one of {get_args(Integrator)}, got {integrator!r}")
        if integrator == "exact":
            if floor is not None or not scrapping:
                raise ValueError(
                    'integrator "exact" solves the straight line only: for a floor or for no scrapping '
                    'take "rk4" or "euler" with a small step'
                )
            return _path(start, steps, self._exact_advance(step=step))
        advance = _euler_advance if integrator == "euler" else rk4_advance
        growth, floored = self._bent_growth(scrapping=scrapping), _floored(floor=floor)
        return _path(start, steps, lambda arms: advance(arms=arms, step=step, growth=growth, floored=floored))

    def nullclines(self, span: ArrayLike) -> Floats:
        """The two lines on which one nation of two stands still.

        span    : (m,) [arms] arms of the other nation
        returns : (2, m, 2) [arms] line, point, nation: line 0 is where the first nation rests
        ValueError unless there are two nations, neither with zero fatigue.
        """
        if self.nations != 2:
            raise ValueError(f"a phase plane needs two nations, this race has {self.nations}")
        if np.any(self.fatigue == 0.0):
            raise ValueError("a nation without fatigue rests nowhere or everywhere: no nullcline")
        lines = np.empty((2, np.size(span), 2))
        for own, rival in ((0, 1), (1, 0)):
            lines[own, :, rival] = span
            lines[own, :, own] = [
                rules.arms_at_rest(
                    rival_arms=rival_arms,
                    reaction=self.reaction[own, rival],
                    fatigue=self.fatigue[own],
                    grievance=self.grievance[own],
                )
                for rival_arms in lines[own, :, rival]
            ]
        return lines

    def _checked_start(self, *, start: ArrayLike, floor: float | None) -> Floats:
        arms = np.array(start, dtype=float)
        if arms.shape != (self.nations,) or not np.all(np.isfinite(arms)):
            raise ValueError(f"start must be {self.nations} finite numbers, got {start!r}")
        if floor is not None and not arms.min() >= floor:
            raise ValueError(f"start {arms.tolist()} lies below the floor {floor}")
        return arms

    def _exact_advance(self, *, step: float) -> Motion:
        """Solution over one step, by the exponential of the system with a constant 1 appended."""
        from scipy.linalg import expm  # type: ignore[import-untyped, unused-ignore]

        n = self.nations
        augmented = np.zeros((n + 1, n + 1))
        augmented[:n, :n], augmented[:n, n] = self.jacobian, self.grievance
        with np.errstate(over="ignore", invalid="ignore"):
            propagator = expm(augmented * step)
        return lambda arms: propagator[:n, :n] @ arms + propagator[:n, n]

    def _bent_growth(self, *, scrapping: bool) -> Motion:
        if scrapping:
            return self.growth
        return lambda arms: np.array([rules.armament_growth_unscrapped(growth=growth) for growth in self.growth(arms)])


def _euler_advance(*, arms: Floats, step: float, growth: Motion, floored: Motion) -> Floats:
    return floored(arms + step * growth(arms))


def rk4_advance(*, arms: Floats, step: float, growth: Motion, floored: Motion) -> Floats:
    """Arms a step later, (n,): Runge and Kutta's fourth-order method, `floored` at each of its stages."""
    first = growth(arms)
    second = growth(floored(arms + step / 2.0 * first))
    third = growth(floored(arms + step / 2.0 * second))
    fourth = growth(floored(arms + step * third))
    return floored(arms + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth))


def _floored(*, floor: float | None) -> Motion:
    return (lambda arms: arms) if floor is None else (lambda arms: np.maximum(arms, floor))


def _path(start: Floats, steps: int, advance: Motion) -> Floats:
    path = np.empty((steps + 1, start.size))
    path[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(steps):
            path[i + 1] = advance(path[i])
    finite = np.isfinite(path).all(axis=1)
    if not finite.all():
        raise OverflowError(f"arms outgrow the numbers at step {finite.argmin()}: take fewer steps")
    return path


def _frozen_floats(*, name: str, values: ArrayLike) -> Floats:
    try:
        floats = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not an array of numbers: {error}") from None
    floats.setflags(write=False)
    return floats


def _shape_problems(*, race: LinearRace) -> list[str]:
    n = race.fatigue.size
    if n == 0:
        return ["no nation: fatigue is empty"]
    wanted = {"reaction": (n, n), "fatigue": (n,), "grievance": (n,)}
    shapes = {name: getattr(race, name).shape for name in wanted}
    return [
        f"{name} has shape {shapes[name]}, for {n} nations it must be {shape}"
        for name, shape in wanted.items()
        if shapes[name] != shape
    ]


def _value_problems(*, race: LinearRace) -> list[str]:
    names = ("reaction", "fatigue", "grievance")
    problems = [
        f"{name} holds a value that is not finite" for name in names if not np.isfinite(getattr(race, name)).all()
    ]
    if np.any(np.diag(race.reaction) != 0.0):
        problems.append("reaction has a nonzero diagonal; a nation's answer to itself is fatigue")
    return problems
