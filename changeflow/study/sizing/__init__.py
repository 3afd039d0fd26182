"""The cheapest staffing that meets its targets: levers, search, verification, answer."""
