"""`/supervisor`: what needs a hand, what is open, how it goes, and a ticket's whole story."""
