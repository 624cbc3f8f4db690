"""The commented design file that `armsrace new --design` writes; it runs as it is."""


def design_template(name: str) -> str:
    """The text of a commented design file that runs as it is."""
    return _TEMPLATE.replace("DESIGN_ID", name)


_TEMPLATE = """\
# A sweep: scenarios x points x members. Try it:
#   armsrace sweep DESIGN_ID.yaml --dry-run     how many runs, how long, how large
#   armsrace sweep DESIGN_ID.yaml               runs it; the same command goes on after an interruption
# The table is results/DESIGN_ID/runs.parquet, one row for each run and scenario. Then:
#   armsrace sensitivity results/DESIGN_ID      which inputs matter
#   armsrace discover results/DESIGN_ID --scenario skydagger-delivery --against baseline --where 'spending.SRB.2026 > 20'
#                                               where the delivery raises Serbia's spending by more than 20 million US$
#   armsrace regret results/DESIGN_ID           the scenarios as choices
format_version: 1
title: DESIGN_ID
comment: What is asked of this sweep, and what a reader should know to judge the answer.

# Library ids or scenario files. For a variant: {name: calm, scenario: baseline, set: {coupling: 0}, theory: spiral}
scenarios: [baseline, skydagger-delivery]

# Worlds at each point: every one draws what does not vary here from the fitted ensemble, and has its own course of
# chance. A world has the same draws at every point and in every scenario, so that differences are due to the design
# alone; `common_random_numbers: false` gives each run draws of its own.
members: 4
seed: 1
until: 2030Q4
# fit: documents-2025       the ensemble; prior draws every uncertain number from its prior
# theory: deterrence       a rival theory

# How the points are chosen; one of
#   {kind: grid}                          every combination of listed values: reaction.SRB: [0, 0.5], {from: 0, to: 1, steps: 5}
#   {kind: pairs}                         the first values of all lists together, then the second ones, ...
#   {kind: latin-hypercube, points: 128}  points drawn from distributions
#   {kind: sobol, n: 64}                  for Sobol indices; also second_order: true, group_by: actor or mechanism
#   {kind: morris, n: 10, levels: 4}      for Morris screening
#   {kind: rows, file: points.csv}        one point a row; columns named like the inputs below, and no `vary`
#   {kind: ensemble, points: 200}         draws of the fitted ensemble; `vary` may list those to show in the table
# 128 points, because `armsrace sensitivity` ranks inputs from 100 points upwards, where a single chance finding is rare.
design: {kind: latin-hypercube, points: 128}

# What varies, named as for --set: parameters (`armsrace trace reaction` explains one) and sizes of events.
# `prior` stands for the declared distribution.
vary:
  reaction.SRB: {uniform: [0, 1]}
  reaction.XKX: prior
  events.skydagger-order.n: {lognormal: [4000, 0.5]}

# Numbers that are the same in every run.
fixed:
  coupling: 1

# What is kept of each run. when: every, every 4, last, 2026, 2026Q4, mean, max, min, sum, first above 0.5, first below
# 0.5, or a list of these; from and until narrow the time; name gives a column a name of your own.
metrics:
  - {variable: spending, actor: [SRB, XKX, TUR], when: [2026, 2030]}
  - {variable: tension, when: every 4, from: 2026Q1}
  - {variable: incidents, when: sum, from: 2026Q1, name: incidents_in_all}
  - {variable: tension, when: first above 0.5, from: 2026Q1, name: crisis}
"""
