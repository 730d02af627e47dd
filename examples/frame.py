"""Train on a table in memory, keeping each patient in one part, and predict new rows.

Run it with: python examples/frame.py
"""

import numpy as np
import polars as pl

import assay

random = np.random.default_rng(0)
num_rows = 400
age = random.uniform(20, 80, num_rows)
dose = random.uniform(0, 10, num_rows)
frame = pl.DataFrame(
    {
        "patient": [f"p{i % 80}" for i in range(num_rows)],
        "age": age,
        "sex": random.choice(["f", "m"], num_rows),
        "dose": dose,
        "response": 0.5 * dose - 0.02 * age + random.normal(0, 0.5, num_rows),
    }
)

# Rows from the same patient are similar, so no patient may be in more than one part.
run = assay.train(
    frame,
    target="response",
    split=assay.Split(by="group", column="patient"),
    trials=2,
    num_epochs=20,
)
print(run)

new = pl.DataFrame({"age": [30.0, 70.0], "sex": ["f", None], "dose": [5.0, 5.0]})
print(run.model.predict_frame(new))
