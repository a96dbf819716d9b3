"""From a genotype to a ``keras.Model``, what it costs, and the presets that hold trained ones."""
