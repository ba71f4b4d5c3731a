"""What no topic covers, looked up in the municipality's own pages."""
