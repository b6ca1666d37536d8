"""Cats and dogs in Keras 3 by a frozen MobileNetV2, one logit, Adam 1e-4, batches of 32, 10 epochs, as TensorFlow's tutorial has it.

https://www.tensorflow.org/tutorials/images/transfer_learning ("Transfer learning and fine-tuning"), its first part. Its data
are these very pictures (cats_and_dogs_filtered). Three things are changed: the side is ours (192 instead of 160), the
weights are ours (so mean and standard deviation are theirs, and the picture is turned: see `benchmarks.keras_weights`), and
the head gives a logit, as the tutorial's earlier versions did; the sigmoid of its newer ones is the same function.

`train_once` is the other way known to Keras' users: F. Chollet, Deep Learning with Python, second edition, 8.3.1, "Fast feature
extraction without data augmentation", with the same base and head.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

EPOCHS = 10
LEARNING_RATE = 1e-4
BATCH_SIZE = 32
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def read(folder, side, shuffle=True):
    """Batches of (N, side, side, 3) float32 in 0 to 255 and of labels, as the tutorial reads them."""
    batches = keras.utils.image_dataset_from_directory(
        folder, shuffle=shuffle, batch_size=BATCH_SIZE, image_size=(side, side)
    )
    return batches.prefetch(buffer_size=tf.data.AUTOTUNE)


def features(inputs, side, weights):
    """(N, side, side, 3) in 0 to 255 → (N, 1280), what the frozen network says of the pictures."""
    x = layers.Rescaling([1 / (255 * s) for s in STD], [-m / s for m, s in zip(MEAN, STD, strict=True)])(inputs)
    x = ops.flip(x, axis=(1, 2))
    base = keras.applications.MobileNetV2(input_shape=(side, side, 3), include_top=False, weights=weights)
    base.trainable = False
    x = base(x, training=False)
    return layers.GlobalAveragePooling2D()(x)


def compile_head(model, learning_rate):
    """The tutorial's optimiser, loss and metric."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0, name="accuracy")],
    )
    return model


def train(folder, side, weights, epochs=EPOCHS, learning_rate=LEARNING_RATE, callbacks=None):
    """The cells of the notebook; gives back the trained model."""
    training, validation = read(folder / "train", side), read(folder / "validation", side)

    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2)])
    inputs = keras.Input(shape=(side, side, 3))
    x = features(augment(inputs), side, weights)
    x = layers.Dropout(0.2)(x)
    model = compile_head(keras.Model(inputs, layers.Dense(1)(x)), learning_rate)

    model.fit(training, epochs=epochs, validation_data=validation, callbacks=callbacks)
    return model


def train_once(folder, side, weights, epochs=EPOCHS, learning_rate=LEARNING_RATE, callbacks=None):
    """Every picture through the base once, as it is; then the head alone is trained on what came out."""
    inputs = keras.Input(shape=(side, side, 3))
    base = keras.Model(inputs, features(inputs, side, weights))
    known = []
    for split in ("train", "validation"):
        seen = [(base.predict_on_batch(pictures), labels) for pictures, labels in read(folder / split, side)]
        known.append([np.concatenate(each) for each in zip(*seen, strict=True)])
    (x_train, y_train), validation = known

    head = keras.Sequential([keras.Input(shape=(1280,)), layers.Dropout(0.2), layers.Dense(1)])
    compile_head(head, learning_rate)
    head.fit(
        x_train, y_train, batch_size=BATCH_SIZE, epochs=epochs, validation_data=tuple(validation), callbacks=callbacks
    )
    return compile_head(keras.Model(inputs, head(base.output)), learning_rate)
