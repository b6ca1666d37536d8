"""L01 in Keras 3: MNIST, two dense layers of 512, RMSprop, batches of 32, 5 epochs."""

import keras
from keras import layers

EPOCHS = 5


def train(x_train, y_train, x_valid, y_valid, epochs=EPOCHS, callbacks=None):
    """The cells of the notebook; gives back the trained model."""
    x_train = x_train.reshape(-1, 784).astype("float32") / 255
    x_valid = x_valid.reshape(-1, 784).astype("float32") / 255
    y_train = keras.utils.to_categorical(y_train, 10)
    y_valid = keras.utils.to_categorical(y_valid, 10)

    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    model.add(layers.Dense(512, activation="relu"))
    model.add(layers.Dense(512, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))

    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=epochs, validation_data=(x_valid, y_valid), callbacks=callbacks)
    return model
