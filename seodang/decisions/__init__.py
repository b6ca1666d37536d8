"""From probabilities to what is done: rule tables on top of any classifier, one a file."""
