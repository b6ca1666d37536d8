"""Networks that others trained on ImageNet: where their weights are, how they want a picture, what their classes are called."""
