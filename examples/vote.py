"""Lab L09 with scikit-learn's own VotingClassifier: three networks vote, and the vote is right more often than each of them.

Three seodang.Classifier of the recipe mlp-batch-norm (784-50-50-10) learn 14,000 digits of MNIST from different starts. As one
run with a report: `seodang train mlp-vote`. About 20 seconds; `SEODANG_DATA=../shared/data python examples/vote.py`.
"""

from __future__ import annotations

from sklearn.ensemble import VotingClassifier

import seodang
from seodang.data.load import load
from seodang.data.open import open_source
from seodang.data.prepare import Preparation
from seodang.data.split import Split

data = load(open_source("mnist"), Preparation(), Split(validation=0), examples=14_000)
assert data.train.pixels is not None, "MNIST fits into memory"
assert data.test.pixels is not None, "MNIST fits into memory"
pictures, labels = data.train.pixels[:, 0].numpy(), data.train.labels.numpy()
unseen, truth = data.test.pixels[:, 0].numpy(), data.test.labels.numpy()

networks = [
    (f"network {seed}", seodang.Classifier("mlp-batch-norm", epochs=30, random_state=seed)) for seed in range(3)
]
vote = VotingClassifier(networks, voting="soft").fit(pictures, labels)

alone = [float(member.score(unseen, truth)) for member in vote.estimators_]
together = float(vote.score(unseen, truth))
print("alone:", ", ".join(f"{score:.2%}" for score in alone))
print(f"together: {together:.2%}")
assert together > max(alone)
assert together > 0.96
