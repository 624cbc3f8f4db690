"""The Mesa model: states, patrons and the peacekeeper as agents that see their neighbours, decide and act.

    >>> from sim.engines.agents.model import RegionModel
    >>> model = RegionModel("skydagger-delivery")  # doctest: +SKIP
    >>> model.run_until("2026Q4")  # doctest: +SKIP
    >>> model.state("SRB").spending  # doctest: +SKIP

Each agent calls the rules of `sim.rules` with what it knows; no equation stands here. One member of the compiled
ensemble and one run of this model with the same seed and member give the same numbers, bit for bit.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.engines.agents import buyer, patron, relations
from sim.engines.agents.events import apply_event
from sim.engines.agents.patron import Patronage, PatronAgent, SupplierAgent
from sim.engines.agents.peacekeeper import PeacekeeperAgent
from sim.engines.agents.recorder import recorded_value
from sim.engines.agents.relations import Actor, Order, Tie, Trade, perceived_value
from sim.engines.agents.state import StateAgent
from sim.engines.options import Settings, as_settings
from sim.engines.simulate import check_finite, parameters_for
from sim.ensembles.draws import parameters_of_member
from sim.ensembles.registry import DEFAULT_FIT
from sim.io import plugged
from sim.io.errors import refusal, suggestion
from sim.io.quarters import LAST, index_of, name_of
from sim.io.renamed import old_keywords_refused
from sim.model.calendar import HISTORY_UNTIL, QUARTER
from sim.model.network import DOMESTIC, FIRST, SECOND, Network, network
from sim.model.parameter_table import ParameterTable
from sim.model.random_numbers import QUARTERLY, uniform
from sim.model.schedule import Script, script_of
from sim.model.variables import Series, all_series
from sim.rules import elementary as plain
from sim.rules import transfers
from sim.rules.elementary import normal_quantile
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import apply_settings

COLLECTED = {"quarter": ("quarter_name",), "tension": ("peacekeeper", "tension"), "hazard": ("peacekeeper", "hazard")}
COLLECTED_OF_AGENTS = ("code", "spending", "burden", "capital_stock", "uav", "loitering", "capability", "threat")


def _attribute(path: Sequence[str], owner: Any) -> Any:
    """What lies at the end of a path of attributes, None where there is no such; `partial`s of it can be pickled."""
    for name in path:
        owner = getattr(owner, name, None)
    return owner


class RegionModel(mesa.Model):
    """The region and all its states, quarter by quarter from 2018Q1; one call of `step` is one quarter.

    scenario : library id, path or resolved scenario; its script and its parameter overrides are used
    seed     : of every draw
    member   : which simulation this is: it is member number so-and-so of `run(scenario, seed=seed)`, with the same draws
    until, ensemble, theory, settings : as `run` takes them; `running` is false after `until`, so that `batch_run` ends there
    agents   : classes of one's own by code, such as {"SRB": Hawk}, each a subclass of what stands there otherwise
    parameters, script : to use instead of the scenario's
    chance_seed : of what happens by chance, where it is to differ from that of the parameters
    datacollector : tension and hazard of every quarter so far, and the main attributes of every agent, None for what it has not
    """

    @old_keywords_refused
    def __init__(
        self,
        scenario: Any = "baseline",
        *,
        seed: int = 1,
        member: int = 0,
        until: str = LAST,
        ensemble: str = DEFAULT_FIT,
        theory: str | None = None,
        settings: Settings = (),
        agents: Mapping[str, type[Actor]] | None = None,
        parameters: ParameterTable | None = None,
        script: Script | None = None,
        chance_seed: int | None = None,
    ) -> None:
        super().__init__(seed=seed)
        if parameters is None or script is None:
            resolved = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
            resolved = apply_settings(resolved, as_settings(settings))
            parameters = parameters or parameters_for(resolved, theory, ensemble)
            script = script or script_of(resolved.events)
        self.script = script
        self.net: Network = network()
        self.draw_seed, self.member = seed, member
        self.chance_seed = seed if chance_seed is None else chance_seed
        self.params = dict(zip(parameters.keys, parameters_of_member(parameters, seed, member), strict=True))
        self.quarter, self.last_quarter = -1, index_of(until)
        self.books: dict[int, list[Order]] = {}
        self._populate({**plugged.AGENTS, **(agents or {})})
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_attribute, path) for name, path in COLLECTED.items()},
            agent_reporters={name: partial(_attribute, (name,)) for name in COLLECTED_OF_AGENTS},
        )

    def _populate(self, own: Mapping[str, type[Actor]]) -> None:
        net = self.net
        self.actors: dict[str, Actor] = {}
        if unknown := next((code for code in own if code not in net.givers), None):
            raise refusal("agents", f"there is no such actor{suggestion(unknown, net.givers)}", unknown)
        for code in net.givers:
            kind: type[Actor] = SupplierAgent
            if code in net.states:
                kind = StateAgent
            elif code in net.patrons:
                kind = PatronAgent
            elif code not in net.suppliers:
                kind = PeacekeeperAgent
            if not issubclass(own.get(code, kind), kind):
                raise refusal("agents", f"{own[code].__name__} is no subclass of {kind.__name__}", code)
            self.actors[code] = own.get(code, kind)(self, code)
        for actor, counterpart in net.ties:
            self.actors[actor].ties[counterpart] = Tie(self.params[f"relation_base.{actor}.{counterpart}"])
        self.adopters = dict.fromkeys(net.suppliers, 0.0)
        self.pairs = {pair: Trade() for pair in net.pairs}
        self.states = [self.state(code) for code in net.states]
        self.patronages = [self.patronage(code) for code in net.patrons]
        keepers = (actor for actor in self.actors.values() if isinstance(actor, PeacekeeperAgent))
        # without a mission, of the flashpoint alone
        self.peacekeeper = next(keepers, None) or PeacekeeperAgent(self, "")

    def patronage(self, code: str) -> Patronage:
        """The patron's role of an actor."""
        patronage: Patronage = getattr(self.actors[code], "patronage")  # noqa: B009 - not every actor has the role
        return patronage

    def state(self, code: str) -> StateAgent:
        """A state by its code; KeyError if there is none."""
        agent = self.actors.get(code)
        if not isinstance(agent, StateAgent):
            raise KeyError(f'"{code}" is not a state; use one of {", ".join(self.net.states)}')
        return agent

    @property
    def quarter_name(self) -> str:
        return name_of(self.quarter)

    @property
    def is_drawn(self) -> bool:
        """Whether events of this quarter are drawn; before, they come from the record only."""
        return self.quarter > HISTORY_UNTIL

    def draw(self, channel: int) -> float:
        """The uniform number that this quarter and channel name."""
        u: float = uniform(self.chance_seed, self.member, self.quarter, channel, QUARTERLY)
        return u

    def step(self) -> None:
        """One quarter, in the order that both engines keep.

        Economies and plans; relations and influence fade; the script and due deliveries; dialogue, troops and their
        command; provocation and what follows from it; what suppliers' dealings amount to; capabilities and threat; tension;
        the hazard of an incident; budgets; requests; patrons; wear of stocks; trade. Each phase reads the state as it was
        when the phase began.
        """
        self.quarter += 1
        self.running = self.quarter < self.last_quarter
        states, keeper = self.agents.select(agent_type=StateAgent), self.peacekeeper
        keeper.start_quarter()
        states.do("clear_pools")
        states.do("start_quarter")
        states.do("grow_economy")
        relations.fade_relations(self)
        states.do("fade_influence")
        for item in self.script.by_quarter.get(self.quarter, ()):
            apply_event(self, item)
        buyer.receive_orders(self)
        keeper.update_peacekeeping()
        keeper.kfor_command()
        states.do("update_provocation")
        states.do("influence_from_deliveries")
        states.do("backlash")
        states.do("encirclement_loss")
        states.do("update_grievances")
        states.do("gratitude")
        states.do("update_influence")
        states.do("supplier_appeal")
        relations.update_attitudes(self)
        states.do("update_capability")
        states.do("update_misperception")
        states.do("update_threat")
        keeper.update_tension()
        keeper.update_incident_hazard()
        states.do("update_desired_gap")
        states.do("update_budget")
        for code in (FIRST, SECOND):
            self.state(code).weigh_usual("uav")
        if self.is_drawn:
            states.do("update_requests")
            states.do("request")
        patron.update_patrons(self)
        states.do("update_stocks")
        states.do("depreciate_holdings")
        relations.update_trade(self)
        relations.update_attitudes(self)
        self.datacollector.collect(self)

    def run_until(self, quarter: str) -> None:
        """Step up to and including a quarter. InputError for one that is over: a model does not go back."""
        last = index_of(quarter)
        if last < self.quarter:
            now = self.quarter_name
            choices = f"choose {now} to {LAST}; a new RegionModel begins in 2018Q1"
            raise refusal("run_until", f"{quarter} is over, the model stands in {now}; {choices}")
        while self.quarter < last:
            self.step()

    def recorded(self, one: Series) -> float:
        """The present value of a recorded series, such as `Series("trade", "SRB", "TUR")`."""
        return recorded_value(self, one)

    def pair(self, one: str, other: str) -> Trade:
        """Trade of two actors, in whatever order they are named."""
        return self.pairs[(one, other)] if (one, other) in self.pairs else self.pairs[(other, one)]

    def book(self, wait: int, order: Order) -> None:
        """Book an order that arrives after so many quarters."""
        self.books.setdefault(self.quarter + wait, []).append(order)

    def waiting(self, kind: str, u: float) -> int:
        """Quarters from order to delivery for a uniform draw."""
        years = plain.lognormal_value(
            median=self.params[f"lead_time.{kind}"], spread=self.params["lead_spread"], deviate=normal_quantile(u=u)
        )
        return int(transfers.lead_quarters(years=years, quarter=QUARTER))

    def consent(self, supplier: str, buyer: StateAgent, kind: str, value: float) -> float:
        """Probability that a supplier accepts a buyer's request; domestic production always does."""
        if supplier == DOMESTIC:
            return 1.0
        params, seller = self.params, self.actors[supplier]
        gain = transfers.deal_gain(
            base=params["accept_base"],
            profit_weight=params["accept_profit"],
            profit=transfers.deal_profit(value=value, scale=params["deal_scale"]),
            influence_weight=params["accept_influence"],
            influence=buyer.influence[supplier],
            relation_weight=params["accept_relation"],
            attitude=seller.attitude_to(buyer.code),
        )
        provoking = params["coupling"] * transfers.provocation(
            value=value,
            perceived_value=perceived_value(params, kind),
            weight=params[f"provocation_weight.{kind}"],
            scale=params["provocation_scale"],
        )
        return transfers.consent_probability(
            gain=gain,
            friendship_weight=params[f"accept_friendship.{supplier}"],
            stake=provoking * self.friendships_at_stake(seller, buyer),
            embargo_weight=params["accept_embargo"],
            embargo=buyer.embargo[supplier],
        )

    def friendships_at_stake(self, seller: Actor, buyer: StateAgent) -> float:
        """What a supplier risks with all its friends by arming a buyer."""
        stake = 0.0
        for friend in self.net.givers:
            if friend in self.net.states and friend in seller.ties and friend in buyer.ties:
                stake += transfers.friendship_at_stake(
                    hostility=buyer.hostility_to(friend),
                    attitude=seller.attitude_to(friend),
                    trade_weight=self.params["friend_weight"],
                )
        return stake


def simulate(
    parameters: ParameterTable,
    script: Script,
    *,
    members: Sequence[int] | NDArray[np.int64],
    seed: int,
    quarters: int,
    series: Sequence[Series] | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    chance_seed: int | None = None,
) -> NDArray[np.float64]:
    """Run members one by one; arguments and result as in `sim.engines.compiled.engine.simulate` (`threads` is not used)."""
    wanted = all_series() if series is None else tuple(series)
    out = np.empty((len(wanted), quarters, len(members)))
    for column, member in enumerate(members):
        model = RegionModel(
            parameters=parameters, script=script, seed=seed, member=int(member), chance_seed=chance_seed
        )
        for quarter in range(quarters):
            model.step()
            out[:, quarter, column] = [model.recorded(one) for one in wanted]
        if progress is not None:
            progress(1)
    check_finite(out, wanted, members)
    return out
