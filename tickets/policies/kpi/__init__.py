"""What we measure: figures, the measures they are sums of, the cuts that divide them, the periods of dashboards."""

from tickets.policies.kpi.cuts import CUTS, Cut
from tickets.policies.kpi.figures import FIGURES, Figure, Unit, figure_of
from tickets.policies.kpi.periods import Period, Step

__all__ = ["CUTS", "FIGURES", "Cut", "Figure", "Period", "Step", "Unit", "figure_of"]
