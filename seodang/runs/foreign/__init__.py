"""Weights that other programs saved (Keras, PyTorch, safetensors): read without running any of their code."""
