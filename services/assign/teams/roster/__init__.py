"""Taking in a roster: read, judge every row, compare with what is known, then all of it or nothing."""
