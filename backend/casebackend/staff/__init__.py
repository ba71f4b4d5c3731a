"""Staff pages: server-rendered German pages for case managers and coordination."""
