"""Generated graphs with questions whose exact answer is known, for asking how far an encoding or a model looks."""
