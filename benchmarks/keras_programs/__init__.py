"""The labs as a course notebook would write them, anew, in Keras 3 on TensorFlow: one small file a lab.

Each has `train(x_train, y_train, x_valid, y_valid, epochs, callbacks)`: what stands in the notebook's cells, top to bottom.
Pixels come as uint8 (N, 28, 28), labels as integers 0 to classes - 1.
"""
