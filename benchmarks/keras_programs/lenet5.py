"""L06 in Keras 3: LeNet-5 on MNIST, Adam, batches of 128, 5 epochs."""

import keras
from keras import layers

EPOCHS = 5


def train(x_train, y_train, x_valid, y_valid, epochs=EPOCHS, callbacks=None):
    """The cells of the notebook; gives back the trained model."""
    x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
    x_valid = x_valid.reshape(-1, 28, 28, 1).astype("float32") / 255
    y_train = keras.utils.to_categorical(y_train, 10)
    y_valid = keras.utils.to_categorical(y_valid, 10)

    model = keras.Sequential()
    model.add(keras.Input(shape=(28, 28, 1)))
    model.add(layers.Conv2D(6, (5, 5), padding="same", activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(16, (5, 5), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(120, activation="relu"))
    model.add(layers.Dense(84, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))

    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        x_train,
        y_train,
        batch_size=128,
        epochs=epochs,
        validation_data=(x_valid, y_valid),
        callbacks=callbacks,
    )
    return model
