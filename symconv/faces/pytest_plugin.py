"""pytest as proof checker."""
