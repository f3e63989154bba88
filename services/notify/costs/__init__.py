"""What messages cost: tariffs, budgets, and what was spent."""
