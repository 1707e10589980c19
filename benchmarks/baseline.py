"""The study's protocol as a script in plain Keras, to measure crackcls against.

    python -m benchmarks.baseline --data DIR --out FILE

DIR holds `train/`, `validation/` and `test/` with one folder a class. The script is the one of
Keras's guide to transfer learning: images from files in each epoch, frozen network, new head.
Early stopping is as in crackcls: patience 5 on the validation loss, best weights restored.
"""

import argparse
import json
import time

import keras
import numpy as np
import tensorflow as tf

from crackcls import config


def main() -> None:
    """Train, save, test; print what came of it as JSON."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--epochs", type=int, default=10)
    chosen = options.parse_args()
    settings = config.TrainConfig()
    keras.utils.set_random_seed(settings.seed)
    train, validation, test = (
        load(f"{chosen.data}/{part}", settings) for part in ("train", "validation", "test")
    )
    model = build(settings)
    epochs = fit(model, train, validation, settings, chosen.epochs)
    model.save(chosen.out)
    found = judge(model, test)
    print(f"\n{json.dumps({'epochs': epochs, **found})}")


def load(folder: str, settings: config.TrainConfig) -> tf.data.Dataset:
    """Read batches of images and labels from files, ahead of who takes them."""
    size = settings.image_size
    images = keras.utils.image_dataset_from_directory(
        folder,
        image_size=(size, size),
        batch_size=settings.batch_size,
        shuffle=folder.endswith("/train"),
        seed=settings.seed,
        verbose=False,
    )
    return images.prefetch(tf.data.AUTOTUNE)


def build(settings: config.TrainConfig) -> keras.Model:
    """Build the frozen MobileNetV2 with a head for two classes, and compile it."""
    shape = (settings.image_size, settings.image_size, 3)
    backbone = keras.applications.MobileNetV2(
        input_shape=shape, include_top=False, weights=str(config.weights_path())
    )
    backbone.trainable = False
    image = keras.Input(shape)
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    features = keras.layers.GlobalAveragePooling2D()(backbone(scaled, training=False))
    model = keras.Model(image, keras.layers.Dense(2, activation="softmax")(features))
    adam = keras.optimizers.Adam(settings.learning_rate)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, train, validation, settings: config.TrainConfig, epochs: int) -> list[float]:
    """Fit; give the seconds of each epoch with its validation."""
    times = [time.perf_counter()]
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter())
    )
    stop = keras.callbacks.EarlyStopping(patience=settings.patience, restore_best_weights=True)
    model.fit(train, validation_data=validation, epochs=epochs, callbacks=[stop, note], verbose=0)
    return [float(took) for took in np.diff(times)]


def judge(model, test: tf.data.Dataset) -> dict[str, int]:
    """Count the test images and the wrong ones among them."""
    named = model.predict(test, verbose=0).argmax(axis=1)
    labels = np.concatenate([labels for _, labels in test])
    return {"images": len(labels), "wrong": int((named != labels).sum())}


if __name__ == "__main__":
    main()
