"""L04 in Keras 3: the network of L03 on hands that are turned, shifted, zoomed and mirrored, batches of 32, 20 epochs.

The notes' `ImageDataGenerator` is gone from Keras 3's public names; its preprocessing layers inside a `tf.data` pipeline
are what Keras documents in its place.
"""

import keras
import tensorflow as tf
from keras import layers

from benchmarks.keras_programs.asl_cnn import build

EPOCHS = 20


def train(x_train, y_train, x_valid, y_valid, epochs=EPOCHS, callbacks=None):
    """The cells of the notebook; gives back the trained model."""
    x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
    x_valid = x_valid.reshape(-1, 28, 28, 1).astype("float32") / 255
    y_train = keras.utils.to_categorical(y_train, 24)
    y_valid = keras.utils.to_categorical(y_valid, 24)

    augment = keras.Sequential()
    augment.add(layers.RandomRotation(10 / 360))
    augment.add(layers.RandomZoom(0.1))
    augment.add(layers.RandomTranslation(0.1, 0.1))
    augment.add(layers.RandomFlip("horizontal"))

    batches = tf.data.Dataset.from_tensor_slices((x_train, y_train))  # type: ignore[arg-type]
    batches = batches.shuffle(len(x_train)).batch(32)
    batches = batches.map(lambda x, y: (augment(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE)
    batches = batches.prefetch(tf.data.AUTOTUNE)

    model = build()
    model.fit(batches, epochs=epochs, validation_data=(x_valid, y_valid), callbacks=callbacks)
    return model
