"""Choose the layers of a network for a table and estimate its accuracy.

Run it with: python examples/own_network.py
"""

import assay

run = assay.Experiment(
    data="breast_cancer",
    model=[assay.Dense(32), assay.ReLU(), assay.Dropout(0.2)],
    optimizer=assay.AdamW(learning_rate=assay.log(1e-4, 1e-2), weight_decay=0.01),
    schedule=assay.Cosine(),
    batch_size=32,
    num_epochs=40,
    tune=assay.Tune(num_trials=4),
    seed=1,
).run()
print(run)

low, high = run.test.interval
print(f"{run.test.metric} is between {low:.3f} and {high:.3f} with 95% confidence.")
