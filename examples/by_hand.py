"""Train a network step by step, and inspect, save and restore the fit."""

import assay

fit = assay.Fit.on("wine", model=[assay.Dense(16), assay.ReLU()], num_epochs=20, seed=0)
fit.step()  # one iteration
print("next batch", fit.batch().inputs.shape, "->", fit.activations("relu1").shape)
print("bias", fit.parameters["output"]["bias"], "-", fit.gradients()["output"]["bias"])
fit.epoch().save("wine.fit")  # train to the end of the epoch
first = fit.run().predict("wine")
second = fit.restore("wine.fit").run().predict("wine")
print("the same bit for bit:", (first == second).all())
