"""L03 in Keras 3: three convolutions with batch norm and dropout on sign-language letters, RMSprop, batches of 32, 20 epochs."""

import keras
from keras import layers

EPOCHS = 20


def build():
    """The network; lab L04 trains the same one."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(28, 28, 1)))
    model.add(layers.Conv2D(75, (3, 3), strides=1, padding="same", activation="relu"))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPool2D((2, 2), strides=2, padding="same"))
    model.add(layers.Conv2D(50, (3, 3), strides=1, padding="same", activation="relu"))
    model.add(layers.Dropout(0.2))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPool2D((2, 2), strides=2, padding="same"))
    model.add(layers.Conv2D(25, (3, 3), strides=1, padding="same", activation="relu"))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPool2D((2, 2), strides=2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dense(512, activation="relu"))
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(24, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(x_train, y_train, x_valid, y_valid, epochs=EPOCHS, callbacks=None):
    """The cells of the notebook; gives back the trained model."""
    x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
    x_valid = x_valid.reshape(-1, 28, 28, 1).astype("float32") / 255
    y_train = keras.utils.to_categorical(y_train, 24)
    y_valid = keras.utils.to_categorical(y_valid, 24)

    model = build()
    model.fit(x_train, y_train, epochs=epochs, validation_data=(x_valid, y_valid), callbacks=callbacks)
    return model
