"""The labs that are measured, each with its Keras program, our recipe, and the accuracy both have to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lab:
    """One lab.

    recipe: our faithful recipe.   program: file in benchmarks/keras_programs.   data: folder below SEODANG_DATA.
    target: accuracy on the test split that ends the race; where Keras does not get there, its own best is the target.
    epochs: the Keras program's, in the notes.   cap, quick_cap: epochs it is given at most, so that a benchmark ends.
    rounds: repetitions in the full benchmark.   main: measured where no lab is named.
    """

    id: str
    recipe: str
    program: str
    data: str
    target: float
    epochs: int
    cap: int
    quick_cap: int
    rounds: int
    main: bool = True


LABS = {
    lab.id: lab
    for lab in (
        Lab("L01", "mnist-mlp", "mnist_mlp", "mnist", 0.980, epochs=5, cap=5, quick_cap=3, rounds=3),
        Lab("L02", "asl-mlp", "asl_mlp", "asl-letters", 0.900, epochs=20, cap=20, quick_cap=4, rounds=2, main=False),
        Lab("L03", "asl-cnn", "asl_cnn", "asl-letters", 0.985, epochs=20, cap=4, quick_cap=2, rounds=2),
        Lab(
            "L04",
            "asl-cnn-augmented",
            "asl_cnn_augmented",
            "asl-letters",
            0.95,
            20,
            cap=5,
            quick_cap=2,
            rounds=1,
            main=False,
        ),
        Lab("L06", "lenet5", "lenet5", "mnist", 0.985, epochs=5, cap=5, quick_cap=3, rounds=3),
    )
}
