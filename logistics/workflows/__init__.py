"""The machines of warehouse work: reading a file is reading a workflow."""
