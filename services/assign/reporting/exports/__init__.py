"""Figures and tickets as files: CSV as it is read, XLSX in the background."""
