"""Components of the understanding pipeline."""
