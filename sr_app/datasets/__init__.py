"""Folders of pictures -> NumPy batches."""
