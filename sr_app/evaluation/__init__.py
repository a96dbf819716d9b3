"""Figures that agree with the published ones: metrics, protocols, benchmark tables, reports."""
