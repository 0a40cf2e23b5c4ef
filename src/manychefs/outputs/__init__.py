"""Outputs: each module turns Reports into one form, and they are siblings of one shape."""
