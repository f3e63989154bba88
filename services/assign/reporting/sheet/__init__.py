"""The monthly sheet that a commune or a province sends upward: a page to print, and the same as XLSX."""
