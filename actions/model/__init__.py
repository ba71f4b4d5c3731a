"""Values and rules of the dialogue and the case; no input, no output."""
