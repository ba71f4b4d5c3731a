"""What implements the ports: database, HTTP, files, and in-memory twins."""
