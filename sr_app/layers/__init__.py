"""Keras layers: one published idea, one file named after it. Channels last, ``keras.ops`` only."""
