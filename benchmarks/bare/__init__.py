"""Training loops written by hand in plain PyTorch, as short as they can be: what our `train` is measured against."""
