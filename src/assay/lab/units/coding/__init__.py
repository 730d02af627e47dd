"""Write the Python code of each unit for the state of its page."""
