"""Every stage is a ``keras.Model`` that overrides ``compute_loss``; the rest is ``fit``."""
