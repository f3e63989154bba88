"""The way in: one-time links, sessions, and what a simulated installation tells its own machine."""
