"""Four trainings on a GPU against PyTorch; tables of past runs lie in this folder."""
