"""`/supervisor/board`: the figures of a place and a period, each beside the period before; charts with their tables.

All that is shown stands in the address: `unit` (a code), `period` (today, week, month, last_month) or `from` and `to`,
`by` (unit, team, category, channel, day), and at most one of `category`, `channel`, `team`. `/supervisor/figures`, the
address of earlier versions, leads here.
"""
