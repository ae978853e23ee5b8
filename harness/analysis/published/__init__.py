"""Published results as tables of length and score, and what this estimator says of them."""
