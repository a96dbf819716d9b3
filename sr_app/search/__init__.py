"""Finding networks: the space, variation, selection, scores, and what runs them."""
