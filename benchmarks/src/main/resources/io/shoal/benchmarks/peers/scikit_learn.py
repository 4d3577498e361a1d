"""scikit-learn's mini-batch and batch k-means on points that lie in files: FOLDER BATCH SHAPE,SHAPE..."""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans

ROUNDS = 7


def best_ms(work):
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        result = work()
        best = min(best, (time.perf_counter() - started) * 1e3)
    return best, result


def learn_ms(folder, shape, batch, dtype):
    k, d = (int(part[1:]) for part in shape.split("-"))
    points = np.fromfile(f"{folder}/{shape}", dtype="<f4").reshape(-1, d).astype(dtype)
    learner = MiniBatchKMeans(n_clusters=k, init=points[:k], n_init=1, batch_size=batch, random_state=1)

    def learn():
        for at in range(0, len(points), batch):
            learner.partial_fit(points[at : at + batch])

    learn()
    return best_ms(learn)[0]


def fit(folder):
    points = np.fromfile(f"{folder}/blobs", dtype="<f4").reshape(-1, 2)
    start = np.fromfile(f"{folder}/start", dtype="<f4").reshape(-1, 2)
    ms, model = best_ms(lambda: KMeans(n_clusters=len(start), init=start, n_init=1).fit(points))
    return ms, int(model.n_iter_)


warnings.filterwarnings("ignore")
folder, batch, shapes = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
learned64 = [learn_ms(folder, shape, batch, np.float64) for shape in shapes]
learned32 = [learn_ms(folder, shape, batch, np.float32) for shape in shapes]
fit_ms, fit_iterations = fit(folder)
print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "learn_float64_ms": learned64,
            "learn_float32_ms": learned32,
            "fit_ms": fit_ms,
            "fit_iterations": fit_iterations,
        }
    )
)
