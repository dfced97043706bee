"""How far a model looks: the influence of nodes on nodes by their distance, and what changes if it is taken away."""

from mspe.influence.measure import measure_range
from mspe.influence.report import RangeReport, check_ending
from mspe.influence.sites import Sites

__all__ = ["RangeReport", "Sites", "check_ending", "measure_range"]
