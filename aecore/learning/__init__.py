"""One small network under many losses, as the Training page trains it in the visitor's browser; and recirculation."""
