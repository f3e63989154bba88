"""`/team`: what waits for a team's answer, and what it has in hand."""
