"""Each module has SCENARIOS: names, and functions of a Bench that return the
figures and curves by name."""
