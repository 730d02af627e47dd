"""The trained model: predicts, is saved and loaded."""
