"""Pages on which somebody who cannot answer where he was asked accepts or declines one ticket, once."""
