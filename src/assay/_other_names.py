"""Names that other libraries use for settings, costs, schedules and layers."""

__all__ = ["OTHER_NAMES"]

# Names in Keras, PyTorch, Lightning and scikit-learn, and Assay's names for the same
# settings. Which of Assay's names is valid depends on whether the setting is written in
# a layer, a table, an experiment or an option. The first valid name is suggested.
_ROWS = (
    ("lr eta learning_rate_init", "learning_rate optimizer"),
    ("momentum betas nesterov", "optimizer"),
    ("eps", "epsilon"),
    ("epochs max_iter max_steps num_iterations", "num_epochs"),
    ("bs batch minibatch", "batch_size"),
    ("loss criterion objective loss_fn", "cost"),
    ("random_state random_seed", "seed"),
    ("activation units hidden hidden_layer_sizes layers network architecture", "model"),
    ("hidden_size out_features n_units width", "units model"),
    ("out_channels", "filters"),
    ("kernel_size pool_size", "size"),
    ("strides", "stride"),
    ("p dropout dropout_rate", "rate model"),
    ("alpha", "negative_slope strength regularizers"),
    ("weight_decay l1 l2 penalty", "weight_decay strength regularizers"),
    ("patience early_stopping", "patience_epochs regularizers"),
    ("clip clipnorm grad_clip gradient_clip_val max_grad_norm", "clip_norm"),
    ("transform transforms data_augmentation", "augment"),
    ("amp fp16 mixed_precision dtype", "precision"),
    ("device gpu gpus accelerator", "devices"),
    ("val_split validation_split validation_fraction", "val split_val split"),
    ("val_size val_data validation_data validation", "val split_val split"),
    ("test_size test_split test_fraction", "test split_test split"),
    ("train_size train_split train_fraction", "train split_train split"),
    ("stratify shuffle", "by split_by split"),
    ("group groups", "column split_column split"),
    ("label labels y target_column label_column outcome", "target"),
    ("features columns drop exclude", "ignore"),
    ("input_file dataset", "data source"),
    ("time timeout time_limit max_time", "time time_seconds tune"),
    ("trials n_trials max_trials", "trials num_trials tune"),
    ("o output output_dir save_dir save_path log_dir", "out"),
    ("mse mean_squared_error mseloss", "squared_error"),
    ("mae mean_absolute_error l1loss", "absolute_error"),
    ("bce bceloss bcewithlogitsloss", "binary_cross_entropy"),
    ("categorical_crossentropy sparse_categorical_crossentropy", "cross_entropy"),
    ("nll nllloss log_loss", "cross_entropy"),
    ("smooth_l1 smoothl1loss", "huber"),
    ("cosineannealinglr cosine_annealing cosinedecay", "cosine"),
    ("reducelronplateau reduce_on_plateau", "on_plateau"),
    ("linear fc fully_connected", "dense"),
    ("gray grey grayscale", "L"),
    ("numeric numerical float int integer continuous", "number"),
    ("categorical nominal factor object string str", "category"),
    ("bool", "boolean"),
    ("datetime timestamp", "date"),
    ("img picture", "image"),
    ("series timeseries", "sequence"),
)

OTHER_NAMES = {name: here.split() for there, here in _ROWS for name in there.split()}
"""Assay's names for each setting, keyed by the lower-case name in other libraries."""
