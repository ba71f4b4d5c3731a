"""Papers that a person takes along, made when asked for and kept nowhere."""
