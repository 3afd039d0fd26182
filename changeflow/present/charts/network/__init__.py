"""The request-flow network as a chart."""
