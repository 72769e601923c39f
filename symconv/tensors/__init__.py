"""The symbolic reading: tensors as a shape and a function from index to term, and the definition of every operation."""
