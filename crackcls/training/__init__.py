"""Training: the fit, its steps and the job; only here and in network is TensorFlow needed."""
