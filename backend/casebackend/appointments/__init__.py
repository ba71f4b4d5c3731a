"""Appointments: slots of case managers, holds, confirmation and interpreter requests."""
