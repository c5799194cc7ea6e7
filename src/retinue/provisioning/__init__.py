"""The train as a house: what is eaten and drunk, where it lies, who cooks and serves it."""
