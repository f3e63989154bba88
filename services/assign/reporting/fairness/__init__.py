"""How work spreads among teams alike in demand, and the page that says so."""
